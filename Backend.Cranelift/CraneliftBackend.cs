using System.Collections.Concurrent;
using System.Text;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>LIR to ELF objects by Cranelift: fast, and not much optimized. Any number of threads may compile units at once.</summary>
public sealed class CraneliftBackend : ICodegenBackend
{
    /// <summary>What one thread needs to compile functions.</summary>
    private sealed class Worker
    {
        public readonly nint Handle = Native.NewWorker();
        public readonly ClifBlob Blob = new();
        public readonly FunctionEncoder Encoder;
        public readonly SortedSet<string> VariadicStubs = new(StringComparer.Ordinal);
        /// <summary>Cranelift's settings, and for which options and function's features they are.</summary>
        public nint Session;
        public CodegenOptions? SessionOptions;
        public string? SessionFeatures;
        public Worker() => Encoder = new FunctionEncoder(Blob) { VariadicStubs = VariadicStubs };
    }

    // Sessions and workers live as long as the process: there are few, and threads come back to them.
    private static readonly ConcurrentDictionary<string, Lazy<nint>> Sessions = new(StringComparer.Ordinal);
    private static readonly ConcurrentBag<Worker> Workers = [];

    public string Name => "cranelift";

    /// <exception cref="UnsupportedException">The unit needs something Cranelift cannot do.</exception>
    /// <exception cref="MirlinkException">The native library is missing, or the assembler rejects inline assembly.</exception>
    public byte[] Compile(LirUnit unit, CodegenOptions options) => Compile(unit, options, null);

    /// <summary>
    /// Compiles a unit but for the functions that need something Cranelift cannot do, which are added to <paramref name="rejected"/> with the reason: another
    /// backend may compile them to an object of their own.
    /// </summary>
    /// <exception cref="MirlinkException">The native library is missing, or the assembler rejects inline assembly.</exception>
    public byte[] Compile(LirUnit unit, CodegenOptions options, List<(LirFunction Function, UnsupportedException Reason)>? rejected)
    {
        if (options.Verify) LirValidator.Check(unit);
        if (options.TargetTriple != "x86_64-unknown-linux-gnu") throw new MirlinkException($"the Cranelift backend generates code for x86_64-unknown-linux-gnu only, not for {options.TargetTriple}");
        _ = CraneliftLibrary.Path;
        if (!Workers.TryTake(out var worker)) worker = new Worker();
        try
        {
            return Compile(unit, options, rejected, worker);
        }
        finally
        {
            Workers.Add(worker);
        }
    }

    private static byte[] Compile(LirUnit unit, CodegenOptions options, List<(LirFunction, UnsupportedException)>? rejected, Worker worker)
    {
        var emitter = new UnitEmitter(unit, options);
        worker.VariadicStubs.Clear();
        var asm = worker.Encoder.Asm = new AsmWrappers();
        var text = options.DumpFolder is null ? null : new StringBuilder();
        bool optimize = options.OptLevel != "0";
        foreach (var f in unit.Functions)
        {
            if ((f.Flags & LirFunctionFlags.Naked) != 0)
            {
                asm.AddNaked(f);
                continue;
            }
            try
            {
                worker.Encoder.Encode(f, optimize, options.DebugInfo > 0);
                CompileBlob(f, options, worker, emitter, text);
            }
            catch (UnsupportedException e) when (rejected is not null)
            {
                rejected.Add((f, e));
            }
        }
        foreach (string name in worker.VariadicStubs) emitter.AddVariadicStub(name);
        asm.AddTo(emitter, unit.Name);
        if (text is not null) Dump(unit, options, text);
        return emitter.Finish();
    }

    private static unsafe void CompileBlob(LirFunction f, CodegenOptions options, Worker worker, UnitEmitter emitter, StringBuilder? text)
    {
        nint session = SessionOf(options, f.TargetFeatures, worker);
        var blob = worker.Blob.Finish();
        Native.Compiled result;
        int status;
        fixed (uint* p = blob) status = Native.Compile(session, worker.Handle, p, (nuint)blob.Length, text is null ? 0u : 1u, &result);
        if (status != 0)
        {
            nuint length;
            byte* error = Native.WorkerError(worker.Handle, &length);
            throw new UnsupportedException($"what Cranelift rejects ({CraneliftLibrary.Text(error, length).Trim()})", f.Symbol.Name);
        }
        text?.Append("; ").Append(f.Symbol.Name).Append('\n').Append(CraneliftLibrary.Text(result.Text, result.TextLength)).Append('\n');
        emitter.Add(f, in result, worker.Blob.Names);
    }

    private static nint SessionOf(CodegenOptions options, string? functionFeatures, Worker worker)
    {
        // Nearly always those of the function before.
        if (ReferenceEquals(worker.SessionOptions, options) && worker.SessionFeatures == functionFeatures) return worker.Session;
        string flags = CraneliftFlags.Of(options, functionFeatures);
        // Lazy, so that two threads do not make one each.
        worker.Session = Sessions.GetOrAdd(flags, static f => new Lazy<nint>(() => NewSession(f))).Value;
        (worker.SessionOptions, worker.SessionFeatures) = (options, functionFeatures);
        return worker.Session;
    }

    private static unsafe nint NewSession(string flags)
    {
        var names = new StringBuilder();
        for (var op = ClifOp.Iconst; op <= ClifOp.Last; op++) names.Append(op.ToString().ToLowerInvariant()).Append(';');
        byte[] f = Encoding.UTF8.GetBytes(flags), o = Encoding.UTF8.GetBytes(names.ToString());
        const int capacity = 1000;
        byte* error = stackalloc byte[capacity];
        nuint errorLength = 0;
        nint session;
        fixed (byte* fp = f, op = o) session = Native.NewSession(fp, (nuint)f.Length, op, (nuint)o.Length, error, capacity, &errorLength);
        return session != 0 ? session : throw new MirlinkException($"Cranelift cannot be set up: {CraneliftLibrary.Text(error, errorLength)}");
    }

    private static void Dump(LirUnit unit, CodegenOptions options, StringBuilder text)
    {
        Directory.CreateDirectory(options.DumpFolder!);
        var name = new StringBuilder(unit.Name);
        for (int i = 0; i < name.Length; i++) if (!char.IsAsciiLetterOrDigit(name[i]) && name[i] is not ('.' or '-' or '_')) name[i] = '_';
        File.WriteAllText(Path.Combine(options.DumpFolder!, name + ".clif"), text.ToString());
    }
}

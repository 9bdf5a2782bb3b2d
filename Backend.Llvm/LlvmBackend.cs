using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

/// <summary>LIR to ELF objects by libLLVM's C API. Every call has a context and a target machine of its own, so calls may run in parallel.</summary>
public sealed unsafe partial class LlvmBackend : ICodegenBackend
{
    public string Name => "llvm";

    /// <exception cref="UnsupportedException">The unit needs something this backend cannot do.</exception>
    /// <exception cref="MirlinkException">No usable libLLVM, an unknown target, or inline assembly that LLVM rejects.</exception>
    public byte[] Compile(LirUnit unit, CodegenOptions options)
    {
        if (options.Verify) LirValidator.Check(unit);
        return WithModule(unit.Name, options, (context, module, machine, diagnostics) =>
        {
            using var emitter = new ModuleEmitter(unit, options, context, module);
            emitter.Emit();
            if (options.DumpFolder is not null) Dump(module, unit, options, ".ll");
            if (options.Verify) Verify(module, unit);
            RunPasses(module, machine, unit, options);
            emitter.AssignSections();
            if (options.DumpFolder is not null && options.OptLevel != "0") Dump(module, unit, options, ".opt.ll");
            byte[] o = EmitObject(module, machine, unit.Name, diagnostics);
            return diagnostics.Errors.Count == 0 ? o : throw new MirlinkException($"LLVM rejects unit {unit.Name}: {string.Join("; ", diagnostics.Errors)}");
        });
    }

    /// <summary>An object of assembly alone (AT&amp;T syntax until a directive says otherwise), by the assembler in LLVM.</summary>
    /// <exception cref="MirlinkException">No usable libLLVM, or it rejects the text; the message begins with <paramref name="name"/>.</exception>
    public static byte[] Assemble(string name, string text, CodegenOptions options) => WithModule(name, options, (_, module, machine, diagnostics) =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\n");
        fixed (byte* p = bytes) LLVM.SetModuleInlineAsm2(module, p, (nuint)bytes.Length);
        byte[] o = EmitObject(module, machine, name, diagnostics);
        return diagnostics.Errors.Count == 0 ? o : throw new MirlinkException($"{name} is no valid assembly: {string.Join("; ", diagnostics.Errors).TrimEnd()}");
    });

    private static byte[] WithModule(string name, CodegenOptions options, Func<nint, nint, nint, Diagnostics, byte[]> run)
    {
        LlvmLibrary.EnsureInitialized();
        LlvmLibrary.Compiling = name;
        var diagnostics = new Diagnostics();
        var handle = GCHandle.Alloc(diagnostics);
        nint context = 0, module = 0, machine = 0;
        try
        {
            machine = CreateTargetMachine(options);
            context = LLVM.ContextCreate();
            LLVM.ContextSetDiscardValueNames(context, 1);
            LLVM.ContextSetDiagnosticHandler(context, &OnDiagnostic, (void*)GCHandle.ToIntPtr(handle));
            module = CreateModule(name, options, context, machine);
            return run(context, module, machine, diagnostics);
        }
        finally
        {
            if (module != 0) LLVM.DisposeModule(module);
            if (context != 0) LLVM.ContextDispose(context);
            if (machine != 0) LLVM.DisposeTargetMachine(machine);
            handle.Free();
            LlvmLibrary.Compiling = null;
            // What the module needed is free but scattered over the thread's arena, and the next unit may be of another thread.
            _ = malloc_trim(0);
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial int malloc_trim(nuint keep);

    /// <summary>The unit's LLVM IR as it is before any pass.</summary>
    public static string Print(LirUnit unit, CodegenOptions options)
    {
        LlvmLibrary.EnsureInitialized();
        nint machine = CreateTargetMachine(options), context = LLVM.ContextCreate(), module = 0;
        try
        {
            module = CreateModule(unit.Name, options, context, machine);
            using var emitter = new ModuleEmitter(unit, options, context, module);
            emitter.Emit();
            return LlvmLibrary.TakeMessage(LLVM.PrintModuleToString(module));
        }
        finally
        {
            if (module != 0) LLVM.DisposeModule(module);
            LLVM.ContextDispose(context);
            LLVM.DisposeTargetMachine(machine);
        }
    }

    private static nint CreateTargetMachine(CodegenOptions options)
    {
        using var text = new NativeText();
        nint target;
        byte* error;
        if (LLVM.GetTargetFromTriple(text.Put(options.TargetTriple), &target, &error) != 0)
            throw new MirlinkException($"LLVM cannot generate code for {options.TargetTriple}: {LlvmLibrary.TakeMessage(error)}");
        nint o = LLVM.CreateTargetMachineOptions();
        LLVM.TargetMachineOptionsSetCPU(o, text.Put(options.TargetCpu));
        LLVM.TargetMachineOptionsSetFeatures(o, text.Put(TargetFeatureNames.ToLlvm(options.TargetFeatures)));
        LLVM.TargetMachineOptionsSetCodeGenOptLevel(o, options.OptLevel switch { "0" => 0, "1" => 1, "2" or "s" or "z" => 2, "3" => 3, _ => throw UnknownLevel(options) });
        LLVM.TargetMachineOptionsSetRelocMode(o, options.RelocModel == RelocModel.Static ? RelocStatic : RelocPic);
        LLVM.TargetMachineOptionsSetCodeModel(o, options.CodeModel switch
        {
            "default" => 0,
            "tiny" => 2,
            "small" => 3,
            "kernel" => 4,
            "medium" => 5,
            "large" => 6,
            _ => throw new MirlinkException($"unknown code model `{options.CodeModel}`; known are tiny, small, kernel, medium, large"),
        });
        nint machine = LLVM.CreateTargetMachineWithOptions(target, text.Put(options.TargetTriple), o);
        LLVM.DisposeTargetMachineOptions(o);
        return machine != 0 ? machine : throw new MirlinkException($"LLVM has no target machine for {options.TargetTriple} with CPU {options.TargetCpu}");
    }

    private const int RelocStatic = 1, RelocPic = 2;

    private static MirlinkException UnknownLevel(CodegenOptions options) => new($"unknown optimization level `{options.OptLevel}`; known are 0, 1, 2, 3, s, z");

    private static nint CreateModule(string name, CodegenOptions options, nint context, nint machine)
    {
        using var text = new NativeText();
        nint module = LLVM.ModuleCreateWithNameInContext(text.Put(name), context);
        LLVM.SetTarget(module, text.Put(options.TargetTriple));
        nint layout = LLVM.CreateTargetDataLayout(machine);
        LLVM.SetModuleDataLayout(module, layout);
        LLVM.DisposeTargetData(layout);
        return module;
    }

    private static void Verify(nint module, LirUnit unit)
    {
        byte* message;
        bool broken = LLVM.VerifyModule(module, ReturnStatus, &message) != 0;
        string text = LlvmLibrary.TakeMessage(message);
        if (broken) throw new BugException($"LLVM rejects unit {unit.Name}: {text.Trim()}");
    }

    private const int ReturnStatus = 2;

    /// <summary>The pipelines that rustc asks for: -O levels' defaults, loop vectorization from 2 on, SLP at 3, merging of equal functions from 2 on.</summary>
    private static void RunPasses(nint module, nint machine, LirUnit unit, CodegenOptions options)
    {
        string level = options.OptLevel;
        if (level == "0" && !HasAlwaysInline(unit)) return;
        using var text = new NativeText();
        nint o = LLVM.CreatePassBuilderOptions();
        // -O3's is 250. What is small was inlined as MIR, and a function's last call is inlined whatever its size: this makes a tenth less code in a sixth less time,
        // which runs as fast (bench/notes.md).
        if (level == "3") LLVM.PassBuilderOptionsSetInlinerThreshold(o, 100);
        LLVM.PassBuilderOptionsSetLoopUnrolling(o, level is "s" or "z" ? 0 : 1);
        LLVM.PassBuilderOptionsSetLoopVectorization(o, level is "2" or "3" ? 1 : 0);
        LLVM.PassBuilderOptionsSetLoopInterleaving(o, level is "2" or "3" ? 1 : 0);
        LLVM.PassBuilderOptionsSetSLPVectorization(o, level == "3" ? 1 : 0);
        LLVM.PassBuilderOptionsSetMergeFunctions(o, level is "0" or "1" ? 0 : 1);
        nint error = LLVM.RunPasses(module, text.Put($"default<O{level}>"), machine, o);
        LLVM.DisposePassBuilderOptions(o);
        if (error == 0) return;
        byte* message = LLVM.GetErrorMessage(error);
        string reason = Marshal.PtrToStringUTF8((nint)message) ?? "";
        LLVM.DisposeErrorMessage(message);
        throw new BugException($"LLVM's passes failed on unit {unit.Name}: {reason}");
    }

    private static bool HasAlwaysInline(LirUnit unit)
    {
        foreach (var f in unit.Functions) if (((f.Flags | f.Symbol.Flags) & LirFunctionFlags.AlwaysInline) != 0) return true;
        return false;
    }

    private static byte[] EmitObject(nint module, nint machine, string name, Diagnostics diagnostics)
    {
        byte* error = null;
        nint buffer = 0;
        bool failed = LLVM.TargetMachineEmitToMemoryBuffer(machine, module, ObjectFile, &error, &buffer) != 0;
        if (failed) throw new MirlinkException($"LLVM cannot emit {name}: {LlvmLibrary.TakeMessage(error)}");
        try
        {
            return new ReadOnlySpan<byte>(LLVM.GetBufferStart(buffer), checked((int)LLVM.GetBufferSize(buffer))).ToArray();
        }
        finally
        {
            LLVM.DisposeMemoryBuffer(buffer);
        }
    }

    private const int ObjectFile = 1;

    private static void Dump(nint module, LirUnit unit, CodegenOptions options, string extension)
    {
        Directory.CreateDirectory(options.DumpFolder!);
        string text = LlvmLibrary.TakeMessage(LLVM.PrintModuleToString(module));
        File.WriteAllText(Path.Combine(options.DumpFolder!, FileName(unit.Name) + extension), text);
    }

    private static string FileName(string unit)
    {
        var b = new StringBuilder(unit);
        for (int i = 0; i < b.Length; i++) if (!char.IsAsciiLetterOrDigit(b[i]) && b[i] is not ('.' or '-' or '_')) b[i] = '_';
        return b.ToString();
    }

    private sealed class Diagnostics
    {
        public readonly List<string> Errors = [];
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDiagnostic(nint info, void* state)
    {
        const int severityError = 0;
        if (LLVM.GetDiagInfoSeverity(info) != severityError) return;
        string text = LlvmLibrary.TakeMessage(LLVM.GetDiagInfoDescription(info));
        if (GCHandle.FromIntPtr((nint)state).Target is Diagnostics d) d.Errors.Add(text);
    }
}

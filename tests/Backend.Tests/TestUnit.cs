using System.Diagnostics;
using System.Runtime.InteropServices;
using Mirlink.Backend.Cranelift;
using Mirlink.Backend.Lir;
using Mirlink.Backend.Llvm;
using Xunit;

namespace Mirlink.Backend.Tests;

/// <summary>A LIR unit under construction, and what becomes of it: a shared object whose functions are called through pointers.</summary>
internal sealed class TestUnit(string name)
{
    private readonly List<LirFunction> _functions = [];
    private readonly List<LirData> _data = [];
    private readonly List<(LirSymbol, LirSymbol)> _aliases = [];
    public LirSymbolTable Symbols { get; } = new();

    private const string Cranelift = "cranelift-";

    /// <summary>LLVM at these levels, and Cranelift with and without optimization if it was built: a level "cranelift-2" is the backend and its level.</summary>
    public static TheoryData<string> Levels(params string[] llvm)
    {
        var levels = new TheoryData<string>(llvm);
        if (CraneliftLibrary.IsAvailable) foreach (string level in (string[])["0", "2"]) levels.Add(Cranelift + level);
        return levels;
    }

    public static bool IsCranelift(string level) => level.StartsWith(Cranelift, StringComparison.Ordinal);

    public LirUnit Unit => new() { Name = name, Functions = _functions, Data = _data, Aliases = _aliases };

    public static LirSignature Sig(LirType[] returns, params LirType[] parameters) => new()
    {
        Returns = [.. returns.Select(t => new LirParam(t))],
        Params = [.. parameters.Select(t => new LirParam(t))],
    };

    public LirSymbol Import(string symbol, LirSignature? signature = null, LirSymbolKind kind = LirSymbolKind.Function)
    {
        var s = Symbols.Get(symbol, kind);
        s.Signature ??= signature;
        return s;
    }

    public LirSymbol Function(string symbol, LirSignature signature, Action<LirBuilder> body, LirLinkage linkage = LirLinkage.Export, LirFunctionFlags flags = 0)
    {
        var s = Symbols.Get(symbol, LirSymbolKind.Function);
        s.Linkage = linkage;
        s.Signature = signature;
        var b = new LirBuilder();
        b.SwitchTo(b.NewBlock());
        body(b);
        _functions.Add(b.Finish(s, signature, flags));
        return s;
    }

    /// <summary>A function of one block: parameters in, results out.</summary>
    public LirSymbol Simple(string symbol, LirType[] returns, LirType[] parameters, Func<LirBuilder, int[], int[]> body) =>
        Function(symbol, Sig(returns, parameters), b =>
        {
            int[] args = [.. parameters.Select((t, i) => b.Param(i, t))];
            b.Ret(body(b, args));
        });

    public LirSymbol Data(string symbol, byte[] bytes, LirDataKind kind = LirDataKind.ReadOnly, LirReloc[]? relocs = null, LirLinkage linkage = LirLinkage.Hidden, uint align = 8, bool unnamed = false)
    {
        var s = Symbols.Get(symbol, kind == LirDataKind.Tls ? LirSymbolKind.Tls : LirSymbolKind.Data);
        s.Linkage = linkage;
        _data.Add(new LirData { Symbol = s, Bytes = bytes, Relocs = relocs ?? [], Align = align, Kind = kind, UnnamedAddr = unnamed });
        return s;
    }

    public void Alias(string symbol, LirSymbol target)
    {
        var s = Symbols.Get(symbol, target.Kind);
        s.Linkage = LirLinkage.Export;
        _aliases.Add((s, target));
    }

    public byte[] Compile(string level, RelocModel model = RelocModel.Pic, int debugInfo = 0, string features = "", string? dump = null) =>
        (IsCranelift(level) ? (ICodegenBackend)new CraneliftBackend() : new LlvmBackend()).Compile(Unit, new CodegenOptions
    {
        OptLevel = IsCranelift(level) ? level[Cranelift.Length..] : level, RelocModel = model, Verify = true, DebugInfo = debugInfo, TargetFeatures = features, DumpFolder = dump,
    });

    /// <summary>The LLVM IR before and after optimization, as text.</summary>
    public (string Before, string After) Ir(string level, RelocModel model = RelocModel.Pie)
    {
        using var files = new TestFolder();
        Compile(level, model, dump: files[""]);
        return (File.ReadAllText(files[name + ".ll"]), level == "0" ? "" : File.ReadAllText(files[name + ".opt.ll"]));
    }

    /// <summary>Compiles and links with cc into a shared object, with a piece of C beside it.</summary>
    public SharedObject Load(string level, string c = "", string features = "")
    {
        var files = new TestFolder();
        File.WriteAllBytes(files["unit.o"], Compile(level, features: features));
        File.WriteAllText(files["support.c"], c);
        TestFolder.Run("cc", "-shared", "-fPIC", "-fexceptions", "-O1", "-Wl,-z,defs", "-o", files["unit.so"], files["unit.o"], files["support.c"], "-lstdc++", "-lm", "-lc");
        return new SharedObject(files);
    }

    /// <summary>Compiles as for an executable, links with a C main, runs, and returns what it prints.</summary>
    public string RunExecutable(string level, string c, int debugInfo = 0)
    {
        using var files = new TestFolder();
        File.WriteAllBytes(files["unit.o"], Compile(level, RelocModel.Pie, debugInfo));
        File.WriteAllText(files["main.c"], c);
        TestFolder.Run("cc", "-fPIE", "-pie", "-fexceptions", "-pthread", "-o", files["main"], files["main.c"], files["unit.o"], "-lstdc++", "-lm");
        return TestFolder.Run(files["main"]);
    }
}

internal sealed class TestFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("mirlink-backend-").FullName;

    public string this[string file] => Path.Combine(_path, file);

    public static string Run(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string a in args) start.ArgumentList.Add(a);
        using var p = Process.Start(start)!;
        var errors = p.StandardError.ReadToEndAsync();
        string output = p.StandardOutput.ReadToEnd();
        p.WaitForExit();
        if (p.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', args)} exits with {p.ExitCode}: {errors.Result}{output}");
        return output;
    }

    public void Dispose() => Directory.Delete(_path, true);
}

internal sealed unsafe class SharedObject : IDisposable
{
    private readonly TestFolder _files;
    private readonly nint _handle;

    public SharedObject(TestFolder files)
    {
        _files = files;
        _handle = NativeLibrary.Load(files["unit.so"]);
    }

    public void* this[string symbol] => (void*)NativeLibrary.GetExport(_handle, symbol);

    public void Dispose()
    {
        NativeLibrary.Free(_handle);
        _files.Dispose();
    }
}

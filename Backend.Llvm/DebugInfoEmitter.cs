using System.Text;
using Mirlink.Backend.Lir;

namespace Mirlink.Backend.Llvm;

/// <summary>Line tables: a compile unit, a subprogram per function and per inlined function, and locations with the chain of inlining.</summary>
internal sealed unsafe class DebugInfoEmitter : IDisposable
{
    // llvm-c's enumeration, not the DWARF constant.
    private const int LanguageRust = 27;
    private const int LineTablesOnly = 2;

    private readonly ModuleEmitter _m;
    private readonly nint _builder;
    private readonly nint _unit, _noType;
    private readonly Dictionary<string, nint> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<(string File, string Name, int Line), nint> _inlined = [];
    private LirFunction _f = null!;
    private nint[] _scopes = [];
    private nint[] _locations = [];
    private nint _noLocation;

    public DebugInfoEmitter(ModuleEmitter module)
    {
        _m = module;
        _builder = LLVM.CreateDIBuilder(module.Module);
        byte[] producer = "mirlink"u8.ToArray();
        fixed (byte* p = producer)
            _unit = LLVM.DIBuilderCreateCompileUnit(_builder, LanguageRust, File(module.Unit.Name), p, (nuint)producer.Length, module.Optimize ? 1 : 0,
                ModuleEmitter.NoName, 0, 0, ModuleEmitter.NoName, 0, LineTablesOnly, 0, 0, 0, ModuleEmitter.NoName, 0, ModuleEmitter.NoName, 0);
        _noType = LLVM.DIBuilderCreateSubroutineType(_builder, File(module.Unit.Name), null, 0, 0);
    }

    /// <summary>Attaches a subprogram to a function and makes <see cref="Location"/> speak of it.</summary>
    public void Begin(LirFunction f, nint fn)
    {
        _f = f;
        if (_scopes.Length < Math.Max(1, f.Scopes.Length)) _scopes = new nint[Math.Max(8, f.Scopes.Length * 2)];
        if (_locations.Length < f.Locs.Length) _locations = new nint[f.Locs.Length * 2];
        Array.Clear(_scopes, 0, Math.Max(1, f.Scopes.Length));
        Array.Clear(_locations, 0, f.Locs.Length);
        var scope = f.Scopes.Length != 0 ? f.Scopes[0] : new LirScope(_m.Unit.Name, f.Symbol.Name, 0, -1);
        _scopes[0] = Subprogram(scope, f.Symbol.Name);
        LLVM.SetSubprogram(fn, _scopes[0]);
        _noLocation = LLVM.DIBuilderCreateDebugLocation(_m.Context, 0, 0, _scopes[0], 0);
    }

    /// <summary>The DILocation of an index into the function's locations; line 0 of the function for -1.</summary>
    public nint Location(int loc)
    {
        if (loc < 0) return _noLocation;
        nint found = _locations[loc];
        if (found != 0) return found;
        var l = _f.Locs[loc];
        int inlinedAt = l.Scope == 0 ? -1 : _f.Scopes[l.Scope].InlinedAt;
        nint at = l.Scope == 0 ? 0 : Location(inlinedAt);
        return _locations[loc] = LLVM.DIBuilderCreateDebugLocation(_m.Context, (uint)Math.Max(0, l.Line), (uint)Math.Clamp(l.Column, 0, ushort.MaxValue), Scope(l.Scope), at);
    }

    public void Finish() => LLVM.DIBuilderFinalize(_builder);

    public void Dispose() => LLVM.DisposeDIBuilder(_builder);

    private nint Scope(int index)
    {
        if (_scopes[index] != 0) return _scopes[index];
        var s = _f.Scopes[index];
        var key = (s.File, s.FunctionName, s.FunctionLine);
        if (!_inlined.TryGetValue(key, out nint found)) _inlined.Add(key, found = Subprogram(s, IsMangled(s.FunctionName) ? s.FunctionName : null));
        return _scopes[index] = found;
    }

    /// <summary>Readers demangle linkage names only.</summary>
    private static bool IsMangled(string name) => name.StartsWith("_R", StringComparison.Ordinal) || name.StartsWith("_ZN", StringComparison.Ordinal);

    private nint Subprogram(LirScope s, string? linkageName)
    {
        byte[] name = Encoding.UTF8.GetBytes(s.FunctionName + "\0");
        byte[] linkage = linkageName is null ? [0] : Encoding.UTF8.GetBytes(linkageName + "\0");
        nint file = File(s.File);
        fixed (byte* n = name, l = linkage)
            return LLVM.DIBuilderCreateFunction(_builder, file, n, (nuint)name.Length - 1, l, (nuint)linkage.Length - 1, file, (uint)Math.Max(0, s.FunctionLine), _noType,
                1, 1, (uint)Math.Max(0, s.FunctionLine), 0, _m.Optimize ? 1 : 0);
    }

    private nint File(string path)
    {
        if (_files.TryGetValue(path, out nint file)) return file;
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        byte[] folder = Encoding.UTF8.GetBytes((System.IO.Path.IsPathRooted(path) ? "" : _m.Options.WorkingDirectory) + "\0");
        fixed (byte* n = name, d = folder) file = LLVM.DIBuilderCreateFile(_builder, n, (nuint)name.Length - 1, d, (nuint)folder.Length - 1);
        _files.Add(path, file);
        return file;
    }
}

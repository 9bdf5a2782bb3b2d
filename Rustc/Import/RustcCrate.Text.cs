using System.Globalization;
using System.Text;
using Mirlink.Mir;
using Mirlink.Mir.Text;
using Mirlink.Rustc.Metadata.Raw;
using ConstValue = Mirlink.Mir.ConstValue;
using DefId = Mirlink.Mir.DefId;
using Raw = Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Rustc.Import;

/// <summary>What only the text form shows: names of re-exports, exact positions, captured variables.</summary>
public sealed partial class RustcCrate : ITextSource
{
    public ModuleChild[] ModuleChildren(int index)
    {
        var own = _meta.ModuleChildrenNonReexports((uint)index) ?? [];
        var reexports = _meta.ModuleChildrenReexports((uint)index) ?? [];
        var children = new ModuleChild[own.Length + reexports.Length];
        for (var i = 0; i < own.Length; i++)
        {
            var name = _meta.DefKeys(own[i])?.DisambiguatedData.Data switch
            {
                Raw.DefPathData.TypeNs n => _meta.Text(n.F0),
                Raw.DefPathData.ValueNs n => _meta.Text(n.F0),
                Raw.DefPathData.MacroNs n => _meta.Text(n.F0),
                Raw.DefPathData.Ctor => Text(CtorName(own[i])) ?? "",
                _ => "",
            };
            children[i] = new ModuleChild(name, Local(own[i]), _meta.Visibility(own[i]) is VisibilityDefIndex.Public, IsModuleLike(DefKind((int)own[i])));
        }
        for (var i = 0; i < reexports.Length; i++)
        {
            var c = reexports[i];
            // a re-exported proc macro's crate is not part of the session
            var def = c.Res is ResNever.Def d && d.F1.Krate < (uint)_crateNumbers.Length && _crateNumbers[d.F1.Krate] >= 0 ? Def(d.F1) : (DefId?)null;
            var moduleLike = c.Res is ResNever.Def { F0: Raw.DefKind.Mod or Raw.DefKind.Enum or Raw.DefKind.Trait };
            children[own.Length + i] = new ModuleChild(_meta.Text(c.Ident.Name), def, c.Vis is VisibilityDefId.Public, moduleLike);
        }
        return children;
    }

    static bool IsModuleLike(Mir.DefKind? kind) => kind is Mir.DefKind.Mod or Mir.DefKind.Enum or Mir.DefKind.Trait;

    Symbol? CtorName(uint ctor) => _meta.DefKeys(ctor)?.Parent is { } parent && _meta.DefKeys(parent)?.DisambiguatedData.Data is Raw.DefPathData.TypeNs n ? n.F0 : null;

    public bool IsDocHidden(int index) => (_meta.AttrFlags((uint)index) & AttrFlags.IsDocHidden) != 0;

    public string? SourceRange(int index)
    {
        if (_meta.DefSpan((uint)index) is not { } span) return null;
        var data = _meta.DecodeSpan(span);
        if (data.IsDummy) return "no-location";
        var source = data.Krate == 0 ? this : Other(data.Krate);
        return source?.Range(data.File, data.Lo, data.Lo + data.Length);
    }

    string Range(uint file, uint lo, uint hi)
    {
        var (index, f, _) = File(file);
        var (line, column) = CharPosition(f, lo);
        var (endLine, endColumn) = CharPosition(f, hi);
        return string.Create(CultureInfo.InvariantCulture, $"{_tcx.SourceFile(index)}:{line}:{column}: {endLine}:{endColumn}");
    }

    static (int Line, uint Column) CharPosition(SourceFile f, uint at)
    {
        var line = Array.BinarySearch(f.LineStarts, at);
        if (line < 0) line = ~line - 1;
        return line < 0 ? (0, at + 1) : (line + 1, Chars(f, at) - Chars(f, f.LineStarts[line]) + 1);
    }

    public string? SourceSnippet(int index)
    {
        if (_meta.DefSpan((uint)index) is not { } span) return null;
        var data = _meta.DecodeSpan(span);
        if (data.IsDummy || data.Krate != 0) return null;
        if (_meta.SourceFile(data.File).Name is not FileName.Real { F0: var name }) return null;
        var inner = name.Local ?? name.MaybeRemapped;
        try
        {
            var text = System.IO.File.ReadAllBytes(Path.Combine(inner.WorkingDirectory, inner.Name));
            return data.Lo + data.Length <= text.Length ? Encoding.UTF8.GetString(text, (int)data.Lo, (int)data.Length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>rustc keeps the names of captured places: a reference's begins with a mark, a field's follows two underscores.</summary>
    public string[] CapturedVariables(int index)
    {
        var names = new List<string>();
        foreach (var symbol in _meta.ClosureSavedNamesOfCapturedVariables((uint)index) ?? [])
        {
            var name = _meta.Text(symbol);
            if (name.StartsWith("_ref__", StringComparison.Ordinal)) name = name["_ref__".Length..];
            var field = name.IndexOf("__", 1, StringComparison.Ordinal);
            if (field > 0) name = name[..field];
            if (!names.Contains(name)) names.Add(name);
        }
        return [.. names];
    }

    public string? CoroutineDescription(int index) => _meta.CoroutineKind((uint)index) switch
    {
        CoroutineKindRow.None => null,
        CoroutineKindRow.CoroutineMovable => "coroutine",
        CoroutineKindRow.CoroutineStatic => "static coroutine",
        CoroutineKindRow.DesugaredGenBlock => "gen block",
        CoroutineKindRow.DesugaredGenFn => "gen fn body",
        CoroutineKindRow.DesugaredGenClosure => "gen closure body",
        CoroutineKindRow.DesugaredAsyncBlock => "async block",
        CoroutineKindRow.DesugaredAsyncFn => "async fn body",
        CoroutineKindRow.DesugaredAsyncClosure => "async closure body",
        CoroutineKindRow.DesugaredAsyncGenBlock => "async gen block",
        CoroutineKindRow.DesugaredAsyncGenFn => "async gen fn body",
        _ => "async gen closure body",
    };

    public string?[] LateBoundNames(int index) => _meta.FnSig((uint)index) is not { } sig ? [] : Array.ConvertAll(sig.BoundVars, v =>
        v is Raw.BoundVariableKind.Region { F0: BoundRegionKind.Named { F0: var d } } && d.Krate < (uint)_crateNumbers.Length && _crateNumbers[d.Krate] >= 0 && _tcx.DefKey(Def(d)).Name is var n and not "'_" ? n : null);

    public Region[] OutlivesBounds(int index)
    {
        var regions = new List<Region>();
        foreach (var (p, _) in _meta.ExplicitItemBounds((uint)index))
            if (p.Kind is PredicateKind.Clause { F0: ClauseKind.TypeOutlives o }) regions.Add(Import(o.F0.F1));
        return [.. regions];
    }

    public (ConstValue Value, Ty Ty)? TrivialConst(int index) => _meta.TrivialConst((uint)index) is { } t ? (Import(t.Item1), Import(t.Item2)) : null;

    /// <summary>Positions in the file of an item's optimized MIR, its MIR for compile-time evaluation, its promoteds and its trivial constant; 0 for what is not there.</summary>
    public (uint Optimized, uint Ctfe, uint Promoted, uint Trivial) BodyPositions(int index) => (
        _meta.RowPosition(_meta.Root.Tables.OptimizedMir, (uint)index), _meta.RowPosition(_meta.Root.Tables.MirForCtfe, (uint)index),
        _meta.RowPosition(_meta.Root.Tables.PromotedMir, (uint)index), _meta.RowPosition(_meta.Root.Tables.TrivialConst, (uint)index));
}

using System.Runtime.CompilerServices;
using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using CoroutineDesugaring = Mirlink.Mir.CoroutineDesugaring;
using DefId = Mirlink.Mir.DefId;
using DefKind = Mirlink.Mir.DefKind;
using DefPathData = Mirlink.Mir.DefPathData;
using Mutability = Mirlink.Mir.Mutability;
using Raw = Mirlink.Rustc.Metadata.Raw;

namespace Mirlink.Rustc.Import;

/// <summary>
/// A crate read from rustc's metadata, as a source of items: converts decoded nodes to the IR on demand, mapping the crate's own crate numbers to the
/// session's. Made by <see cref="CrateLoader"/>.
/// </summary>
public sealed partial class RustcCrate : ICrateSource, IDisposable
{
    readonly TyCtxt _tcx;
    readonly Interner _interner;
    readonly CrateMetadata _meta;
    /// <summary>Session crate number by the crate's own number; -1 for crates that are not part of the link (proc macros).</summary>
    readonly int[] _crateNumbers;
    readonly NodeCache<Mir.GlobalAlloc> _allocs = new();

    public RustcCrate(TyCtxt tcx, CrateMetadata meta, int[] crateNumbers, CrateInfo info)
    {
        _tcx = tcx;
        _interner = tcx.Interner;
        _meta = meta;
        _crateNumbers = crateNumbers;
        Info = info;
        _files = new FileEntry?[meta.Root.SourceMap.Length];
        _traitImpls = new(ReadTraitImpls);
        _langItems = new(ReadLangItems);
        _diagnosticItems = new(() => Array.ConvertAll(_meta.Decode(_meta.Root.DiagnosticItems), i => (_meta.Text(i.Item1), Local(i.Item2))));
        _nativeLibs = new(ReadNativeLibs);
        _exportedNonGeneric = new(ReadExportedNonGeneric);
        _exportedGeneric = new(ReadExportedGeneric);
    }

    /// <summary>Unmaps the metadata; nothing may be asked of the crate afterwards.</summary>
    public void Dispose() => _meta.Dispose();

    public void ReleasePages() => _meta.Blob.ReleasePages();

    /// <summary>The metadata underneath.</summary>
    public CrateMetadata Metadata => _meta;

    public CrateInfo Info { get; }
    public int DefCount => (int)_meta.DefCount;
    /// <summary>Not in the metadata: set by whoever knows it.</summary>
    public Mir.GlobalAsm? GlobalAsm { get; set; }

    int Number => _crateNumbers[0];

    DefId Local(uint index) => new(Number, (int)index);

    DefId Def(Raw.DefId d)
    {
        if (d.Krate >= (uint)_crateNumbers.Length) throw Damaged($"it names crate {d.Krate} of {_crateNumbers.Length}");
        var krate = _crateNumbers[d.Krate];
        if (krate < 0) throw new MirlinkException($"crate `{Info.Name}` refers to an item of `{_meta.Text(_meta.Decode(_meta.Root.CrateDeps)[d.Krate - 1].Name)}`, which was not found");
        return new DefId(krate, (int)d.Index);
    }

    /// <summary>Values that fit their type and still cannot be: what the decoder cannot know to be wrong.</summary>
    MirlinkException Damaged(string what) => new($"crate metadata `{_meta.Blob.Path}` is damaged: {what}") { Help = MetadataBlob.RebuildIt };

    /// <summary>Called where values nest in themselves: bad input may not overflow the stack.</summary>
    void EnterRecursion()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Damaged("values are nested too deeply");
    }

    DefId? Def(Raw.DefId? d) => d is { } some ? Def(some) : null;

    string? Text(Symbol? s) => s is { } some ? _meta.Text(some) : null;

    public DefKind? DefKind(int index) => _meta.DefKind((uint)index) switch
    {
        DefKindRow.None => null,
        DefKindRow.Mod => Mir.DefKind.Mod,
        DefKindRow.Struct => Mir.DefKind.Struct,
        DefKindRow.Union => Mir.DefKind.Union,
        DefKindRow.Enum => Mir.DefKind.Enum,
        DefKindRow.Variant => Mir.DefKind.Variant,
        DefKindRow.Trait => Mir.DefKind.Trait,
        DefKindRow.TyAlias => Mir.DefKind.TyAlias,
        DefKindRow.ForeignTy => Mir.DefKind.ForeignTy,
        DefKindRow.TraitAlias => Mir.DefKind.TraitAlias,
        DefKindRow.AssocTy => Mir.DefKind.AssocTy,
        DefKindRow.TyParam => Mir.DefKind.TyParam,
        DefKindRow.Fn => Mir.DefKind.Fn,
        DefKindRow.Const or DefKindRow.ConstIsTypeConst => Mir.DefKind.Const,
        DefKindRow.ConstParam => Mir.DefKind.ConstParam,
        DefKindRow.AssocFn => Mir.DefKind.AssocFn,
        DefKindRow.AssocConst or DefKindRow.AssocConstIsTypeConst => Mir.DefKind.AssocConst,
        DefKindRow.ExternCrate => Mir.DefKind.ExternCrate,
        DefKindRow.Use => Mir.DefKind.Use,
        DefKindRow.ForeignMod => Mir.DefKind.ForeignMod,
        DefKindRow.AnonConst => Mir.DefKind.AnonConst,
        DefKindRow.InlineConst => Mir.DefKind.InlineConst,
        DefKindRow.OpaqueTy => Mir.DefKind.OpaqueTy,
        DefKindRow.Field => Mir.DefKind.Field,
        DefKindRow.LifetimeParam => Mir.DefKind.LifetimeParam,
        DefKindRow.GlobalAsm => Mir.DefKind.GlobalAsm,
        DefKindRow.Impl or DefKindRow.ImplOfTrait => Mir.DefKind.Impl,
        DefKindRow.Closure => Mir.DefKind.Closure,
        >= DefKindRow.StaticUnsafeNot and <= DefKindRow.StaticSafeMutNested => Mir.DefKind.Static,
        DefKindRow.CtorStructFn => Mir.DefKind.CtorStructFn,
        DefKindRow.CtorStructConst => Mir.DefKind.CtorStructConst,
        DefKindRow.CtorVariantFn => Mir.DefKind.CtorVariantFn,
        DefKindRow.CtorVariantConst => Mir.DefKind.CtorVariantConst,
        DefKindRow.SyntheticCoroutineBody => Mir.DefKind.SyntheticCoroutineBody,
        _ => Mir.DefKind.Macro,
    };

    public Mutability? StaticMutability(int index) => _meta.DefKind((uint)index) switch
    {
        DefKindRow.StaticUnsafeNot or DefKindRow.StaticSafeNot or DefKindRow.StaticUnsafeNotNested or DefKindRow.StaticSafeNotNested => Mutability.Not,
        DefKindRow.StaticUnsafeMut or DefKindRow.StaticSafeMut or DefKindRow.StaticUnsafeMutNested or DefKindRow.StaticSafeMutNested => Mutability.Mut,
        _ => null,
    };

    public Mir.DefKey DefKey(int index)
    {
        var key = _meta.DefKeys((uint)index) ?? throw Damaged($"definition {index} has no key");
        // Parents come first: whoever walks up arrives at the root.
        if (key.Parent >= (uint)index) throw Damaged($"the parent of definition {index} comes after it");
        var data = key.DisambiguatedData.Data;
        var name = data switch
        {
            Raw.DefPathData.TypeNs n => n.F0,
            Raw.DefPathData.ValueNs n => n.F0,
            Raw.DefPathData.MacroNs n => n.F0,
            Raw.DefPathData.LifetimeNs n => n.F0,
            Raw.DefPathData.OpaqueLifetime n => n.F0,
            Raw.DefPathData.AnonAssocTy n => n.F0,
            _ => (Symbol?)null,
        };
        return new Mir.DefKey((int?)key.Parent ?? -1, (DefPathData)data.Tag, Text(name), key.DisambiguatedData.Disambiguator);
    }

    public DefPathHash DefPathHash(int index) => new(Info.StableCrateId, _meta.DefPathHashes((uint)index));

    int Parent(int index) => (int?)_meta.DefKeys((uint)index)?.Parent ?? -1;

    public bool IsForeignItem(int index) => Parent(index) is >= 0 and var p && _meta.DefKind((uint)p) == DefKindRow.ForeignMod;

    public DefId? FindMain()
    {
        foreach (var child in _meta.ModuleChildrenNonReexports(0) ?? [])
            if (_meta.DefKind(child) == DefKindRow.Fn && _meta.DefKeys(child)?.DisambiguatedData.Data is Raw.DefPathData.ValueNs n && _meta.Text(n.F0) == "main") return Local(child);
        foreach (var child in _meta.ModuleChildrenReexports(0))
            if (child.Res is ResNever.Def { F0: Raw.DefKind.Fn } def && _meta.Text(child.Ident.Name) == "main") return Def(def.F1);
        return null;
    }
}

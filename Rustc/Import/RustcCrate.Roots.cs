using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using DefId = Mirlink.Mir.DefId;
using Instance = Mirlink.Mir.Instance;
using InstanceKind = Mirlink.Mir.InstanceKind;
using NativeLib = Mirlink.Mir.NativeLib;
using NativeLibKind = Mirlink.Mir.NativeLibKind;
using Raw = Mirlink.Rustc.Metadata.Raw;
using SimplifiedType = Mirlink.Mir.SimplifiedType;
using TraitImpls = Mirlink.Mir.TraitImpls;

namespace Mirlink.Rustc.Import;

/// <summary>The lists of the crate root: impls, lang items, libraries, exported symbols. Read once, on first use.</summary>
public sealed partial class RustcCrate
{
    readonly Lazy<TraitImpls[]> _traitImpls;
    readonly Lazy<(string, DefId)[]> _langItems;
    readonly Lazy<(string, DefId)[]> _diagnosticItems;
    readonly Lazy<NativeLib[]> _nativeLibs;
    readonly Lazy<DefId[]> _exportedNonGeneric;
    readonly Lazy<Instance[]> _exportedGeneric;

    public IReadOnlyList<TraitImpls> TraitImpls => _traitImpls.Value;
    public IReadOnlyList<(string Name, DefId Def)> LangItems => _langItems.Value;
    public IReadOnlyList<(string Name, DefId Def)> DiagnosticItems => _diagnosticItems.Value;
    public IReadOnlyList<NativeLib> NativeLibs => _nativeLibs.Value;
    public IReadOnlyList<DefId> ExportedNonGenericSymbols => _exportedNonGeneric.Value;
    public IReadOnlyList<Instance> ExportedGenericSymbols => _exportedGeneric.Value;

    TraitImpls[] ReadTraitImpls() => Array.ConvertAll(_meta.Decode(_meta.Root.Impls), t => new TraitImpls(
        Def(new Raw.DefId(t.TraitId.Item1, t.TraitId.Item2)),
        Array.ConvertAll(_meta.Decode(t.Impls), i => (Local(i.Item1), i.Item2 is { } s ? Import(s) : (SimplifiedType?)null))));

    SimplifiedType Import(SimplifiedTypeDefId raw)
    {
        var kind = (SimplifiedTypeKind)raw.Tag;
        return raw switch
        {
            SimplifiedTypeDefId.Int t => new(kind, (int)t.F0),
            SimplifiedTypeDefId.Uint t => new(kind, (int)t.F0),
            SimplifiedTypeDefId.Float t => new(kind, (int)t.F0),
            SimplifiedTypeDefId.Ref t => new(kind, (int)t.F0),
            SimplifiedTypeDefId.Ptr t => new(kind, (int)t.F0),
            SimplifiedTypeDefId.Tuple t => new(kind, (int)t.F0),
            SimplifiedTypeDefId.Function t => new(kind, (int)t.F0),
            SimplifiedTypeDefId.Adt t => new(kind, 0, Def(t.F0)),
            SimplifiedTypeDefId.Foreign t => new(kind, 0, Def(t.F0)),
            SimplifiedTypeDefId.Trait t => new(kind, 0, Def(t.F0)),
            SimplifiedTypeDefId.Closure t => new(kind, 0, Def(t.F0)),
            SimplifiedTypeDefId.Coroutine t => new(kind, 0, Def(t.F0)),
            SimplifiedTypeDefId.CoroutineWitness t => new(kind, 0, Def(t.F0)),
            _ => new(kind),
        };
    }

    (string, DefId)[] ReadLangItems() => Array.ConvertAll(_meta.Decode(_meta.Root.LangItems), i => (Releases.LangItemNames[(int)i.Item2], Local(i.Item1)));

    NativeLib[] ReadNativeLibs() => Array.ConvertAll(_meta.Decode(_meta.Root.NativeLibraries), l =>
    {
        var bundle = l.Kind is Raw.NativeLibKind.Static s ? s.Bundle : null;
        var whole = l.Kind is Raw.NativeLibKind.Static w ? w.WholeArchive : null;
        var asNeeded = l.Kind switch
        {
            Raw.NativeLibKind.Dylib d => d.AsNeeded,
            Raw.NativeLibKind.RawDylib d => d.AsNeeded,
            Raw.NativeLibKind.Framework d => d.AsNeeded,
            _ => null,
        };
        return new NativeLib((NativeLibKind)l.Kind.Tag, _meta.Text(l.Name), Text(l.Filename), bundle, whole, asNeeded, l.Verbatim);
    });

    DefId[] ReadExportedNonGeneric()
    {
        var list = new List<DefId>();
        foreach (var (symbol, _) in _meta.Decode(_meta.Root.ExportedNonGenericSymbols)) if (symbol is ExportedSymbol.NonGeneric s) list.Add(Def(s.F0));
        return [.. list];
    }

    Instance[] ReadExportedGeneric()
    {
        var list = new List<Instance>();
        foreach (var (symbol, _) in _meta.Decode(_meta.Root.ExportedGenericSymbols))
        {
            switch (symbol)
            {
                case ExportedSymbol.Generic g:
                    list.Add(Instance.Item(Def(g.F0), Import(g.F1)));
                    break;
                case ExportedSymbol.DropGlue d:
                    var ty = Import(d.F0);
                    list.Add(new Instance(InstanceKind.DropGlue, _tcx.LangItem("drop_in_place"), _interner.Args([ty]), ty));
                    break;
            }
        }
        return [.. list];
    }
}

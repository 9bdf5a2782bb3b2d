using Mirlink.Backend.Lowering;
using Mirlink.Mir;
using Mirlink.Mir.Mangling;

namespace Mirlink.Linker;

/// <summary>
/// Names, and for each function and static whether it is compiled in this link or called in the standard library's machine code. One decision for both,
/// since instances that std has ready bear std's name. Thread-safe.
/// </summary>
internal sealed class LinkSymbols : ISymbolNames
{
    private readonly TyCtxt _tcx;
    private readonly SymbolNames _names;
    private readonly StandardLibrary _std;
    private readonly bool _optimize;
    private readonly HashSet<DefId> _exported = [];
    private readonly Dictionary<Instance, int> _upstream = [];
    private readonly ConcurrentMap<Instance, string> _cache = new();
    private readonly ConcurrentMap<DefId, string> _staticCache = new();

    public LinkSymbols(TyCtxt tcx, SymbolNames names, StandardLibrary std, bool optimize)
    {
        _tcx = tcx;
        _names = names;
        _std = std;
        _optimize = optimize;
        for (int i = 0; i < tcx.Crates.Count; i++)
        {
            var crate = tcx.Crates[i];
            if (!crate.Info.HasMachineCode) continue;
            foreach (var def in crate.ExportedNonGenericSymbols) _exported.Add(def);
            // The crate with the lowest id is taken when several have an instance, as in rustc.
            foreach (var instance in crate.ExportedGenericSymbols)
                if (!_upstream.TryGetValue(instance, out int other) || tcx.Crates[other].Info.StableCrateId > crate.Info.StableCrateId) _upstream[instance] = i;
        }
    }

    public SymbolNames Names => _names;

    public string NameOf(Instance instance) => _cache.GetOrAdd(instance, static (i, self) => self._names.Of(i, self.UpstreamCrate(i)), this);

    public string NameOfStatic(DefId def) => _staticCache.GetOrAdd(def, static (d, self) => self._names.OfStatic(d), this);

    public string TypeName(Ty ty) => Mir.Text.TypeNames.Of(_tcx, ty);

    /// <summary>The crate in whose machine code a generic instance is ready. With optimization a copy of our own is better, unless it is never inlined anyway.</summary>
    private int? UpstreamCrate(Instance instance)
    {
        if (_upstream.Count == 0 || instance.Args.Count == 0 || !_upstream.TryGetValue(instance, out int krate)) return null;
        if (_optimize && _tcx.CodegenFnAttrs(instance.Def).Inline != InlineAttr.Never) return null;
        return krate;
    }

    /// <summary>Is the function compiled in this link (true), or defined elsewhere: by std, or a native library?</summary>
    /// <exception cref="UnsupportedException">It has neither MIR nor machine code.</exception>
    public bool IsCompiledHere(Instance instance)
    {
        switch (instance.Kind)
        {
            case InstanceKind.Intrinsic or InstanceKind.Virtual: return false;
            case InstanceKind.Item: break;
            default: return UpstreamCrate(instance) is null;
        }
        var def = instance.Def;
        if (_exported.Contains(def) || UpstreamCrate(instance) is not null) return false;
        if (_tcx.IsForeignItem(def)) return false;
        if (_tcx.HasOptimizedMir(def)) return true;
        if (_tcx.DefKind(def) is DefKind.CtorStructFn or DefKind.CtorVariantFn) return true;
        if (_tcx.Traits.BodyOf(instance) is not null) return true;
        if (_std.Defines(NameOf(instance))) return false;
        throw new UnsupportedException($"a function without MIR or machine code, `{_tcx.DefPath(def)}`,");
    }

    /// <summary>Is the static's memory part of this link's own code?</summary>
    public bool IsStaticDefinedHere(DefId def)
    {
        // An extern static with a linkage stands for a variable of this link that holds its address.
        if (_tcx.IsForeignItem(def)) return _tcx.CodegenFnAttrs(def).ImportLinkage is not null;
        if (!_tcx.Crate(def).Info.HasMachineCode) return true;
        return !_exported.Contains(def) && !_std.Defines(NameOfStatic(def));
    }
}

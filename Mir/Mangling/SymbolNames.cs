using System.Text;

namespace Mirlink.Mir.Mangling;

/// <summary>
/// Which symbol an item has (rustc's symbol_name query): fixed by an attribute, or mangled. Instances in std's machine code get their crate as a suffix, as
/// rustc named them; instances of this link have none, so that both can exist beside each other.
/// </summary>
/// <param name="internalPrefix">
/// Path prefix of `#[rustc_std_internal_symbol]` items, e.g. "_RNvCsfgHYwM92fyn_7___rustc": the pseudo crate's disambiguator hashes the compiler's version, so it is
/// read from the symbol table of the standard library that is linked.
/// </param>
public sealed class SymbolNames(TyCtxt tcx, string internalPrefix)
{
    public string InternalPrefix { get; } = internalPrefix;

    /// <summary>Symbol of an instance; <paramref name="upstreamCrate"/>: the crate whose machine code has this generic instance, null if it is compiled here.</summary>
    public string Of(Instance instance, int? upstreamCrate = null)
    {
        if (Fixed(instance) is { } name) return name;
        return V0Mangler.Mangle(tcx, instance, upstreamCrate);
    }

    public string OfStatic(DefId def) => Of(Instance.Item(def, tcx.Interner.NoArgs));

    /// <summary>The name that attributes give, null if it is to be mangled.</summary>
    public string? Fixed(Instance instance)
    {
        if (instance.Kind is not (InstanceKind.Item or InstanceKind.Intrinsic)) return null;
        var attrs = tcx.CodegenFnAttrs(instance.Def);
        if (attrs.Has(CodegenFnAttrFlags.RustcStdInternalSymbol)) return Internal(attrs.SymbolName ?? tcx.DefKey(instance.Def).Name!);
        if (attrs.SymbolName is { } name) return name;
        if (attrs.Has(CodegenFnAttrFlags.NoMangle)) return tcx.DefKey(instance.Def).Name!;
        if (attrs.Has(CodegenFnAttrFlags.ForeignItem) && !attrs.Has(CodegenFnAttrFlags.ExternallyImplementableItem)) return tcx.DefKey(instance.Def).Name!;
        return null;
    }

    /// <summary>Symbol of a runtime function that the compiler and std agree upon by name, such as "__rust_alloc".</summary>
    public string Internal(string name)
    {
        // LLVM knows the first by name; the others are called from C.
        if (name is "rust_eh_personality" or "__isPlatformVersionAtLeast" or "__isOSVersionAtLeast") return name;
        var o = new StringBuilder(InternalPrefix);
        V0Encoding.Identifier(o, name);
        return o.ToString();
    }
}

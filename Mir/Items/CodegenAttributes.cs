namespace Mirlink.Mir;

/// <summary>The attributes that <see cref="ICrateSource.HasAttribute"/> may be asked for: all that artifacts keep.</summary>
public static class CodegenAttributes
{
    /// <summary>At most 32: artifacts keep them as bits in this order. Append only.</summary>
    public static readonly string[] Names =
    [
        "rustc_nounwind", "rustc_intrinsic", "rustc_intrinsic_must_be_overridden", "rustc_no_implicit_autorefs", "rustc_unsafe_specialization_marker",
        "rustc_specialization_trait", "fundamental", "rustc_allocator", "rustc_std_internal_symbol", "rustc_do_not_implement_via_object",
        "rustc_deny_explicit_impl", "rustc_coinductive", "may_dangle", "track_caller", "rustc_pass_by_value", "rustc_non_const_trait_method",
        "non_exhaustive", "rustc_legacy_const_generics", "rustc_nonnull_optimization_guaranteed", "rustc_never_returns_null_ptr",
    ];
}

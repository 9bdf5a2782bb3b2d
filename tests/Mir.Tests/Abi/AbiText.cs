using System.Text;
using System.Text.RegularExpressions;
using Mirlink.Mir.Abi;

namespace Mirlink.Mir.Tests.Abi;

/// <summary>Function ABIs and layouts as rustc's #[rustc_abi(debug)] prints them, without white space, types and seeds of randomization.</summary>
static partial class AbiText
{
    /// <summary>What rustc said, by the name of the item.</summary>
    public static Dictionary<string, string> Parse(string errors)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match m in AbiOf().Matches(errors))
        {
            var text = new StringBuilder();
            foreach (var line in m.Groups[2].Value.Split('\n'))
            {
                var t = line.Trim();
                if (t.StartsWith("ty: ", StringComparison.Ordinal) || t.StartsWith("randomization_seed: ", StringComparison.Ordinal)) continue;
                text.Append(t.Replace(" ", "", StringComparison.Ordinal));
            }
            text.Replace(",}", "}").Replace(",)", ")").Replace(",]", "]");
            found.Add(m.Groups[1].Value, Deduced().Replace(text.ToString(), "Indirect{attrs:ArgAttributes{regular:CapturesAddress|NoAlias|NonNull|NoUndef,"));
        }
        return found;
    }

    /// <summary>What rustc deduces from a function's body of arguments passed indirectly is no matter of its ABI.</summary>
    [GeneratedRegex(@"Indirect\{attrs:ArgAttributes\{regular:Captures(?:None|Address)\|NoAlias\|NonNull\|(?:ReadOnly\|)?NoUndef,")]
    private static partial Regex Deduced();

    [GeneratedRegex(@"fn_abi_of(?:_fn_type)?\((\w+)\) = (FnAbi \{\n.*?\n       \})", RegexOptions.Singleline)]
    private static partial Regex AbiOf();

    public static string Print(FnAbi abi) =>
        $"FnAbi{{args:[{string.Join(",", abi.Args.Select(Arg))}],ret:{Arg(abi.Ret)},c_variadic:{Bool(abi.CVariadic)},fixed_count:{abi.FixedCount},conv:{Conv(abi.Conv)},can_unwind:{Bool(abi.CanUnwind)}}}";

    private static string Bool(bool b) => b ? "true" : "false";

    private static string Conv(CanonAbi c) => c switch
    {
        CanonAbi.X86Interrupt => "Interrupt(X86)",
        CanonAbi.SysV64 or CanonAbi.Win64 or CanonAbi.Vectorcall => $"X86({c})",
        _ => c.ToString(),
    };

    private static string Arg(ArgAbi a) => $"ArgAbi{{layout:TyAndLayout{{layout:{Layout(a.Layout)}}},mode:{Mode(a.Mode)}}}";

    private static string Mode(PassMode m) => m.Kind switch
    {
        PassModeKind.Ignore => "Ignore",
        PassModeKind.Direct => $"Direct({Attributes(m.A)})",
        PassModeKind.Pair => $"Pair({Attributes(m.A)},{Attributes(m.B)})",
        PassModeKind.Cast => $"Cast{{pad_i32:false,cast:{Cast(m.Cast!)}}}",
        _ => $"Indirect{{attrs:{Attributes(m.A)},meta_attrs:{(m.HasMeta ? $"Some({Attributes(m.B)})" : "None")},on_stack:{Bool(m.OnStack)}}}",
    };

    private static string Cast(CastTarget c)
    {
        var prefix = Enumerable.Range(0, 8).Select(i => i < c.Prefix.Length ? $"Some({Register(c.Prefix[i])})" : "None");
        return $"CastTarget{{prefix:[{string.Join(",", prefix)}],rest_offset:{(c.RestOffset is { } o ? $"Some({Size(o)})" : "None")},"
            + $"rest:Uniform{{unit:{Register(c.Rest)},total:{Size(c.RestTotal)},is_consecutive:false}},attrs:{Attributes(c.Attrs)}}}";
    }

    private static string Register(Reg r) => $"Reg{{kind:{r.Kind},size:{Size(r.Size)}}}";

    private static string Attributes(ArgAttributes a)
    {
        var names = Enum.GetValues<ArgAttribute>().Where(f => f != 0 && (a.Regular & f) != 0);
        return $"ArgAttributes{{regular:{string.Join("|", names)},arg_ext:{a.Ext},pointee_size:{Size(a.PointeeSize)},pointee_align:{(a.PointeeAlign == 0 ? "None" : $"Some({Align(a.PointeeAlign)})")}}}";
    }

    private static string Size(ulong n) => $"Size({n}bytes)";
    private static string Align(ulong n) => $"Align({n}bytes)";

    public static string Layout(TyAndLayout l) =>
        $"Layout{{size:{Size(l.Size)},align:AbiAlign{{abi:{Align(l.Align)}}},backend_repr:{Repr(l.Repr)},fields:{Fields(l)},"
        + $"largest_niche:{(l.LargestNiche is { } n ? $"Some(Niche{{offset:{Size(n.Offset)},{Primitive(n.Value)},valid_range:{Range(n.Value)}}})" : "None")},"
        + $"uninhabited:{Bool(l.Uninhabited)},variants:{Variants(l)},max_repr_align:{(l.MaxReprAlign is { } m ? $"Some({Align(m)})" : "None")},"
        + $"unadjusted_abi_align:{Align(l.UnadjustedAbiAlign)}}}";

    private static string Repr(BackendRepr r) => r.Kind switch
    {
        BackendReprKind.Scalar => $"Scalar({Scalar(r.A)})",
        BackendReprKind.ScalarPair => $"ScalarPair({Scalar(r.A)},{Scalar(r.B)})",
        BackendReprKind.SimdVector => $"SimdVector{{element:{Scalar(r.A)},count:{r.Count}}}",
        _ => $"Memory{{sized:{Bool(r.Sized)}}}",
    };

    private static string Primitive(Scalar s) => "value:" + (s.IsPointer ? "Pointer(AddressSpace(0))" : s.IsFloat ? $"Float(F{s.Size * 8})" : $"Int(I{s.Size * 8},{Bool(s.Signed)})");

    private static string Range(Scalar s) => s.Start > s.End ? $"(..={s.End})|({s.Start}..)" : $"{s.Start}..={s.End}";

    private static string Scalar(Scalar s) => s.IsUnion ? $"Union{{{Primitive(s)}}}" : $"Initialized{{{Primitive(s)},valid_range:{Range(s)}}}";

    private static string Fields(TyAndLayout l) => l.Fields switch
    {
        FieldsShapeKind.Primitive => "Primitive",
        FieldsShapeKind.Union => $"Union({l.Count})",
        FieldsShapeKind.Array => $"Array{{stride:{Size(l.Stride)},count:{l.Count}}}",
        _ => $"Arbitrary{{offsets:[{string.Join(",", l.Offsets.Select(Size))}],in_memory_order:[{string.Join(",", l.InMemoryOrder)}]}}",
    };

    private static string Variants(TyAndLayout l)
    {
        if (l.Variants == VariantsKind.Empty) return "Empty";
        if (l.Variants == VariantsKind.Single) return $"Single{{index:{l.VariantIndex}}}";
        var encoding = l.IsNicheEncoded
            ? $"Niche{{untagged_variant:{l.UntaggedVariant},niche_variants:{l.NicheVariantsStart}..={l.NicheVariantsEnd},niche_start:{l.NicheStart}}}"
            : "Direct";
        return $"Multiple{{tag:{Scalar(l.Tag)},tag_encoding:{encoding},tag_field:{l.TagField},variants:[{string.Join(",", l.VariantLayouts.Select(Layout))}]}}";
    }
}

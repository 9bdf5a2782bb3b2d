using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mirlink.Mir;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Text;

namespace Mirlink.Fidelity.Programs;

/// <summary>
/// Every type that rustc names under -Zprint-type-sizes, found by its name among those that our instances reach: our layout written the same way must be
/// the same text. Names of what a coroutine saves are not compared, only where it is.
/// </summary>
static partial class LayoutComparison
{
    public static void Ask(BothIrs irs, Tally tally)
    {
        foreach (var module in irs.Modules) Ask(irs, module, tally);
    }

    static void Ask(BothIrs irs, RustcModule module, Tally tally)
    {
        string set = irs.Set;
        var tcx = irs.Lowered.Tcx;
        // Closures of different crates may bear the same name.
        var ours = new Dictionary<string, List<Ty>>(StringComparer.Ordinal);
        var text = new StringBuilder();
        var printer = new PathPrinter(tcx, module.Crate, text, new VisiblePaths(tcx, module.Crate, module.Externs));
        foreach (var ty in irs.Types.Concat(OfCrate(tcx, module.Crate, irs.Types)))
        {
            if (ty is not (AdtTy or ClosureTy)) continue;
            text.Clear();
            printer.Type(ty);
            string name = text.ToString();
            if (!ours.TryGetValue(name, out var types)) ours.Add(name, types = []);
            types.Add(ty);
        }
        foreach (var (name, block) in Blocks(module.TypeSizes))
        {
            string where = $"{irs.Program.Name} -O{irs.Level} {tcx.Crates[module.Crate].Info.Name} {name}";
            if (!ours.TryGetValue(name, out var types))
            {
                tally.Note("types that our instances do not reach", where, "rustc asks for their layouts while it checks, lints and optimizes generic code, and for what the program does not use");
                continue;
            }
            string expected = types[0] is ClosureTy { Kind: TyKind.Coroutine } ? SavedName().Replace(SavedType().Replace(block, ""), "`._`") : block;
            string actual = "";
            foreach (var ty in types)
            {
                try
                {
                    actual = Describe(tcx, name, ty);
                }
                catch (Exception e) when (e is MirlinkException or BugException)
                {
                    actual = e.Message;
                }
                if (expected == actual) break;
            }
            if (expected == actual) tally.Equal(set);
            else if (module.Crate != irs.Lowered.Root && name.Contains("{closure@", StringComparison.Ordinal) && types.Exists(t => IsOfGeneric(tcx, t)))
                tally.Note("closures of generic functions, as libraries have them", where, "the name does not say with which type arguments; the program may not reach those that the library was compiled with");
            else tally.Differs(set, "another layout", $"{where}\nrustc:\n{expected}\nours:\n{actual}");
        }
    }

    /// <summary>The crate's types and closures without parameters, used or not: types in different blocks may bear the same name, as closures in what one macro makes do.</summary>
    static IEnumerable<Ty> OfCrate(TyCtxt tcx, int crate, IReadOnlyCollection<Ty> others)
    {
        var known = new HashSet<Ty>(others, ReferenceEqualityComparer.Instance);
        for (int i = 0; i < tcx.Crates[crate].DefCount; i++)
        {
            if (tcx.Crates[crate].DefKind(i) is not (DefKind.Struct or DefKind.Enum or DefKind.Union or DefKind.Closure)) continue;
            var type = tcx.EraseRegions(tcx.TypeOf(new DefId(crate, i)));
            if (!type.HasAny(TypeFlags.HasParam) && known.Add(type)) yield return type;
        }
    }

    /// <summary>A closure in a function with type parameters, or a type with such a closure among its arguments.</summary>
    static bool IsOfGeneric(TyCtxt tcx, GenericArg type) => type switch
    {
        ClosureTy c => tcx.GenericsOf(c.Def) is { ParentCount: > 0 },
        AdtTy a => a.Args.Span.ToArray().Any(arg => IsOfGeneric(tcx, arg)),
        _ => false,
    };

    [GeneratedRegex("`\\.[^`]*`")]
    private static partial Regex SavedName();

    [GeneratedRegex(", type: .*")]
    private static partial Regex SavedType();

    static IEnumerable<(string Name, string Block)> Blocks(string[] lines)
    {
        string? name = null;
        var block = new StringBuilder();
        foreach (string line in lines)
        {
            string l = line["print-type-size ".Length..];
            if (l.StartsWith("type: `", StringComparison.Ordinal))
            {
                if (name is not null) yield return (name, block.ToString());
                block.Clear();
                name = l["type: `".Length..l.LastIndexOf("`: ", StringComparison.Ordinal)];
            }
            block.Append(l).Append('\n');
        }
        if (name is not null) yield return (name, block.ToString());
    }

    readonly record struct Field(string Kind, string Name, ulong Offset, ulong Size, ulong Align);

    readonly record struct Variant(string Name, ulong Size, List<Field> Fields);

    /// <summary>What rustc prints of a type (rustc_session's code_stats over rustc_ty_utils' layouts).</summary>
    static string Describe(TyCtxt tcx, string name, Ty ty)
    {
        var layout = tcx.Layouts.LayoutOf(ty);
        var variants = new List<Variant>();
        bool structLike = true, packed = false;
        if (ty is AdtTy adt)
        {
            var def = tcx.AdtDef(adt.Def);
            structLike = !def.IsEnum && !def.IsUnion;
            packed = def.Repr.Pack is not null;
            if (layout.Variants == VariantsKind.Single) variants.Add(OfAdt(tcx, def, layout.VariantIndex, layout));
            else if (layout.Variants == VariantsKind.Multiple)
                for (int v = 0; v < def.Variants.Length; v++) variants.Add(OfAdt(tcx, def, v, layout.ForVariant(v)));
        }
        else if (ty is ClosureTy { Kind: TyKind.Coroutine } coroutine)
        {
            structLike = false;
            OfCoroutine(tcx, coroutine, layout, variants);
        }
        // The largest first, except for a coroutine's.
        if (ty is AdtTy) variants = [.. variants.OrderByDescending(static v => v.Size)];
        ulong discriminant = layout is { Variants: VariantsKind.Multiple, IsNicheEncoded: false } ? (ulong)layout.Tag.Size : 0;
        return Print(name, layout, variants, discriminant, structLike, packed);
    }

    static Variant OfAdt(TyCtxt tcx, AdtDef def, int index, TyAndLayout layout)
    {
        var fields = new List<Field>();
        ulong end = 0;
        var declared = def.Variants[index].Fields;
        for (int i = 0; i < declared.Length; i++)
        {
            var field = tcx.Layouts.LayoutOf(layout.FieldTys[i]);
            fields.Add(new Field("field", declared[i].Name, layout.FieldOffset(i), field.Size, field.Align));
            end = Math.Max(end, layout.FieldOffset(i) + field.Size);
        }
        return new Variant(def.Variants[index].Name, end == 0 ? layout.Size : end, fields);
    }

    static void OfCoroutine(TyCtxt tcx, ClosureTy ty, TyAndLayout layout, List<Variant> into)
    {
        var upvars = new List<Field>();
        ulong upvarsEnd = 0;
        var upvarTys = tcx.Traits.UpvarTys(ty);
        for (int i = 0; i < upvarTys.Length; i++)
        {
            var field = tcx.Layouts.LayoutOf(upvarTys[i]);
            upvars.Add(new Field("upvar", "_", layout.FieldOffset(i), field.Size, field.Align));
            upvarsEnd = Math.Max(upvarsEnd, layout.FieldOffset(i) + field.Size);
        }
        for (int v = 0; v < layout.VariantLayouts.Length; v++)
        {
            var variant = layout.VariantLayouts[v];
            var fields = new List<Field>();
            ulong end = 0;
            for (int i = 0; i < variant.FieldTys.Length; i++)
            {
                var field = tcx.Layouts.LayoutOf(variant.FieldTys[i]);
                fields.Add(new Field("local", "_", variant.FieldOffset(i), field.Size, field.Align));
                end = Math.Max(end, variant.FieldOffset(i) + field.Size);
            }
            fields.AddRange(upvars);
            if (end == 0) end = upvarsEnd;
            if (layout.FieldOffset(layout.TagField) >= end) end += (ulong)layout.Tag.Size;
            into.Add(new Variant(v switch { 0 => "Unresumed", 1 => "Returned", 2 => "Panicked", _ => $"Suspend{v - 3}" }, end, fields));
        }
        var ends = into[1..3];
        into.RemoveRange(1, 2);
        into.AddRange(ends);
    }

    static string Print(string name, TyAndLayout layout, List<Variant> variants, ulong discriminant, bool structLike, bool packed)
    {
        var o = new StringBuilder();
        void Line(string indent, string text) => o.Append(indent).Append(text).Append('\n');
        Line("", string.Create(CultureInfo.InvariantCulture, $"type: `{name}`: {layout.Size} bytes, alignment: {layout.Align} bytes"));
        string indent = "    ";
        if (discriminant > 0) Line(indent, $"discriminant: {discriminant} bytes");
        ulong largest = discriminant;
        foreach (var variant in variants)
        {
            string inner = indent;
            if (!structLike)
            {
                Line(indent, $"variant `{variant.Name}`: {variant.Size - discriminant} bytes");
                inner = "        ";
            }
            largest = Math.Max(largest, variant.Size);
            ulong at = discriminant;
            foreach (var f in variant.Fields.OrderBy(static f => f.Offset).ThenBy(static f => f.Size))
            {
                if (f.Offset > at) Line(inner, $"padding: {f.Offset - at} bytes");
                string text = $"{f.Kind} `.{f.Name}`: {f.Size} bytes";
                if (f.Offset < at) text += $", offset: {f.Offset} bytes, alignment: {f.Align} bytes";
                else if (!packed && f.Offset != at) text += $", alignment: {f.Align} bytes";
                Line(inner, text);
                at = f.Offset + f.Size;
            }
        }
        if (layout.Size > largest) Line(indent, $"end padding: {layout.Size - largest} bytes");
        return o.ToString();
    }

    public static IReadOnlyCollection<Ty> TypesOf(BothIrs irs) => new Reach(irs.Lowered.Tcx, irs).Types;

    /// <summary>All types in instances' arguments, bodies and signatures, what those consist of and what they point to.</summary>
    sealed class Reach
    {
        readonly HashSet<Ty> _seen = new(ReferenceEqualityComparer.Instance);
        readonly Stack<Ty> _queue = [];
        readonly TyCtxt _tcx;
        public IReadOnlyCollection<Ty> Types => _seen;

        public Reach(TyCtxt tcx, BothIrs irs)
        {
            _tcx = tcx;
            var monomorphizer = new Monomorphizer(tcx);
            foreach (var instance in irs.Lowered.Instances)
            {
                foreach (var arg in instance.Args.Span) Add(arg);
                if (instance.Kind != InstanceKind.Item || tcx.Traits.BodyOf(instance) is not { } body) continue;
                Body concrete = monomorphizer.Instantiate(body, instance.Args);
                foreach (var local in concrete.Locals) Add(local.Ty);
                foreach (var mentioned in concrete.MentionedItems) Add(mentioned.Ty);
                foreach (var block in concrete.Blocks) if (block.Terminator is Terminator.Call { Func.Constant: { } callee }) Add(callee.Const.Type);
            }
            // The position of a panic.
            Add(tcx.EraseRegions(tcx.TypeOf(tcx.LangItem("panic_location"))));
            while (_queue.TryPop(out var ty)) Enter(ty);
        }

        void Add(GenericArg? arg)
        {
            if (arg is Ty ty && !ty.HasAny(TypeFlags.HasParam) && _seen.Add(ty)) _queue.Push(ty);
        }

        void Enter(Ty ty)
        {
            switch (ty)
            {
                case RefTy t: Add(t.Pointee); break;
                case RawPtrTy t: Add(t.Pointee); break;
                case SliceTy t: Add(t.Element); break;
                case ArrayTy t: Add(t.Element); break;
                case DynamicTy:
                    Add(_tcx.Interner.Adt(_tcx.LangItem("dyn_metadata"), _tcx.Interner.Args([ty])));
                    break;
                case FnDefTy t:
                    foreach (var a in t.Args.Span) Add(a);
                    break;
                case TupleTy t:
                    foreach (var e in t.Elements) Add(e);
                    break;
                case ClosureTy t:
                    foreach (var a in t.Args.Span) Add(a);
                    Fields(ty);
                    break;
                case AdtTy t:
                    foreach (var a in t.Args.Span) Add(a);
                    var def = _tcx.AdtDef(t.Def);
                    foreach (var v in def.Variants)
                        foreach (var f in v.Fields) Add(Erased(_tcx.Traits.InstantiateAndNormalize(_tcx.TypeOf(f.Def), t.Args)));
                    break;
            }
        }

        Ty Erased(Ty ty) => _tcx.EraseRegions(ty);

        void Fields(Ty closure)
        {
            foreach (var f in _tcx.Traits.UpvarTys((ClosureTy)closure)) Add(f);
            try
            {
                foreach (var v in _tcx.Layouts.LayoutOf(closure).VariantLayouts) foreach (var f in v.FieldTys) Add(f);
            }
            catch (Exception e) when (e is MirlinkException or BugException) { } // asked about it, the comparison says so
        }
    }
}

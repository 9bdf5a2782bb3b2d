using System.Text;
using System.Text.RegularExpressions;
using Mirlink.Mir.Abi;
using Mirlink.Mir.Text;

namespace Mirlink.Mir.Tests.Interpret;

/// <summary>Compile-time evaluation against rustc's.</summary>
public sealed partial class ConstEvalTests
{
    /// <summary>rustc stores what it evaluated for a static; a constant of the same value, evaluated here from its MIR, must be the same memory to the last padding byte.</summary>
    [Fact]
    public void Constants_are_what_rustc_evaluates()
    {
        using var session = new InterpretedCrate("consts");
        var tcx = session.Tcx;
        var constants = session.Definitions(DefKind.Const).Where(d => tcx.DefKey(d).Name == "C").ToDictionary(d => tcx.Parent(d)!.Value);
        int compared = 0;
        var different = new StringBuilder();
        foreach (var s in session.Definitions(DefKind.Static).Where(d => tcx.DefKey(d).Name == "S"))
        {
            var constant = constants[tcx.Parent(s)!.Value];
            var layout = tcx.Layouts.LayoutOf(tcx.Traits.NormalizeErasingRegions(tcx.TypeOf(constant)));
            string expected = Describe(tcx, tcx.Crate(s).StaticInitializer(s.Index)!);
            string actual = Describe(tcx, Memory(session.Evaluate(constant, tcx.Interner.NoArgs), layout));
            if (actual != expected) different.AppendLine($"{tcx.DefPath(constant)}\n  rustc {expected}\n  here  {actual}");
            compared++;
        }
        Assert.True(compared > 300, $"only {compared} constants");
        Assert.True(different.Length == 0, different.ToString());
    }

    /// <summary>Threads that evaluate the same constants get the same allocations, whoever was first.</summary>
    [Fact]
    public void Threads_share_results()
    {
        using var session = new InterpretedCrate("consts");
        var constants = session.Definitions(DefKind.Const).Where(d => session.Tcx.DefKey(d).Name == "C").ToArray();
        var results = new ConstValue[4][];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 },
            t => results[t] = Array.ConvertAll(constants, c => session.Evaluate(c, session.Tcx.Interner.NoArgs)));
        for (int t = 1; t < results.Length; t++) Assert.Equal(results[0], results[t]);
    }

    /// <summary>A failing constant fails for rustc's reason, in rustc's words.</summary>
    [Fact]
    public void Errors_are_rustcs()
    {
        var plain = RustcOracle.Diagnostics("--edition=2024", "--crate-type=rlib", "--emit=metadata", "--cfg=plain", InterpretedCrate.Source("errors"));
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string message = "";
        foreach (string line in plain.Split('\n'))
        {
            if (line.StartsWith("error[E0080]: ", StringComparison.Ordinal)) message = line["error[E0080]: ".Length..];
            if (EvaluationOf().Match(line) is { Success: true } m) expected.Add(m.Groups[1].Value, Anonymous(message));
        }
        Assert.True(expected.Count >= 40, plain);

        using var session = new InterpretedCrate("errors");
        var args = session.Tcx.Interner.Args([session.Tcx.Interner.U8]);
        var actual = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var def in session.Definitions(DefKind.AssocConst))
        {
            string name = session.Tcx.DefKey(def).Name!;
            var error = Record.Exception(() => session.Evaluate(def, args));
            if (error is not ConstEvalException failed) actual.Add(name, error?.ToString() ?? "no error");
            else
            {
                Assert.StartsWith("evaluation of `errors::{impl#", failed.Message, StringComparison.Ordinal);
                actual.Add(name, Anonymous(failed.Reason));
            }
        }
        var different = expected.Where(e => actual[e.Key] != e.Value).Select(e => $"{e.Key}\n  rustc {e.Value}\n  here  {actual[e.Key]}").ToList();
        Assert.True(different.Count == 0, string.Join("\n", different));
        Assert.Equal(expected.Keys, actual.Keys);
    }

    [GeneratedRegex(@"evaluation of `(\w+)` failed")]
    private static partial Regex EvaluationOf();

    /// <summary>Allocations have no numbers here; paths of local types are not trimmed here.</summary>
    private static string Anonymous(string message) => AllocationNumber().Replace(message, "alloc").Replace("errors::", "");

    [GeneratedRegex(@"alloc\d+")]
    private static partial Regex AllocationNumber();

    /// <summary>The memory that a constant of a static's type has.</summary>
    private static Allocation Memory(ConstValue value, TyAndLayout layout)
    {
        var bytes = new byte[layout.Size];
        switch (value)
        {
            case ConstValue.ZeroSized: return new Allocation([], [], null, layout.Align, Mutability.Not);
            case ConstValue.Scalar s:
                for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(s.Int.Bits >> (8 * i));
                return new Allocation(bytes, [], null, layout.Align, Mutability.Not);
            case ConstValue.Pointer p:
                BitConverter.TryWriteBytes(bytes, p.Offset);
                return new Allocation(bytes, [new Relocation(0, p.Alloc)], null, layout.Align, Mutability.Not);
            case ConstValue.Slice s:
                BitConverter.TryWriteBytes(bytes.AsSpan(8), s.Meta);
                return new Allocation(bytes, [new Relocation(0, s.Alloc)], null, layout.Align, Mutability.Not);
            case ConstValue.Indirect i:
                Assert.Equal(0ul, i.Offset);
                return ((GlobalAlloc.Memory)i.Alloc).Allocation;
            default: throw new InvalidOperationException(value.ToString());
        }
    }

    private static string Describe(TyCtxt tcx, Allocation a, int depth = 0)
    {
        if (depth > 6) return "...";
        var text = new StringBuilder($"<align {a.Align}: ");
        for (int i = 0; i < a.Size; i++) text.Append(a.Init is { } init && !init[i] ? "__" : a.Bytes[i].ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        foreach (var r in a.Relocations)
        {
            text.Append($" {r.Offset}->").Append(r.Target switch
            {
                GlobalAlloc.Memory m => Describe(tcx, m.Allocation, depth + 1),
                GlobalAlloc.Function f => $"{f.Instance.Kind} {TypeNames.OfPath(tcx, f.Instance.Def, f.Instance.Args)}",
                GlobalAlloc.VTable v => $"vtable of {TypeNames.Of(tcx, v.Ty)} for {TypeNames.Of(tcx, v.Dyn)}",
                GlobalAlloc.Static s => $"static {tcx.DefPath(s.Def)}",
                GlobalAlloc.TypeId t => $"id of {TypeNames.Of(tcx, t.Ty)}",
                _ => "?",
            });
        }
        return text.Append('>').ToString();
    }
}

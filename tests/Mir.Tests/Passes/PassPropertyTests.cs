using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Mirlink.Mir.Interpret;
using Mirlink.Mir.Passes;
using Mirlink.Mir.Text;

namespace Mirlink.Mir.Tests.Passes;

/// <summary>
/// Generated bodies give the same results before and after each pass, after passes in any order, and after all of them with inlining.
/// MIRLINK_PASS_BODIES=1000 for more bodies than usual, MIRLINK_PASS_SEED for others.
/// </summary>
public class PassPropertyTests
{
    private static readonly Lazy<Session> s_session = new(static () => new Session(Source(), optimize: true, "-Zmir-opt-level=0", "-Cdebug-assertions=off"));
    private static string Source([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Generated", "shapes.rs");
    private static int Bodies => int.TryParse(Environment.GetEnvironmentVariable("MIRLINK_PASS_BODIES"), out int n) ? n : 60;
    private static ulong Seed => ulong.TryParse(Environment.GetEnvironmentVariable("MIRLINK_PASS_SEED"), out ulong n) ? n : 1;

    private static readonly (ulong, ulong, ulong)[] s_arguments = [(0, 0, 0), (1, 5, 1), (0xffff_ffff, ulong.MaxValue, 1), (2, 77, 0)];

    public static TheoryData<string> Passes() => [.. Pipeline.Names.Where(static n => n != Inline.PassName)];

    [Theory]
    [MemberData(nameof(Passes))]
    public void A_pass_alone_changes_no_result(string pass) => Check(_ => [pass]);

    /// <summary>Passes rely on nothing but what the validator checks, so any order will do.</summary>
    [Fact]
    public void Passes_in_any_order_change_no_result()
    {
        string[] names = [.. Pipeline.Names.Where(static n => n != Inline.PassName)];
        Check(random => [.. Enumerable.Range(0, 12).Select(_ => names[random.Next(names.Length)])]);
    }

    [Fact]
    public void All_passes_and_inlining_change_no_result() => Check(static _ => null);

    /// <summary>With what a library does not know about its types and the link: less is known, and nothing else may come out.</summary>
    [Fact]
    public void The_passes_on_generic_bodies_change_no_result() => Check(static _ => [GenericMir]);

    private const string GenericMir = "generic MIR";

    /// <param name="sequence">The passes to run; null for the whole optimizer.</param>
    private static void Check(Func<Random, string[]?> sequence)
    {
        var session = s_session.Value;
        var bodies = Gen.SelectMany(Gen.Choose(0, int.MaxValue), static seed => Gen.Select(Gen.Choose(1, 60), size => (seed, size)));
        var property = Prop.ForAll(Arb.From(bodies, static b => b.size > 1 ? [(b.seed, b.size / 2), (b.seed, b.size - 1)] : []), b =>
        {
            var passes = sequence(new Random(b.seed));
            var body = new BodyGenerator(session, b.seed, b.size).Generate();
            var before = MirPrinter.Print(session.Tcx, body);
            var expected = Array.ConvertAll(s_arguments, a => Run(session, body, a));
            string actual, after = "";
            try
            {
                var optimized = Optimize(session, new BodyGenerator(session, b.seed, b.size).Generate(), passes);
                after = MirPrinter.Print(session.Tcx, optimized);
                actual = string.Join(", ", s_arguments.Select(a => Run(session, optimized, a)));
            }
            catch (Exception e) when (e is BugException or IndexOutOfRangeException or NullReferenceException or InvalidCastException)
            {
                actual = e.ToString();
            }
            return (actual == string.Join(", ", expected)).Label(
                $"seed {b.seed}, size {b.size}, passes {(passes is null ? "all" : string.Join(", ", passes))}\nexpected {string.Join(", ", expected)}\nactual   {actual}\n{before}\n{after}");
        });
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Bodies).WithReplay(Seed | 1, (Seed << 1) | 1), property);
    }

    private static Body Optimize(Session session, Body body, string[]? passes)
    {
        var tcx = session.Tcx;
        var options = new PassOptions { Optimize = true, Validate = true };
        Pipeline.Validate(tcx, body, "generation");
        if (passes is null)
        {
            var shims = new Shims.ShimBuilder(tcx);
            var mono = new Monomorphizer(tcx);
            var root = Instance.Item(session.Item("shapes"), tcx.Interner.NoArgs);
            return new BodyOptimizer(tcx, options, i => i == root ? body : shims.Build(i) ?? mono.Instantiate(tcx.Traits.BodyOf(i)!, i.Args)).Optimize(root);
        }
        if (passes is [GenericMir])
        {
            new Pipeline(new PassContext(tcx, options with { Generic = true })).OnGenericMir(body);
            return body;
        }
        var context = new PassContext(tcx, options);
        foreach (string p in passes)
        {
            Pipeline.Find(p)!.Run(body, context);
            Pipeline.Validate(tcx, body, p);
        }
        return body;
    }

    /// <summary>The result of a body called with these arguments, or why there is none.</summary>
    private static string Run(Session session, Body body, (ulong, ulong, ulong) arguments)
    {
        var tcx = session.Tcx;
        var blocks = (BasicBlockData[])body.Blocks.Clone();
        ReadOnlySpan<ulong> values = [arguments.Item1, arguments.Item2, arguments.Item3];
        var statements = new List<Statement>();
        for (int i = 0; i < values.Length; i++)
            statements.Add(Statement.Assign(new Place(i + 1), new Rvalue.Use(PassContext.Scalar(values[i], (PrimTy)body.Locals[i + 1].Ty)), blocks[0].Terminator.SourceInfo));
        blocks[0].Statements = [.. statements, .. blocks[0].Statements];
        var called = new Body { Blocks = blocks, Locals = body.Locals, ArgCount = 0, Scopes = body.Scopes, Phase = body.Phase, Span = body.Span, Def = body.Def };
        var evaluator = (ConstEvaluator)tcx.Eval;
        var cx = new InterpCx(tcx, new ConstEvalMachine(evaluator, canAccessMutGlobal: false), evaluator);
        try
        {
            var result = cx.AllocatePlace(tcx.Layouts.LayoutOf(body.Locals[0].Ty));
            cx.Run(called, tcx.Interner.NoArgs, null, result);
            return cx.ReadScalar(result.Ptr, 8).Bits.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (ConstEvalException e)
        {
            return e.Message;
        }
    }
}

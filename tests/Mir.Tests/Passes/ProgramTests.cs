using Mirlink.Mir.Passes;
using Mirlink.Mir.Text;

namespace Mirlink.Mir.Tests.Passes;

/// <summary>Every body that a program needs is valid after every pass, at both levels; and what comes out depends neither on order nor on threads.</summary>
public class ProgramTests
{
    [Theory]
    [InlineData("unwind_drops", "-Copt-level=0")]
    [InlineData("iterators", "-Copt-level=2")]
    [InlineData("closures", "-Copt-level=2")]
    public void Bodies_stay_valid_and_the_same_in_any_order(string program, string optimization)
    {
        var source = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Traits", program + ".rs")).Replace("\nfn main(", "\npub fn main(", StringComparison.Ordinal);
        var (tcx, krate, dir) = Toolchain.Compile("passes_" + program, source, optimization);
        try
        {
            bool optimize = optimization != "-Copt-level=0";
            var collector = new MonoCollector(tcx) { Local = krate, DebugAssertions = !optimize };
            collector.Run(CollectionTests.Roots(tcx, krate));
            var instances = collector.Instances.OrderBy(static i => i.ToString(), StringComparer.Ordinal).ToArray();
            Assert.True(instances.Length > 100, "nothing was compared");
            var shims = new Shims.ShimBuilder(tcx);
            var mono = new Monomorphizer(tcx);
            Body Load(Instance i) => shims.Build(i) ?? mono.Instantiate(tcx.Traits.BodyOf(i) ?? throw new UnsupportedException("no body"), i.Args);
            var options = new PassOptions { Optimize = optimize, OverflowChecks = !optimize, UbChecks = !optimize, Validate = true };

            var forward = new BodyOptimizer(tcx, options, Load);
            var first = instances.Select(i => MirPrinter.Print(tcx, forward.Optimize(i))).ToArray();
            var parallel = new BodyOptimizer(tcx, options, Load);
            var second = new string[instances.Length];
            Parallel.For(0, instances.Length, n => second[instances.Length - 1 - n] = MirPrinter.Print(tcx, parallel.Optimize(instances[instances.Length - 1 - n])));
            for (int i = 0; i < first.Length; i++) Assert.Equal(first[i], second[i]);
        }
        finally { Directory.Delete(dir, recursive: true); }
    }
}

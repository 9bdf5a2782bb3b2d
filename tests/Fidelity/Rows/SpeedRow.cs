using System.Diagnostics;
using Mirlink.Mir;
using Mirlink.Rustc.Import;

namespace Mirlink.Fidelity.Rows;

/// <summary>How fast metadata is opened and decoded. Nothing is compared but the number of bodies that every thread count decodes.</summary>
public sealed class SpeedRow : IFidelityRow
{
    public int Order => 90;
    public string Name => "speed";
    public string How => "bodies of the standard library as shipped, decoded and imported on one thread and on all";
    public string MustBe => "import of all of std under 3 s CPU";

    public RowResult Run(Corpus corpus)
    {
        var result = new RowResult();
        string[] files = corpus.StdMetadata;
        long bytes = files.Sum(f => new FileInfo(f).Length);

        var clock = Stopwatch.StartNew();
        foreach (string f in files) CrateMetadata.Open(f).Dispose();
        double seconds = clock.Elapsed.TotalSeconds;
        result.Notes.Add(FormattableString.Invariant($"opened lazily (root and tables): {files.Length} files, {bytes / 1e6:N0} MB mapped in {seconds * 1000:N1} ms; nothing else is read before it is asked for"));

        long bodies = 0;
        foreach (int threads in (int[])[1, Environment.ProcessorCount])
        {
            var tcx = new TyCtxt();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            clock.Restart();
            new CrateLoader(tcx, [corpus.LibDirectory]).Load(files.First(f => Path.GetFileName(f).StartsWith("libtest-", StringComparison.Ordinal)));
            long decoded = 0;
            foreach (var crate in tcx.Crates)
                Parallel.For(0, crate.DefCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
                {
                    long n = 0;
                    if (crate.HasOptimizedMir(i) && crate.OptimizedMir(i) is not null) n++;
                    if (crate.MirForCtfe(i) is not null) n++;
                    n += crate.PromotedMir(i)?.Length ?? 0;
                    if (n > 0) Interlocked.Add(ref decoded, n);
                });
            var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
            result.Notes.Add(FormattableString.Invariant($"imported on {threads} thread{(threads == 1 ? "" : "s")}: {decoded:N0} bodies of {tcx.Crates.Count} crates in {clock.Elapsed.TotalSeconds:N2} s, {used:N2} s CPU, {decoded / used:N0} bodies per CPU second"));
            if (bodies == 0) bodies = decoded;
            else result.Counts.Add(new Count("bodies on all threads against one", decoded, bodies));
            if (threads == 1) result.Holds = used < 3;
        }
        return result;
    }
}

using Mirlink.Rustc.Tests;

namespace Mirlink.Fidelity.Rows;

/// <summary>The decoded nodes of a metadata file cover it without gap or overlap.</summary>
public sealed class BytesRow : IFidelityRow
{
    public int Order => 10;
    public string Name => "bytes";
    public string How => "bytes of metadata that belong to exactly one decoded node; known to be written twice by rustc and recognized by decoding: the root module's children and a coroutine's layout";
    public string MustBe => "100 %";

    public RowResult Run(Corpus corpus)
    {
        var result = new RowResult();
        long nodes = 0;
        var before = System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime;
        int files = 0;
        foreach (var (set, paths) in ((string, IEnumerable<string>)[])[("std as shipped", Shipped(corpus)), .. corpus.Crates.GroupBy(static c => c.Set).Select(static g => (g.Key, g.Select(static c => c.Metadata)))])
        {
            long equal = 0, asked = 0;
            foreach (string path in paths)
            {
                using var crate = CrateMetadata.Open(path);
                var tiling = new Tiling(crate);
                var problems = tiling.Problems();
                asked += crate.Blob.Length;
                if (problems.Count == 0) equal += crate.Blob.Length;
                else result.Differences.Add(new Difference(Path.GetFileName(path), problems.Count, problems[0], null));
                nodes += tiling.Nodes;
                files++;
            }
            result.Counts.Add(new Count(set, equal, asked));
        }
        double seconds = (System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        result.Notes.Add(FormattableString.Invariant($"{nodes:N0} nodes in {files} files, all decoded and checked on one thread in {seconds:N1} s CPU: {result.Asked / 1e6 / seconds:N0} MB/s"));
        result.Holds = result.Differences.Count == 0;
        return result;
    }

    static IEnumerable<string> Shipped(Corpus corpus) => corpus.Quick ? corpus.StdMetadata.Where(f => !Path.GetFileName(f).StartsWith("libcore-", StringComparison.Ordinal)) : corpus.StdMetadata;
}

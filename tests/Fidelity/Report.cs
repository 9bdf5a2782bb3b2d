using System.Globalization;
using System.Text;

namespace Mirlink.Fidelity;

/// <summary>Results on the console and as docs/fidelity.md.</summary>
static class Report
{
    static string N(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Never rounded up to all of it.</summary>
    static string Percent(long equal, long asked) => asked == 0 ? "" : equal == asked ? "100 %" : (Math.Floor(equal * 10000.0 / asked * 10) / 1000).ToString("0.000", CultureInfo.InvariantCulture) + " %";

    public static void Print(IFidelityRow row, RowResult result)
    {
        foreach (var c in result.Counts) Console.WriteLine($"   {c.Corpus}: {N(c.Equal)} / {N(c.Asked)}  {Percent(c.Equal, c.Asked)}");
        foreach (var d in result.Differences) Console.WriteLine($"   difference: {d.Kind}, {N(d.Number)}{(d.Why is null ? " (not explained)" : "")}: {d.Example.ReplaceLineEndings(" | ")}");
        foreach (var n in result.Notes) Console.WriteLine($"   {n}");
        Console.WriteLine($"{row.Name}: {N(result.Equal)} / {N(result.Asked)} {Percent(result.Equal, result.Asked)}, {result.Cpu.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s CPU{(result.Holds ? "" : ", FAILED")}");
    }

    public static string Markdown(Corpus corpus, List<(IFidelityRow Row, RowResult Result)> results)
    {
        var s = new StringBuilder();
        s.Append("# Fidelity\n\nWhat rustc says of what Mirlink understands, over whole corpora. Written by `./fidelity.sh`; do not edit.\n\n");
        s.Append(corpus.Quick ? "This is the quick run, over a part of the corpus. " : "").Append("Compiler: `").Append(corpus.RustcVersion).Append("`.\n\n");
        s.Append("| row | compared | equal | asked | | must be |\n|---|---|---:|---:|---:|---|\n");
        foreach (var (row, r) in results)
            s.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {row.How} | {N(r.Equal)} | {N(r.Asked)} | {Percent(r.Equal, r.Asked)} | {row.MustBe}{(r.Holds ? "" : " (**not reached**)")} |\n");
        s.Append("\n## corpus\n");
        foreach (string line in corpus.Describe()) s.Append("\n- ").Append(line);
        s.Append("\n\nThe rows layout, instances, abi, attributes, vtables and constants ask about each program and each application as a whole: rustc's modules of the program and of all its\n");
        s.Append("libraries, before any LLVM pass and in one codegen unit each (`-Cno-prepopulate-passes -Ccodegen-units=1`), against one module of ours. bytes, bodies, text form and rlib ask\n");
        s.Append("about the libraries with optimization. CI runs `./fidelity.sh --quick`: every row over a twentieth of the programs, the example workspace, alloc instead of core, alloc and std,\n");
        s.Append("and a fifth of the other backends' programs.\n");
        foreach (var (row, r) in results)
        {
            s.Append("\n## ").Append(row.Name).Append("\n\n");
            if (r.Counts.Count > 0)
            {
                s.Append("| corpus | equal | asked | |\n|---|---:|---:|---:|\n");
                foreach (var c in r.Counts) s.Append($"| {c.Corpus} | {N(c.Equal)} | {N(c.Asked)} | {Percent(c.Equal, c.Asked)} |\n");
            }
            foreach (var n in r.Notes) s.Append("\n- ").Append(n);
            if (r.Notes.Count > 0) s.Append('\n');
            if (r.Differences.Count == 0) continue;
            s.Append("\nDifferences:\n");
            foreach (var d in r.Differences)
            {
                s.Append("\n- **").Append(d.Kind).Append("** (").Append(N(d.Number)).Append("): ").Append(d.Why ?? "not explained yet").Append('\n');
                if (d.Example.Length > 0) s.Append("\n  ```text\n  ").Append(d.Example.ReplaceLineEndings("\n  ")).Append("\n  ```\n");
            }
        }
        // Where things are on this machine is nobody else's matter.
        return s.ToString().Replace(corpus.CratesDirectory + "/", "", StringComparison.Ordinal).Replace(corpus.Repository + "/", "", StringComparison.Ordinal);
    }
}

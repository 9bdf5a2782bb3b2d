using System.Diagnostics;
using System.Text.RegularExpressions;
using Mirlink.Mir;
using Mirlink.Mir.Text;

namespace Mirlink.Fidelity.Rows;

/// <summary>Our text of every body against rustc's.</summary>
public sealed class BodiesRow : IFidelityRow
{
    public int Order => 20;
    public string Name => "bodies";
    public string How => "our MIR text of every body in metadata against `rustc --emit=mir -Ztrim-diagnostic-paths=no` of the same compilation, line by line";
    public string MustBe => "≥ 99.9 % of lines, 100 % of block structures";

    public RowResult Run(Corpus corpus)
    {
        var result = new RowResult();
        var sets = new Dictionary<string, (long Equal, long Asked, long Structures, long Bodies, long NotEncoded)>(StringComparer.Ordinal);
        var order = new List<string>();
        var kinds = new DifferenceKinds();
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var crate in corpus.Crates)
        {
            var (comparer, notEncoded) = CompareNamed(corpus, crate, found);
            if (!sets.ContainsKey(crate.Set)) order.Add(crate.Set);
            var s = sets.GetValueOrDefault(crate.Set);
            sets[crate.Set] = (s.Equal + comparer.EqualLines, s.Asked + comparer.Lines, s.Structures + comparer.EqualStructures, s.Bodies + comparer.Bodies, s.NotEncoded + notEncoded);
            foreach (var d in comparer.Differences) kinds.Add(d.Header, d.Theirs, d.Ours);
            string file = corpus.DifferencesFile($"bodies-{crate.Set.Replace(' ', '_')}-{crate.Name}");
            File.Delete(file);
            if (comparer.Differences.Count > 0)
                File.WriteAllLines(file, comparer.Differences.SelectMany(d => new[] { "@ " + d.Header, "- " + d.Theirs, "+ " + d.Ours }));
        }
        long structures = 0, bodies = 0, statics = 0;
        foreach (string set in order)
        {
            var s = sets[set];
            result.Counts.Add(new Count($"{set}: lines", s.Equal, s.Asked));
            structures += s.Structures;
            bodies += s.Bodies;
            statics += s.NotEncoded;
        }
        result.Notes.Add(FormattableString.Invariant($"block structures: {structures:N0} / {bodies:N0} equal"));
        result.Notes.Add(FormattableString.Invariant($"{statics:N0} bodies of statics and of their promoteds are in rustc's text and not in metadata, which has the statics' bytes instead"));
        result.Notes.Add("rustc is asked for untrimmed paths: trimmed ones depend on glob imports and on what else happens to be in scope, which metadata does not have");
        result.Notes.Add("which crates were given with `--extern` is told to the printer: metadata does not have it, and it decides by which path an item is named");
        result.Notes.Add("which of those, and of the standard library's crates, a crate names by a path is found by trial, one answer for a crate, where the lines differ otherwise: metadata does not have it either; "
            + (found.Count == 0 ? "no crate needed that" : "so found: " + string.Join(", ", found.Select(static f => $"{f.Key} ({f.Value} crates)"))));
        result.Notes.Add("allocation numbers are those of rustc's session: they must correspond one to one within a crate; dumps come in the order of these numbers");
        result.Differences.AddRange(kinds.All());
        result.Holds = structures == bodies && result.Equal >= result.Asked * 0.999;
        return result;
    }

    /// <summary>
    /// Whether a crate is named by a path in the source (`core::mem::swap`) decides by which path its items are printed, and rustc does not write it down. Each of the
    /// few crates that differing lines name is tried as named and as not named; the answer holds for the whole crate.
    /// </summary>
    static (BodyComparer Comparer, long NotEncoded) CompareNamed(Corpus corpus, CompiledCrate crate, SortedDictionary<string, int> found)
    {
        var best = Compare(corpus, crate);
        var names = new List<string>(["core", "alloc", "std", .. crate.Externs]);
        // The change that leaves the fewest differences first: one crate's items may be seen through another.
        while (best.Comparer.Differences.Count > 0)
        {
            var (start, given, changed) = (best, crate, "");
            foreach (string name in names)
            {
                if (!start.Comparer.Differences.Exists(d => Names(d.Theirs, Crate(name)) || Names(d.Ours, Crate(name)))) continue;
                var other = given with { Externs = given.Externs.Contains(name) ? [.. given.Externs.Where(e => e != name)] : [.. given.Externs, name] };
                var attempt = Compare(corpus, other);
                if (attempt.Comparer.Differences.Count < best.Comparer.Differences.Count) (best, crate, changed) = (attempt, other, name);
                if (best.Comparer.Differences.Count == 0) break;
            }
            if (!names.Remove(changed)) break;
            string what = $"`{Crate(changed)}` {(given.Externs.Contains(changed) ? "not named" : "named")}";
            found[what] = found.GetValueOrDefault(what) + 1;
        }
        return best;

        static string Crate(string name) => name.Contains('/', StringComparison.Ordinal) ? Path.GetFileName(name)["lib".Length..].Split('-', '.')[0] : name;

        static bool Names(string? line, string crate) => line is not null && Regex.IsMatch(line, $@"(?<![\w:]){crate}::");
    }

    static (BodyComparer Comparer, long NotEncoded) Compare(Corpus corpus, CompiledCrate crate)
    {
        var session = new Session(crate.Metadata, corpus.LibDirectory);
        var comparer = new BodyComparer();
        long notEncoded = 0;
        using var theirs = MirText.Bodies(File.ReadLines(crate.MirText)).GetEnumerator();
        var ahead = new List<BodyText>();
        BodyText? Peek(int n)
        {
            while (ahead.Count <= n && theirs.MoveNext()) ahead.Add(theirs.Current);
            return n < ahead.Count ? ahead[n] : null;
        }
        foreach (string printed in PrintedBodies.InOrder(session, crate.Externs))
        {
            var ours = MirText.Parse(printed);
            int skip = 0;
            for (; skip < 64; skip++) if (Peek(skip) is null || Peek(skip)!.Header == ours.Header) break;
            if (skip == 64 || Peek(skip) is null)
            {
                // the header differs: the next that is not a static's
                for (skip = 0; Peek(skip) is { } b && IsOfStatic(b, skip > 0 ? Peek(skip - 1) : null); skip++) { }
            }
            for (; skip > 0; skip--)
            {
                var body = ahead[0];
                ahead.RemoveAt(0);
                if (body.Header.StartsWith("static ", StringComparison.Ordinal) || body.Header.Contains("::promoted[", StringComparison.Ordinal)) notEncoded++;
                else comparer.Add(body, null);
            }
            if (Peek(0) is not { } their) break;
            comparer.Add(their, ours);
            ahead.RemoveAt(0);
        }
        while (Peek(0) is { } last)
        {
            if (last.Header.StartsWith("static ", StringComparison.Ordinal) || last.Header.Contains("::promoted[", StringComparison.Ordinal)) notEncoded++;
            else comparer.Add(last, null);
            ahead.RemoveAt(0);
        }
        return (comparer, notEncoded);
    }

    /// <summary>A static, or a promoted of the static whose bodies come before.</summary>
    static bool IsOfStatic(BodyText body, BodyText? before)
    {
        if (body.Header.StartsWith("static ", StringComparison.Ordinal)) return true;
        int promoted = body.Header.IndexOf("::promoted[", StringComparison.Ordinal);
        return promoted >= 0 && before is not null && (before.Header.StartsWith("static ", StringComparison.Ordinal) || before.Header.StartsWith(body.Header[..(promoted + "::promoted[".Length)], StringComparison.Ordinal));
    }
}

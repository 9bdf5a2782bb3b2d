using Mirlink.Mir;
using Mirlink.Mir.Text;

namespace Mirlink.Fidelity.Rows;

/// <summary>Our parser reads what our printer writes.</summary>
public sealed class TextFormRow : IFidelityRow
{
    public int Order => 30;
    public string Name => "text form";
    public string How => "lines of every body: printed, against printed, parsed and printed";
    public string MustBe => "100 %";

    public RowResult Run(Corpus corpus)
    {
        var result = new RowResult();
        var counts = new Dictionary<string, (long Equal, long Asked)>(StringComparer.Ordinal);
        var errors = new SortedDictionary<string, (long Number, string Example)>(StringComparer.Ordinal);
        foreach (var crate in corpus.Crates)
        {
            var session = new Session(crate.Metadata, corpus.LibDirectory);
            var printer = new MirPrinter(session.Tcx, session.Number, new VisiblePaths(session.Tcx, session.Number, crate.Externs));
            long equal = 0, asked = 0;
            foreach (int i in session.ItemsInOrder())
            {
                var (optimized, ctfe, promoted) = PrintedBodies.Bodies(session.Crate, i);
                foreach (var body in (Body?[])[optimized, ctfe, .. promoted])
                {
                    if (body is null) continue;
                    var symbols = new MirSymbols();
                    printer.Symbols = symbols;
                    string printed = printer.Print(body);
                    printer.Symbols = null;
                    var lines = MirText.Parse(printed).Lines;
                    asked += lines.Count;
                    try
                    {
                        var again = MirText.Parse(printer.Print(MirParser.Parse(session.Tcx, symbols, printed, body.Def, body.Phase))).Lines;
                        for (int n = 0; n < lines.Count && n < again.Count; n++)
                        {
                            if (lines[n] == again[n]) equal++;
                            else Found("another line", lines[n] + "\n" + again[n]);
                        }
                    }
                    catch (MirlinkException e)
                    {
                        string kind = e.Message[(e.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
                        Found(kind[..Math.Max(0, kind.IndexOfAny([':', '`']))].Trim(), e.Message);
                    }
                }
            }
            var c = counts.GetValueOrDefault(crate.Set);
            counts[crate.Set] = (c.Equal + equal, c.Asked + asked);
        }
        foreach (var (set, c) in counts) result.Counts.Add(new Count(set, c.Equal, c.Asked));
        foreach (var (kind, e) in errors) result.Differences.Add(new Difference(kind, e.Number, e.Example, null));
        result.Notes.Add("names are looked up among those of the printed body; dumps of memory are written and not read, because rustc's text does not say which constant they belong to");
        result.Holds = result.Equal == result.Asked;
        return result;

        void Found(string kind, string example) => errors[kind] = errors.TryGetValue(kind, out var e) ? (e.Number + 1, e.Example) : (1, example);
    }
}

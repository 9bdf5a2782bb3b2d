using Mirlink.Mir;
using Mirlink.Mir.Text;
using Mirlink.Rlib;
using Mirlink.Rustc.Import;

namespace Mirlink.Fidelity.Rows;

/// <summary>Every body through our artifact and back.</summary>
public sealed class RlibRow : IFidelityRow
{
    public int Order => 40;
    public string Name => "rlib";
    public string How => "the plain text of every body, and the generics, type and signature of every item: imported, against imported, written as a MIR-only rlib and read from it";
    public string MustBe => "100 %";

    public RowResult Run(Corpus corpus)
    {
        var result = new RowResult();
        var counts = new SortedDictionary<string, (long Equal, long Asked)>(StringComparer.Ordinal);
        string folder = Directory.CreateTempSubdirectory("mirlink-fidelity").FullName;
        try
        {
            foreach (var crate in corpus.Crates)
            {
                var (equal, asked, first) = Compare(corpus, crate, Path.Combine(folder, "crate.mir"));
                var c = counts.GetValueOrDefault(crate.Set);
                counts[crate.Set] = (c.Equal + equal, c.Asked + asked);
                if (first is not null) result.Differences.Add(new Difference(crate.Name, asked - equal, first, null));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        foreach (var (set, c) in counts) result.Counts.Add(new Count(set, c.Equal, c.Asked));
        result.Holds = result.Equal == result.Asked;
        return result;
    }

    static (long Equal, long Asked, string? First) Compare(Corpus corpus, CompiledCrate crate, string file)
    {
        var session = new Session(crate.Metadata, corpus.LibDirectory);
        File.WriteAllBytes(file, SectionWriter.Write(session.Tcx, session.Number, corpus.RustcVersion));

        // the same session again, with the crate read from the section instead
        var tcx = new TyCtxt();
        int number = new CrateLoader(tcx, [corpus.LibDirectory]).Load(crate.Metadata);
        using var copy = RlibCrate.Open(tcx, file, 0, new FileInfo(file).Length);
        copy.SetDependencies(number, tcx.Crates[number].Info.Deps);
        tcx.SetCrate(number, copy);
        Session.AddServices(tcx);

        long equal = 0, asked = 0;
        string? first = null;
        var from = new MirPrinter(session.Tcx, session.Number);
        var to = new MirPrinter(tcx, number);
        for (int i = 0; i < session.Crate.DefCount; i++)
        {
            if (session.Crate.DefKind(i) is null) continue;
            var (optimized, ctfe, promoted) = PrintedBodies.Bodies(session.Crate, i);
            var (optimized2, ctfe2, promoted2) = PrintedBodies.Bodies(copy, i);
            Same(optimized, optimized2);
            Same(ctfe, ctfe2);
            for (int p = 0; p < Math.Max(promoted.Length, promoted2.Length); p++) Same(promoted.ElementAtOrDefault(p), promoted2.ElementAtOrDefault(p));
            asked++;
            string want = Item(session.Tcx, session.Number, i), have = Item(tcx, number, i);
            if (want == have) equal++;
            else first ??= want + "\n" + have;
        }
        return (equal, asked, first);

        void Same(Body? a, Body? b)
        {
            if (a is null && b is null) return;
            asked++;
            string want = a is null ? "" : from.Print(a), have = b is null ? "" : to.Print(b);
            if (want == have) equal++;
            else first ??= want.Split('\n').Zip(have.Split('\n')).Where(l => l.First != l.Second).Select(l => l.First + "\n" + l.Second).FirstOrDefault("one is missing");
        }
    }

    /// <summary>What the text form can say of an item without a body.</summary>
    static string Item(TyCtxt tcx, int number, int index)
    {
        var crate = tcx.Crates[number];
        var s = new System.Text.StringBuilder();
        var paths = new PathPrinter(tcx, number, s);
        s.Append(crate.DefKind(index)).Append(' ').Append(crate.DefKey(index)).Append(' ').Append(crate.DefPathHash(index)).Append(' ');
        if (crate.GenericsOf(index) is { } g) s.Append(g.ParentCount).Append(g.HasSelf).AppendJoin(',', g.OwnParams.Select(p => $"{p.Name} {p.Kind} {p.HasDefault}")).Append(' ');
        if (crate.TypeOf(index) is { } ty) paths.Type(ty);
        if (crate.FnSig(index) is { } sig) paths.Type(tcx.Interner.FnPtr(sig));
        return s.ToString();
    }
}

using System.CommandLine;
using System.Globalization;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Mir.Text;
using Mirlink.Rlib;
using Mirlink.Rustc;
using Spectre.Console;

namespace Mirlink.Cli.Commands;

/// <summary>`mirlink inspect FILE`: what an rlib holds: members, sizes by kind, items, one body as MIR text.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A MIR-only rlib" };
        var items = new Option<bool>("--items") { Description = "List every item with the sizes of its records" };
        var mir = new Option<string?>("--mir") { HelpName = "PATH", Description = "Print the bodies whose path ends with this, in the syntax of rustc's --emit=mir" };
        var verify = new Option<bool>("--verify") { Description = "Read and check every section" };
        var search = new Option<string[]>("-L") { HelpName = "PATH", Description = "Folders with the crates that FILE depends on (beside its own)" };
        var command = new Command("inspect", "Show what a MIR-only rlib holds") { file, items, mir, verify, search }.WithExamples(
            ("members and sizes", "mirlink inspect libshapes.rlib"),
            ("one function's MIR", "mirlink inspect libshapes.rlib --mir Circle::area"),
            ("is the file intact?", "mirlink inspect libshapes.rlib --verify"));
        command.SetAction(r => Run(r.GetValue(file)!, r.GetValue(items), r.GetValue(mir), r.GetValue(verify), r.GetValue(search) ?? []));
        return command;
    }

    private static int Run(string path, bool items, string? mir, bool verify, string[] search)
    {
        using var archive = ArArchive.Open(path);
        var section = archive.Members.FirstOrDefault(m => m.Name == SectionFormat.SectionMember);
        if (section.Name is null) throw new MirlinkException($"`{path}` has no member `{SectionFormat.SectionMember}`: it is not a MIR-only rlib");

        if (mir is not null) return PrintBodies(path, mir, search);
        using var crate = RlibCrate.Open(new TyCtxt(), path, section.Offset, section.Size);
        crate.SetDependencies(0, new int[crate.Deps.Length]);
        if (verify) crate.Verify();
        if (items) ListItems(crate); else Summary(path, archive, crate, verify);
        return 0;
    }

    private static string N(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (string c in columns) table.AddColumn(new TableColumn(c) { NoWrap = true, Alignment = table.Columns.Count == 0 ? Justify.Left : Justify.Right });
        return table;
    }

    private static void Summary(string path, ArArchive archive, RlibCrate crate, bool verified)
    {
        Console.WriteLine($"{path}: crate `{crate.Info.Name}`, format {SectionFormat.Version}, {crate.RustcVersion}");
        Console.WriteLine($"depends on {(crate.Deps.Length == 0 ? "nothing" : string.Join(", ", crate.Deps.Select(d => d.Name)))}");
        Console.WriteLine();

        var members = NewTable("member", "bytes", "holds");
        long code = 0;
        foreach (var m in archive.Members)
        {
            bool isCode = m.Name.EndsWith(".o", StringComparison.Ordinal) || m.Name.EndsWith(".a", StringComparison.Ordinal);
            if (isCode) code += m.Size;
            members.AddRow(Markup.Escape(m.Name), N(m.Size), m.Name switch { SectionFormat.MetadataMember => "rustc's metadata", SectionFormat.SectionMember => "MIR and items", _ => isCode ? "a native library" : "" });
        }
        AnsiConsole.Write(members);
        Console.WriteLine(code == 0 ? "machine code: none" : $"machine code: {N(code)} bytes, of bundled native libraries");
        Console.WriteLine();

        var kinds = NewTable("section", "chunks", "compressed", "raw");
        foreach (var kind in Enum.GetValues<ChunkKind>())
        {
            var (compressed, raw, chunks) = crate.SizeOf(kind);
            // Few crates have this one.
            if (kind == ChunkKind.GlobalAsm && chunks == 0) continue;
            kinds.AddRow(kind.ToString(), N(chunks), N(compressed), N(raw));
        }
        AnsiConsole.Write(kinds);
        Console.WriteLine();

        var byKind = new SortedDictionary<string, (int Count, int Bodies, long Item, long Body)>(StringComparer.Ordinal);
        for (int i = 0; i < crate.DefCount; i++)
        {
            if (crate.DefKind(i) is not { } kind) continue;
            var (item, body) = crate.RecordSizes(i);
            if (item + body == 0) continue;
            byKind.TryGetValue(kind.ToString(), out var sum);
            byKind[kind.ToString()] = (sum.Count + 1, sum.Bodies + (body > 0 ? 1 : 0), sum.Item + item, sum.Body + body);
        }
        var table = NewTable("items", "count", "with MIR", "item bytes", "MIR bytes");
        foreach (var (kind, s) in byKind) table.AddRow(kind, N(s.Count), N(s.Bodies), N(s.Item), N(s.Body));
        AnsiConsole.Write(table);
        if (verified) Console.WriteLine("every section is intact");
    }

    private static void ListItems(RlibCrate crate)
    {
        var tcx = crate.Tcx;
        tcx.SetCrate(tcx.ReserveCrate(), crate);
        for (int i = 0; i < crate.DefCount; i++)
        {
            if (crate.DefKind(i) is not { } kind) continue;
            var (item, body) = crate.RecordSizes(i);
            if (item + body == 0) continue;
            Console.WriteLine($"{crate.ContentHash(i)} {item,8} {body,8} {kind,-16} {tcx.DefPath(new DefId(0, i))}");
        }
    }

    private static int PrintBodies(string path, string name, string[] search)
    {
        var tcx = new TyCtxt();
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        int number = new CrateOpener().Open(tcx, path, new CrateSearch([], [.. search, folder, Path.Combine(folder, "deps")], RustcToolchain.Find()));
        var crate = tcx.Crates[number];
        int found = 0;
        for (int i = 0; i < crate.DefCount; i++)
        {
            if (crate.DefKind(i) is null) continue;
            string at = tcx.DefPath(new DefId(number, i));
            if (at != name && !at.EndsWith("::" + name, StringComparison.Ordinal)) continue;
            foreach (var body in (Body?[])[crate.OptimizedMir(i), crate.MirForCtfe(i), .. crate.PromotedMir(i) ?? []])
            {
                if (body is null) continue;
                if (found++ > 0) Console.WriteLine();
                Console.Write(MirPrinter.Print(tcx, body));
            }
        }
        if (found == 0) throw new MirlinkException($"no item of crate `{crate.Info.Name}` with MIR has a path that ends with `{name}`") { Help = "`mirlink inspect FILE --items` lists them" };
        return 0;
    }
}

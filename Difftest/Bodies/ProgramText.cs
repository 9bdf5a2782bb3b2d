using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Mir.Text;
using Mirlink.Rustc;

namespace Mirlink.Difftest.Bodies;

/// <summary>
/// A program made of MIR as text that can be run again: the seed of the program that it was once, and the bodies that became other ones since, each with its item's
/// number. Types, constants and all other bodies are those of the seed.
/// </summary>
public static partial class ProgramText
{
    private const string Item = "// item ";

    /// <summary>A printer of a batch's bodies: allocations are numbered in the order in which the batch as it is now mentions them.</summary>
    /// <param name="symbols">Gets what the names stand for.</param>
    public static MirPrinter PrinterOf(BodyBatch batch, MirSymbols? symbols = null)
    {
        var printer = new MirPrinter(batch.Tcx, batch.Crate.Number) { Symbols = symbols };
        foreach (var item in batch.Crate.Items) if (item.Body is { } body) printer.Print(body);
        printer.Symbols = null;
        return printer;
    }

    /// <summary>The program's types, as comments, and some of its bodies. The line with the seed is the caller's.</summary>
    /// <param name="printer">Made when the batch was generated.</param>
    public static string Write(BodyBatch batch, MirPrinter printer, IEnumerable<DefId> bodies)
    {
        var text = new StringBuilder();
        foreach (var item in batch.Crate.Items)
        {
            if (item.Adt is not { } adt || item.Key.Name is not { } name || !name.StartsWith("p0_", StringComparison.Ordinal)) continue;
            text.Append("// ").Append(adt.IsEnum ? "enum " : adt.IsUnion ? "union " : "struct ").Append(name).Append(' ').Append(adt.Repr);
            foreach (var v in adt.Variants)
                text.Append(" { ").Append(string.Join(", ", v.Fields.Select(f => TypeNames.Of(batch.Tcx, batch.Tcx.TypeOf(f.Def))))).Append(" }");
            text.Append('\n');
        }
        foreach (var def in bodies) text.Append('\n').Append(Item).Append(CultureInfo.InvariantCulture, $"{def.Index}\n").Append(printer.Print(batch.Crate[def].Body!));
        return text.ToString();
    }

    [GeneratedRegex(@"^// seed (?<seed>[0-9a-f]{16})(?:; (?<variant>[\w-]+):)?", RegexOptions.Multiline)]
    private static partial Regex SeedLine();

    /// <summary>Reads what <see cref="Write"/> wrote below a line with the seed, and the variant in that line if it names one.</summary>
    /// <exception cref="MirlinkException">It is no such text, or the generator has changed since.</exception>
    public static (BodyBatch Batch, string? Variant) Read(RustcToolchain toolchain, string text)
    {
        var line = SeedLine().Match(text);
        if (!line.Success) throw new MirlinkException("not the text of a program made of MIR: no line says of which seed it is");
        var batch = BodyBatch.Generate(toolchain, [ulong.Parse(line.Groups["seed"].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)]);
        new SessionServices().Attach(batch.Tcx, new LinkOptions { Root = "", Output = "" });
        var symbols = new MirSymbols();
        PrinterOf(batch, symbols);
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Item, StringComparison.Ordinal)) continue;
            if (!int.TryParse(lines[i].AsSpan(Item.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= batch.Crate.DefCount || batch.Crate.Items[index].Body is null)
                throw new MirlinkException($"line {i + 1}: the program of this seed has no body `{lines[i]}`");
            int end = Array.IndexOf(lines, "}", i);
            if (end < 0) throw new MirlinkException($"line {i + 1}: the body has no end");
            var def = new DefId(batch.Crate.Number, index);
            var body = MirParser.Parse(batch.Tcx, symbols, string.Join('\n', lines[(i + 1)..(end + 1)]), def);
            if (Validator.Check(batch.Tcx, body) is [var error, ..]) throw new MirlinkException($"line {i + 1}: the body is not valid: {error}");
            batch.Crate[def].Body = body;
            i = end;
        }
        return (batch, line.Groups["variant"] is { Success: true, Value: not "interpreter" } v ? v.Value : null);
    }
}

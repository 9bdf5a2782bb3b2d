using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mirlink.Rustc;

/// <summary>
/// The assembly of a module as rustc prints it with `--emit=llvm-ir`: `global_asm!` and naked functions, in AT&amp;T syntax unless a directive says otherwise.
/// </summary>
/// <param name="Lines">Without the escapes of LLVM's text form.</param>
/// <param name="Used">v0 names in `llvm.compiler.used`: all that `sym` operands of the assembly refer to, and `#[used(compiler)]` items.</param>
public sealed partial record ModuleAssembly(List<string> Lines, HashSet<string> Used)
{
    private const string LinePrefix = "module asm \"";

    /// <summary>Reads LLVM IR up to the first function: everything of interest stands before it.</summary>
    public static ModuleAssembly Read(TextReader ir)
    {
        var lines = new List<string>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        while (ir.ReadLine() is { } line)
        {
            if (line.StartsWith(LinePrefix, StringComparison.Ordinal) && line.EndsWith('"')) lines.Add(Unescape(line[LinePrefix.Length..^1]));
            else if (line.StartsWith("@llvm.compiler.used = ", StringComparison.Ordinal)) foreach (Match m in Name().Matches(line)) used.Add(m.Groups[1].Value);
            else if (line.StartsWith("define ", StringComparison.Ordinal)) break;
        }
        return new ModuleAssembly(lines, used);
    }

    /// <summary>`\\` is a backslash, `\` and two hexadecimal digits a byte.</summary>
    private static string Unescape(string s)
    {
        if (!s.Contains('\\')) return s;
        byte[] from = Encoding.UTF8.GetBytes(s);
        var bytes = new List<byte>(from.Length);
        for (int i = 0; i < from.Length; i++)
        {
            if (from[i] != '\\' || i + 1 == from.Length) bytes.Add(from[i]);
            else if (from[i + 1] == '\\') bytes.Add(from[++i]);
            else
            {
                bytes.Add(byte.Parse(from.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>The lines that are no naked function's. rustc puts each of those between `.pushsection` with its header and `.size` with `.popsection`.</summary>
    /// <param name="isNaked">Whether a symbol is that of a naked function.</param>
    public List<string> WithoutNaked(Func<string, bool> isNaked)
    {
        var kept = new List<string>(Lines.Count);
        for (int i = 0; i < Lines.Count; i++)
        {
            if (NakedName(i) is { } name && Lines.IndexOf($".size {name}, . - {name}", i) is > 0 and var size && size + 1 < Lines.Count && Lines[size + 1] == ".popsection" && isNaked(name))
                i = size + 1;
            else kept.Add(Lines[i]);
        }
        return kept;
    }

    /// <summary>The name of the function whose header begins there, null where none does.</summary>
    private string? NakedName(int at)
    {
        if (!Lines[at].StartsWith(".pushsection ", StringComparison.Ordinal) || !Lines[at].EndsWith(",\"ax\", @progbits", StringComparison.Ordinal)) return null;
        if (at + 2 >= Lines.Count || !Lines[at + 1].StartsWith(".balign ", StringComparison.Ordinal)) return null;
        foreach (string linkage in (string[])[".globl ", ".weak "])
            if (Lines[at + 2].StartsWith(linkage, StringComparison.Ordinal)) return Lines[at + 2][linkage.Length..];
        return null;
    }

    [GeneratedRegex(@"ptr @(_R\w+)")]
    private static partial Regex Name();
}

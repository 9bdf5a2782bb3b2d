using System.Text;
using System.Text.RegularExpressions;

namespace Mirlink.Mir;

/// <summary>
/// All `global_asm!` of a crate in rustc's order, formatted, as it is given to LLVM's assembler: AT&amp;T syntax unless a directive in it says otherwise. `sym` operands stand
/// in it as mangled names of the compilation that formatted it, or as the names that attributes give.
/// </summary>
public sealed record GlobalAsm(string Text, GlobalAsmSymbol[] Symbols);

/// <summary>A mangled name in the text: a `sym` operand.</summary>
/// <param name="Instance">The function, or the static without arguments; null if it is not known what the name stands for.</param>
public sealed record GlobalAsmSymbol(string Name, Instance? Instance);

/// <summary>Mangled names (v0) in assembly.</summary>
public static partial class GlobalAsmNames
{
    /// <summary>Each once, in the order of their first occurrence.</summary>
    public static IEnumerable<string> In(string text)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match m in Name().Matches(text)) if (seen.Add(m.Value)) yield return m.Value;
    }

    public static string Replace(string text, IReadOnlyDictionary<string, string> names) =>
        names.Count == 0 ? text : Name().Replace(text, m => names.GetValueOrDefault(m.Value, m.Value));

    // What may be part of a symbol's name in LLVM's assembler.
    [GeneratedRegex(@"(?<![\w.])_R[A-Za-z0-9_]+(?![\w.])", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

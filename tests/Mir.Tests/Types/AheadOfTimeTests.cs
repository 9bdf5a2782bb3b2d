using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Mirlink.Mir.Tests.Types;

/// <summary>What the ahead-of-time compiler would leave to run time, in each short link again.</summary>
public partial class AheadOfTimeTests
{
    [GeneratedRegex(@"(?<!Primitive\.)\bU?Int128\b")]
    private static partial Regex FrameworksWideIntegers();

    /// <summary>Methods that touch the framework's 128-bit integers are compiled at run time: `U128` and `I128` are in their place.</summary>
    [Fact]
    public void No_128_bit_integers_of_the_framework()
    {
        string root = Path.GetFullPath("../../..", Folder());
        int files = 0;
        foreach (string layer in (string[])["Mir", "Rustc", "Rlib", "Backend", "Backend.Llvm", "Backend.Cranelift", "Linker", "Cli", "Difftest"])
            foreach (string file in Directory.EnumerateFiles(Path.Combine(root, layer), "*.cs", SearchOption.AllDirectories))
            {
                if (file.Contains("/obj/", StringComparison.Ordinal) || Path.GetFileName(file) is "U128.cs" or "I128.cs") continue;
                files++;
                foreach (string line in File.ReadLines(file))
                    Assert.False(FrameworksWideIntegers().IsMatch(line) && !line.Contains("enum Primitive", StringComparison.Ordinal), $"{Path.GetRelativePath(root, file)}: {line.Trim()}");
            }
        Assert.True(files > 300, $"{files} files");
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

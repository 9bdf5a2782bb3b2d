using Mirlink.Linker;
using Mirlink.Mir;

namespace Mirlink.Difftest.Run;

/// <summary>One way of making a program with Mirlink: its name says how the options of the link differ from the plain ones.</summary>
public sealed record BuildVariant(string Name, Func<LinkOptions, LinkOptions> Apply)
{
    /// <summary>Every way there is; the first two are what is compared when nothing else is asked for.</summary>
    public static readonly BuildVariant[] All =
    [
        new("llvm-O0", static o => o with { OptLevel = "0" }),
        new("llvm-O2", static o => o with { OptLevel = "2" }),
        new("llvm-O1", static o => o with { OptLevel = "1" }),
        new("llvm-Os", static o => o with { OptLevel = "s" }),
        new("llvm-O0-unmerged", static o => o with { OptLevel = "0", Merge = false }),
        new("llvm-O2-unmerged", static o => o with { OptLevel = "2", Merge = false }),
        new("cranelift-O0", static o => o with { OptLevel = "0", Backend = "cranelift" }),
        new("cranelift-O2", static o => o with { OptLevel = "2", Backend = "cranelift" }),
        new("llvm-O2-units", static o => o with { OptLevel = "2", CodegenUnits = 16 }),
    ];

    public static readonly BuildVariant[] Default = All[..2];

    /// <exception cref="MirlinkException">There is none of that name.</exception>
    public static BuildVariant ByName(string name) => Array.Find(All, v => v.Name == name)
        ?? throw new MirlinkException($"unknown variant `{name}`") { Help = "the variants are: " + string.Join(", ", All.Select(static v => v.Name)) };
}

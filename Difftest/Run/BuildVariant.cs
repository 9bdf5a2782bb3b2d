using System.Text.RegularExpressions;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Mir.Passes;

namespace Mirlink.Difftest.Run;

/// <summary>One way of making a program with Mirlink: its name says how the options of the link differ from the plain ones.</summary>
public sealed partial record BuildVariant(string Name, Func<LinkOptions, LinkOptions> Apply)
{
    /// <summary>The ways without switched passes of single ones.</summary>
    public static readonly BuildVariant[] All = Array.ConvertAll(
        (string[])["llvm-O0", "llvm-O2", "llvm-O1", "llvm-Os", "llvm-O0-unmerged", "llvm-O2-unmerged", "cranelift-O0", "cranelift-O2", "llvm-O2-units", "llvm-O0-erased", "llvm-O2-erased", "llvm-O0-mir-none", "llvm-O2-mir-none", "llvm-O0-mir-all"], ByName);

    public static readonly BuildVariant[] Default = All[..2];

    /// <summary>Not a build: the program runs in the interpreter, with a standard library that was compiled for it.</summary>
    public static readonly BuildVariant Interpreter = new("interpreter",
        static _ => throw new MirlinkException("the variant `interpreter` is for Rust programs: those made of MIR always run in the interpreter"));

    /// <summary>
    /// Backend and level, then what differs: unmerged (equal functions are not merged), erased (types are erased where they do not matter), units (sixteen codegen units), validated (bodies are checked after each MIR
    /// pass), and one of mir-none, mir-all (no MIR passes, all whatever the level) or without-PASS.
    /// </summary>
    /// <exception cref="MirlinkException">There is none of that name.</exception>
    public static BuildVariant ByName(string name)
    {
        if (name == "interpreter") return Interpreter;
        var m = Syntax().Match(name);
        if (!m.Success || m.Groups["pass"] is { Success: true } p && !Pipeline.Names.Contains(p.Value))
            throw new MirlinkException($"unknown variant `{name}`")
            {
                Help = "a variant is BACKEND-LEVEL, such as llvm-O2 or cranelift-O0, and then any of -unmerged, -erased, -units, -validated, and one of -mir-none, -mir-all, -without-PASS; the passes are: " + string.Join(", ", Pipeline.Names),
            };
        string backend = m.Groups["backend"].Value, level = m.Groups["level"].Value;
        bool unmerged = m.Groups["unmerged"].Success, erased = m.Groups["erased"].Success, units = m.Groups["units"].Success, validated = m.Groups["validated"].Success;
        string[] passes = m.Groups["mir"].Value switch { "" => [], "-mir-none" => ["-all"], "-mir-all" => ["+all"], _ => ["-" + m.Groups["pass"].Value] };
        return new BuildVariant(name, o => o with
        {
            Backend = backend,
            OptLevel = level,
            Merge = !unmerged,
            Erase = erased,
            CodegenUnits = units ? 16 : o.CodegenUnits,
            ValidateMir = validated,
            MirPasses = passes,
        });
    }

    [GeneratedRegex("^(?<backend>llvm|cranelift)-O(?<level>[0123sz])(?<unmerged>-unmerged)?(?<erased>-erased)?(?<units>-units)?(?<validated>-validated)?(?<mir>-mir-none|-mir-all|-without-(?<pass>[A-Za-z0-9-]+))?$")]
    private static partial Regex Syntax();

    /// <summary>
    /// The ways for one batch or program of a long run: both backends unoptimized and optimized, and with the number another switch at each: MIR passes off, on, each
    /// one off, merging off, checks after each pass.
    /// </summary>
    public static BuildVariant[] Rotation(int number, bool cranelift)
    {
        string pass = Pipeline.Names[number % Pipeline.Names.Count], next = Pipeline.Names[(number + Pipeline.Names.Count / 2) % Pipeline.Names.Count];
        string unmerged = number % 4 == 1 ? "-unmerged" : "", erased = number % 4 == 3 ? "-erased" : "", validated = number % 5 == 2 ? "-validated" : "";
        var names = new List<string>
        {
            "llvm-O0" + (number % 3) switch { 0 => "-mir-none", 1 => "-without-" + pass, _ => validated + "-mir-all" },
            "llvm-O2" + unmerged + erased + (number % 3) switch { 0 => "", 1 => "-without-" + next, _ => "-mir-none" },
        };
        if (cranelift)
        {
            names.Add("cranelift-O0" + (number % 2 == 0 ? "-erased" : "-unmerged"));
            names.Add("cranelift-O2" + validated + (number % 3) switch { 0 => "-without-" + next, 1 => "-mir-all", _ => "" });
        }
        return [.. names.Select(ByName)];
    }
}

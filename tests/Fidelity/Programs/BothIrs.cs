using System.Globalization;
using System.Text.RegularExpressions;
using Mirlink.Backend;
using Mirlink.Backend.Llvm;
using Mirlink.Linker;

namespace Mirlink.Fidelity.Programs;

/// <summary>One program at one level: what rustc makes of it and what Mirlink does, both as LLVM IR before any pass, one unit.</summary>
public sealed partial class BothIrs
{
    public required CorpusProgram Program { get; init; }
    public required string Level { get; init; }
    public required LlvmText Theirs { get; init; }
    public required LlvmText Ours { get; init; }
    /// <summary>Lines of -Zprint-type-sizes and -Zprint-mono-items.</summary>
    public required string[] TypeSizes { get; init; }
    public required string[] MonoItems { get; init; }
    public required LoweredProgram Lowered { get; init; }

    /// <summary>
    /// Compiles with both. The crate's identity, which names contain, depends on whether it is a program or a library: rustc's is given ours. Both are made to
    /// have equally many digits, since names refer to positions in themselves.
    /// </summary>
    public static BothIrs Compile(CorpusProgram program, string level)
    {
        string directory = Directory.CreateTempSubdirectory("mirlink-fidelity-").FullName;
        try
        {
            string[] common = [program.Source, "--crate-name=" + program.Name, "--edition=" + program.Edition, "-Copt-level=" + level, "-Csymbol-mangling-version=v0", "--cap-lints=allow", .. program.Flags];
            string printed, theirs, crate, own, metadata;
            int attempt = 0;
            do
            {
                printed = Execution.RunRustc(directory, [.. common, "--crate-type=bin", "--emit=llvm-ir=theirs.ll", "-Ccodegen-units=1", "-Cno-prepopulate-passes", "-Zprint-type-sizes", "-Zprint-mono-items", $"-Cmetadata={attempt++}"]);
                theirs = File.ReadAllText(Path.Combine(directory, "theirs.ll"));
                // The name of a codegen unit is that of the crate and its identity.
                crate = Base62(ulong.Parse(UnitName().Match(theirs).Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            } while (crate.Length != UsualDigits);
            do
            {
                metadata = Path.Combine(directory, $"libours{attempt}.rmeta");
                Execution.RunRustc(directory, [.. common, "--crate-type=rlib", $"--emit=metadata={metadata}", "-Zalways-encode-mir", $"-Cmetadata={attempt++}"]);
                using var crateMetadata = CrateMetadata.Open(metadata);
                own = Base62(crateMetadata.Root.StableCrateId.F0);
            } while (own.Length != UsualDigits);
            var options = Options(program, level, metadata);
            var lowered = new LinkDriver(new CrateOpener(), new SessionServices()).Lower(options);
            theirs = theirs.Replace($"Cs{crate}_", $"Cs{own}_", StringComparison.Ordinal);
            string ours = LlvmBackend.Print(lowered.Unit, new CodegenOptions { OptLevel = level, TargetCpu = options.TargetCpu, TargetFeatures = options.TargetFeatures, Panic = options.Panic });
            if (Environment.GetEnvironmentVariable("FIDELITY_KEEP") is { } keep)
            {
                File.WriteAllText(Path.Combine(keep, $"{program.Name}-O{level}.theirs.ll"), theirs);
                File.WriteAllText(Path.Combine(keep, $"{program.Name}-O{level}.ours.ll"), ours);
                File.WriteAllText(Path.Combine(keep, $"{program.Name}-O{level}.printed"), printed);
            }
            string[] lines = printed.Split('\n');
            return new BothIrs
            {
                Program = program, Level = level, Lowered = lowered, Ours = LlvmText.Parse(ours), Theirs = LlvmText.Parse(theirs),
                TypeSizes = [.. lines.Where(l => l.StartsWith("print-type-size ", StringComparison.Ordinal))],
                MonoItems = [.. lines.Where(l => l.StartsWith("MONO_ITEM ", StringComparison.Ordinal))],
            };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Of nearly all identities.</summary>
    const int UsualDigits = 11;

    /// <summary>As a disambiguator in v0 names, which is two less.</summary>
    static string Base62(ulong value)
    {
        const string digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        string s = "";
        for (value -= 2; ; value /= 62)
        {
            s = digits[(int)(value % 62)] + s;
            if (value < 62) return s;
        }
    }

    IReadOnlyCollection<Mir.Ty>? _types;

    /// <summary>Every type that our instances reach.</summary>
    public IReadOnlyCollection<Mir.Ty> Types => _types ??= LayoutComparison.TypesOf(this);

    /// <summary>Their type ids, as bytes in hexadecimal.</summary>
    public IEnumerable<string> TypeIds
    {
        get
        {
            foreach (var ty in Types)
            {
                if (ty.HasAny(Mir.TypeFlags.HasBound | Mir.TypeFlags.HasFreeRegions)) continue;
                byte[] bytes = new byte[16];
                System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(bytes, Lowered.Tcx.Layouts.TypeIdHash(ty));
                yield return Convert.ToHexStringLower(bytes);
            }
        }
    }

    /// <summary>As the program is compiled, without what Mirlink does of its own: its MIR passes, merging.</summary>
    static LinkOptions Options(CorpusProgram program, string level, string root)
    {
        var options = new LinkOptions { Root = root, Output = "/dev/null", OptLevel = level, Merge = false, CodegenUnits = 1, OptFuel = 0 };
        string flags = string.Join(' ', program.Flags).Replace("-C ", "-C", StringComparison.Ordinal);
        foreach (string flag in flags.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            options = flag switch
            {
                "-Cpanic=abort" => options with { Panic = PanicStrategy.Abort },
                "-Coverflow-checks=on" or "-Coverflow-checks=yes" => options with { OverflowChecks = true },
                "-Coverflow-checks=off" or "-Coverflow-checks=no" => options with { OverflowChecks = false },
                "-Cdebug-assertions=on" or "-Cdebug-assertions=yes" => options with { DebugAssertions = true },
                "-Cdebug-assertions=off" or "-Cdebug-assertions=no" => options with { DebugAssertions = false },
                _ when flag.StartsWith("-Ctarget-feature=", StringComparison.Ordinal) => options with { TargetFeatures = flag[17..] },
                _ when flag.StartsWith("-Ctarget-cpu=", StringComparison.Ordinal) => options with { TargetCpu = flag[13..] },
                _ => throw new NotSupportedException($"the flag {flag} of {program.Name}"),
            };
        return options;
    }

    [GeneratedRegex("source_filename = \"\\w+\\.([0-9a-f]+)-cgu")]
    private static partial Regex UnitName();

    [GeneratedRegex("^(C(s[0-9a-zA-Z]*_)?[0-9]+_?\\w+|B[0-9a-zA-Z]*_)$")]
    private static partial Regex CratePath();

    /// <summary>Our name for rustc's symbol: the crate that instantiates, at the end of rustc's, is not in ours.</summary>
    public string OurName(string symbol)
    {
        if (!symbol.StartsWith("_R", StringComparison.Ordinal) || Known(symbol)) return symbol;
        for (int at = symbol.Length - 2; at > 2; at--)
            if (symbol[at] is 'C' or 'B' && Known(symbol[..at]) && CratePath().IsMatch(symbol[at..])) return symbol[..at];
        return symbol;
    }

    bool Known(string symbol) => Ours.Functions.ContainsKey(symbol) || Ours.Globals.ContainsKey(symbol);
}

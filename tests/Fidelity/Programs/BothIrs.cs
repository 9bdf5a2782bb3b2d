using System.Globalization;
using System.Text.RegularExpressions;
using Mirlink.Backend;
using Mirlink.Backend.Llvm;
using Mirlink.Fidelity.Applications;
using Mirlink.Linker;

namespace Mirlink.Fidelity.Programs;

/// <summary>What rustc made of one crate: its module before any pass, and the lines of -Zprint-type-sizes and -Zprint-mono-items; of the latter those of items that are in a unit.</summary>
/// <param name="Crate">Its number in our session.</param>
/// <param name="Externs">The crates that it names through --extern.</param>
public sealed record RustcModule(int Crate, string[] Externs, LlvmText Ir, string[] TypeSizes, string[] MonoItems)
{
    public static RustcModule Of(int crate, string[] externs, LlvmText ir, string[] printed) => new(crate, externs, ir,
        [.. printed.Where(static l => l.StartsWith("print-type-size ", StringComparison.Ordinal))], [.. printed.Where(static l => l.StartsWith("MONO_ITEM ", StringComparison.Ordinal) && !l.EndsWith("@@", StringComparison.Ordinal))]);
}

/// <summary>One program at one level: what rustc makes of it and what Mirlink does, both as LLVM IR before any pass. Ours is one unit; rustc's one per crate.</summary>
public sealed partial class BothIrs
{
    public required CorpusProgram Program { get; init; }
    public required string Level { get; init; }
    /// <summary>The program's own first.</summary>
    public required RustcModule[] Modules { get; init; }
    /// <summary>All of rustc's in one.</summary>
    public required LlvmText Theirs { get; init; }
    public required LlvmText Ours { get; init; }
    public required LoweredProgram Lowered { get; init; }
    /// <summary>As counts are grouped.</summary>
    public string Set => Program.Application is null ? $"{Program.Set} -O{Level}" : $"{Program.Name} -O{Level}";

    /// <summary>
    /// Compiles with both. The crate's identity, which names contain, depends on whether it is a program or a library: rustc's is given ours. Both are made to
    /// have equally many digits, since names refer to positions in themselves.
    /// </summary>
    public static BothIrs Compile(Corpus corpus, CorpusProgram program, string level)
    {
        string directory = Directory.CreateTempSubdirectory("mirlink-fidelity-").FullName;
        try
        {
            string[] common = [.. program.FrontEnd(level), "-Csymbol-mangling-version=v0", "--cap-lints=allow"];
            string folder = program.Application?.Program.Directory ?? directory;
            var environment = program.Application?.Program.Environment ?? [];
            string printed, theirs, crate, own, metadata, ir = Path.Combine(directory, "theirs.ll");
            int attempt = 0;
            do
            {
                printed = corpus.RunRustc(folder, [.. common, "--crate-type=bin", $"--emit=llvm-ir={ir}", "-Ccodegen-units=1", "-Cno-prepopulate-passes", "-Zprint-type-sizes", "-Zprint-mono-items", $"-Cmetadata={attempt++}"], environment);
                theirs = File.ReadAllText(ir);
                // The name of a codegen unit is that of the crate and its identity.
                crate = Base62(ulong.Parse(UnitName().Match(theirs).Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            } while (crate.Length != UsualDigits);
            do
            {
                metadata = Path.Combine(directory, $"libours{attempt}.rmeta");
                corpus.RunRustc(folder, [.. common, "--crate-type=rlib", $"--emit=metadata={metadata}", "-Zalways-encode-mir", $"-Cmetadata={attempt++}"], environment);
                using var crateMetadata = CrateMetadata.Open(metadata);
                own = Base62(crateMetadata.Root.StableCrateId.F0);
            } while (own.Length != UsualDigits);
            var options = Options(program, level, WithAssembly(corpus, program, [.. common, $"-Cmetadata={attempt - 1}"], directory) ?? metadata);
            var lowered = new LinkDriver(new CrateOpener(), new SessionServices()).Lower(options);
            theirs = theirs.Replace($"Cs{crate}_", $"Cs{own}_", StringComparison.Ordinal);
            string ours = LlvmBackend.Print(lowered.Unit, new CodegenOptions { OptLevel = level, TargetCpu = options.TargetCpu, TargetFeatures = options.TargetFeatures, Panic = options.Panic });
            if (Environment.GetEnvironmentVariable("FIDELITY_KEEP") is { } keep)
            {
                string prefix = Path.Combine(keep, $"{program.Name.Replace('/', '_')}-O{level}");
                File.WriteAllText(prefix + ".theirs.ll", theirs);
                File.WriteAllText(prefix + ".ours.ll", ours);
                File.WriteAllText(prefix + ".printed", printed);
            }
            string[] externs = program.Application?.Program.Externs.ToArray() ?? [];
            RustcModule[] modules = [RustcModule.Of(lowered.Root, externs, LlvmText.Parse(theirs), printed.Split('\n')), .. Libraries(lowered)];
            return new BothIrs { Program = program, Level = level, Lowered = lowered, Ours = LlvmText.Parse(ours), Theirs = LlvmText.Merge([.. modules.Select(static m => m.Ir)]), Modules = modules };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The MIR-only rlib of a program with `global_asm!`, whose text metadata does not hold; null for any other.</summary>
    static string? WithAssembly(Corpus corpus, CorpusProgram program, string[] arguments, string directory)
    {
        if (program.Application is not null || !File.ReadAllText(program.Source).Contains("global_asm!(", StringComparison.Ordinal)) return null;
        string rlib = Path.Combine(directory, "ours.rlib");
        var made = Execution.Run(BehaviourComparison.Tool(corpus), directory, ["rustc", .. arguments, "--crate-type=bin", "--emit=mir-rlib", "-o", rlib], "",
            ("MIRLINK_RUSTC", corpus.Rustc), ("RUSTC_BOOTSTRAP", "1"), ("MIRLINK_LIBRARY_PASSES", "-all"));
        return made.ExitCode == 0 ? rlib : throw new InvalidOperationException(made.Error);
    }

    /// <summary>The modules of an application's libraries, compiled with it.</summary>
    static IEnumerable<RustcModule> Libraries(LoweredProgram lowered)
    {
        for (int k = 0; k < lowered.Tcx.Crates.Count; k++)
        {
            if (k == lowered.Root || lowered.Tcx.Crates[k].Info.Path is not { Length: > 0 } path || RecordedCrate.Of(path) is not { } crate) continue;
            // Names of vtables are numbers within their module.
            string text = File.ReadAllText(crate.File + ".ll").Replace("@vtable.", $"@vtable.{k}.", StringComparison.Ordinal);
            yield return RustcModule.Of(k, [.. crate.Externs], LlvmText.Parse(text), crate.Printed);
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
        if (program.Application is { } application) options = options with { SearchDirs = [Path.GetDirectoryName(application.Program.File)!] };
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

    [GeneratedRegex("^(?:C(?:s[0-9a-zA-Z]*_)?([1-9][0-9]*)_?([0-9a-zA-Z_]+)|B[0-9a-zA-Z]*_)$")]
    private static partial Regex CratePath();

    /// <summary>A crate's path in v0 mangling, or a reference back to one.</summary>
    static bool IsCratePath(string s)
    {
        var m = CratePath().Match(s);
        if (!m.Success) return false;
        if (s[0] == 'B') return true;
        int length = int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        // An underscore may part the number from the name.
        return m.Groups[2].Length == length || (s[m.Groups[2].Index - 1] == '_' && m.Groups[2].Length + 1 == length);
    }

    Dictionary<string, string>? _fromStd;

    /// <summary>
    /// Our name for rustc's symbol: the crate that instantiates, at the end of rustc's, is not in ours. What we take from the standard library's machine code
    /// bears the name of std's crate; rustc, compiling a crate, sees only what is in those that the crate depends on, and makes what is in others.
    /// </summary>
    public string OurName(string symbol)
    {
        if (!symbol.StartsWith("_R", StringComparison.Ordinal) || Known(symbol)) return symbol;
        foreach (string name in WithoutInstantiatingCrate(symbol)) if (Known(name)) return name;
        if (Modules is null || Modules.Length == 1) return symbol;
        if (_fromStd is null)
        {
            _fromStd = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var f in Ours.Functions.Values) if (!f.Defined && f.Name.StartsWith("_R", StringComparison.Ordinal)) foreach (string name in WithoutInstantiatingCrate(f.Name)) _fromStd[name] = f.Name;
        }
        foreach (string name in WithoutInstantiatingCrate(symbol)) if (_fromStd.TryGetValue(name, out string? ours)) return ours;
        return symbol;
    }

    /// <summary>Every prefix of a name whose rest reads as a crate.</summary>
    static IEnumerable<string> WithoutInstantiatingCrate(string symbol)
    {
        for (int at = symbol.Length - 2; at > 2; at--) if (symbol[at] is 'C' or 'B' && IsCratePath(symbol[at..])) yield return symbol[..at];
    }

    /// <summary>A function that rustc's crates define and ours takes from the standard library.</summary>
    public bool IsFromStd(string symbol) => symbol.StartsWith("_R", StringComparison.Ordinal) && OurName(symbol) is var name && name != symbol && Ours.Functions.TryGetValue(name, out var f) && !f.Defined;

    public bool Known(string symbol) => Ours.Functions.ContainsKey(symbol) || Ours.Globals.ContainsKey(symbol);
}

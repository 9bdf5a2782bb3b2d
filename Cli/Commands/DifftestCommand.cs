using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Mirlink.Difftest;
using Mirlink.Difftest.Bodies;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Run;
using Mirlink.Difftest.Workers;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Cli.Commands;

/// <summary>`mirlink difftest`: random programs through rustc and through Mirlink, compared.</summary>
internal static class DifftestCommand
{
    private const int DefaultCount = 100;

    public static Command Create()
    {
        var count = new Option<int?>("--count") { HelpName = "N", Description = $"How many programs (default: {DefaultCount}, or as many as the time allows)" };
        var seed = new Option<ulong?>("--seed") { HelpName = "S", Description = "Decides all programs (default: a new one, which is printed)" };
        var minutes = new Option<double?>("--minutes") { HelpName = "M", Description = "How long" };
        var variants = new Option<string?>("--variants") { HelpName = "LIST", Description = $"Ways of building, separated by commas, or `all`: {string.Join(", ", BuildVariant.All.Select(static v => v.Name))}, ... (default: by program in turn)" };
        var known = new Option<string?>("--known-bugs") { HelpName = "FILE", Description = "Filed bugs, which are not to hide new ones" };
        var failures = new Option<string>("--failures") { HelpName = "PATH", Description = "Folder for programs that fail, made small", DefaultValueFactory = static _ => "difftest-failures" };
        var jobs = new Option<int?>("-j", "--jobs") { HelpName = "N", Description = "Programs at the same time (default: one per core)" };
        var functions = new Option<int>("--functions") { HelpName = "N", Description = "Functions in a program, about", DefaultValueFactory = static _ => 14 };
        var noReduce = new Option<bool>("--no-reduce") { Description = "Keep failing programs as they are" };
        var level = new Option<string>("--level") { HelpName = "LEVEL", Description = "What programs are made of: rust, mir, or all", DefaultValueFactory = static _ => "all" };
        var first = new Option<int>("--first") { HelpName = "N", Description = "Leave out the first N programs of the seed, to go on with a run" };
        var program = new Option<string?>("--program") { HelpName = "SEED", Description = "Only the program of this seed, as a failure's report and file name give it" };
        var print = new Option<bool>("--print") { Description = "Only print the programs" };
        var replay = new Option<string?>("--replay") { HelpName = "FILE", Description = "Only the MIR program in this file, which a failure left" };
        var work = new Option<string?>(WorkOption) { Hidden = true };
        var command = new Command("difftest", "Generate random programs and compare what rustc's and Mirlink's builds of them do")
        {
            count, seed, first, program, replay, minutes, level, variants, known, failures, jobs, functions, noReduce, print, work,
        }.WithExamples(
            ("ten minutes of it", "mirlink difftest --minutes 10"),
            ("the same programs again, built in every way", "mirlink difftest --seed 42 --count 20 --variants all"),
            ("one that failed, again", "mirlink difftest --level mir --program 65c43f33e1b6e3e4 --variants llvm-O0,cranelift-O2"),
            ("the same, made small", "mirlink difftest --replay difftest-failures/seed-65c43f33e1b6e3e4-llvm-O2.mir"));
        command.SetAction(r =>
        {
            if (r.GetValue(work) is { } directory)
            {
                WorkerServer.Serve(directory);
                return 0;
            }
            if (r.GetValue(replay) is { } mir) return Replay(mir, r.GetValue(variants));
            ulong? one = r.GetValue(program) is { } hex ? ProgramSeed(hex) : null;
            ulong s = one ?? r.GetValue(seed) ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
            var knownBugs = r.GetValue(known) is { } file ? KnownBugs.Read(file) : KnownBugs.None;
            int? n = one is null ? r.GetValue(count) : 1;
            n ??= (r.GetValue(minutes) is null ? DefaultCount : null);
            if (r.GetValue(first) < 0) throw new MirlinkException("`--first` needs a number of programs, at least 0");
            if (n is < 1) throw new MirlinkException("`--count` needs a number of programs, at least 1");
            string what = r.GetValue(level)!;
            if (one is not null && what == "all") throw new MirlinkException("a program's seed means one thing at each level") { Help = "add `--level mir` or `--level rust`" };
            if (what is not ("all" or "rust" or "mir")) throw new MirlinkException($"unknown level `{what}`") { Help = "the levels are: rust, mir, all" };
            var time = r.GetValue(minutes) is { } m ? TimeSpan.FromMinutes(what == "all" ? m / 2 : m) : (TimeSpan?)null;
            if (r.GetValue(print))
            {
                if (what == "mir")
                {
                    Console.Write(BodyCampaign.Print(Seeds()));
                    return 0;
                }
                foreach (ulong seedOfProgram in Seeds()) Console.Write(ProgramGenerator.Generate(seedOfProgram, r.GetValue(functions), knownBugs.Avoid).Source);
                return 0;

                IEnumerable<ulong> Seeds() => Enumerable.Range(r.GetValue(first), n ?? 1).Select(i => one ?? Choices.Derive(s, (ulong)i));
            }
            Console.WriteLine(one is { } p ? $"program {p:x16}" : $"seed {s}");
            var options = new CampaignOptions
            {
                Seed = s,
                Program = one,
                First = r.GetValue(first),
                Count = n,
                Time = time,
                Cranelift = Backend.Cranelift.CraneliftLibrary.IsAvailable,
                KnownBugs = knownBugs,
                Worker = Worker(),
                Failures = r.GetValue(failures),
                Jobs = r.GetValue(jobs) ?? Environment.ProcessorCount,
                ReduceFor = r.GetValue(noReduce) ? TimeSpan.Zero : TimeSpan.FromMinutes(3),
            };
            int failed = what == "rust" ? 0 : RunBodies(options with { Variants = Variants(static () => BuildVariant.All) });
            return what == "mir" ? failed : failed | RunRust(options with { Variants = Variants(InAllWays) }, r.GetValue(functions));

            BuildVariant[]? Variants(Func<BuildVariant[]> all) => r.GetValue(variants) switch { null => null, "all" => all(), var list => Array.ConvertAll(list.Split(','), BuildVariant.ByName) };
        });
        return command;
    }

    /// <summary>This command as a process that campaigns give work to.</summary>
    private const string WorkOption = "--work";

    private static WorkerCommand Worker()
    {
        string self = Environment.ProcessPath ?? throw new BugException("a process without a file");
        string[] arguments = ["difftest", WorkOption];
        return new WorkerCommand(self, Path.GetFileNameWithoutExtension(self) == "dotnet" ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments);
    }

    /// <summary>The seed of one program, as it is printed: sixteen hexadecimal digits.</summary>
    private static ulong ProgramSeed(string text) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong seed)
        ? seed
        : throw new MirlinkException($"`{text}` is not the seed of a program") { Help = "`--program` takes the hexadecimal number of a failure's report or file name; a decimal `--seed` is that of many programs" };

    /// <summary>For Rust programs: every build, and the interpreter if it can have a standard library.</summary>
    private static BuildVariant[] InAllWays()
    {
        if (InterpreterSysroot.Missing(RustcToolchain.Find()) is not { } missing) return [.. BuildVariant.All, BuildVariant.Interpreter];
        Console.WriteLine($"without the interpreter: {missing}");
        return BuildVariant.All;
    }

    /// <summary>What a program's text does in the interpreter and in variants, by default the one that it failed in.</summary>
    private static int Replay(string file, string? variants)
    {
        var toolchain = RustcToolchain.Find();
        var (batch, variant) = ProgramText.Read(toolchain, File.ReadAllText(file));
        string directory = Directory.CreateTempSubdirectory("mirlink-difftest-").FullName;
        try
        {
            using var comparison = new BodyComparison(toolchain, directory);
            var failures = new List<BodyFailure>(comparison.OpenChanged(batch).Failures);
            Console.WriteLine($"interpreter: {(batch.Programs[0].Expected is { } hash ? hash.ToString("x16", CultureInfo.InvariantCulture) : batch.Programs[0].Rejected)}");
            foreach (string name in variants is not null ? variants.Split(',') : variant is not null ? [variant] : BuildVariant.Default.Select(static v => v.Name))
            {
                var answer = comparison.Run(BuildVariant.ByName(name));
                failures.AddRange(answer.Failures);
                if (answer.Error is { } error) failures.Add(new BodyFailure(batch.Programs[0].Seed, name, null, null, error));
                Console.WriteLine($"{name}: {answer.Error ?? (answer.Failures is [var f, ..] ? f.Actual is { } actual ? actual.ToString("x16", CultureInfo.InvariantCulture) : f.Detail : "the same")}");
            }
            return failures.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static int RunRust(CampaignOptions options, int functions)
    {
        bool interpreter = InterpreterSysroot.IsBuilt(RustcToolchain.Find());
        Console.WriteLine($"Rust programs, variants {(options.Variants is { } v ? string.Join(", ", v.Select(static v => v.Name)) : interpreter ? "in turn, and the interpreter" : "in turn")}");
        var campaign = new Campaign(options)
        {
            Functions = functions,
            Interpreter = interpreter,
            Progress = (done, seed, outcome) =>
            {
                if (outcome.Verdict != Verdict.Agree) Console.WriteLine($"program {done}, seed {seed:x16}: {outcome.Signature.Split('\n')[0]}");
                else if (done % 50 == 0) Console.WriteLine($"{done} programs");
            },
        };
        var result = campaign.Run();
        foreach (var f in result.Failures) Console.WriteLine($"\nseed {f.Seed:x16}: {f.Outcome.Signature}\n{f.Outcome.Detail}\n{f.Source}");
        Console.WriteLine($"{result.Programs} programs in {result.Elapsed.TotalSeconds:0} s, {result.Failures.Count} new failures, {result.Known} known ones; seed {options.Seed}");
        return result.Failures.Count == 0 ? 0 : 1;
    }

    private static int RunBodies(CampaignOptions options)
    {
        Console.WriteLine($"MIR programs, variants {(options.Variants is { } v ? string.Join(", ", v.Select(static v => v.Name)) : "in turn")}");
        int shown = 0;
        var campaign = new BodyCampaign(options)
        {
            Progress = (done, failures) =>
            {
                foreach (var f in failures) Console.WriteLine($"seed {f.Seed:x16}: {f.Signature}");
                if (done / 1000 > shown) Console.WriteLine($"{DateTime.Now:HH:mm:ss} {(shown = done / 1000) * 1000} programs");
            },
        };
        var result = campaign.Run();
        foreach (var (f, text) in result.Failures) if (text.Length > 0) Console.WriteLine($"\nseed {f.Seed:x16}, {f.Variant}: expected {f.Expected:x16}, got {f.Actual:x16}: {f.Detail}\n{text}");
        foreach (var (what, time) in result.Times) Console.WriteLine($"  {what}: {time.TotalSeconds:0.0} s");
        Console.WriteLine($"{result.Programs} MIR programs ({result.WithOracle} in the interpreter, too) in {result.Links} executables and {result.Elapsed.TotalSeconds:0} s, {result.Failures.Count} new failures, {result.Known} known ones; seed {options.Seed}");
        return result.Failures.Count == 0 ? 0 : 1;
    }
}

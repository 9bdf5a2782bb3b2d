using System.CommandLine;
using System.Security.Cryptography;
using Mirlink.Difftest;
using Mirlink.Difftest.Bodies;
using Mirlink.Difftest.Generate;
using Mirlink.Difftest.Run;
using Mirlink.Mir;

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
        var variants = new Option<string?>("--variants") { HelpName = "LIST", Description = $"Ways of building, separated by commas, or `all`: {string.Join(", ", BuildVariant.All.Select(static v => v.Name))}, ... (default: the first two for Rust, and for MIR all in turn)" };
        var known = new Option<string?>("--known-bugs") { HelpName = "FILE", Description = "Filed bugs, which are not to hide new ones" };
        var failures = new Option<string>("--failures") { HelpName = "PATH", Description = "Folder for programs that fail, made small", DefaultValueFactory = static _ => "difftest-failures" };
        var jobs = new Option<int?>("-j", "--jobs") { HelpName = "N", Description = "Programs at the same time (default: one per core)" };
        var functions = new Option<int>("--functions") { HelpName = "N", Description = "Functions in a program, about", DefaultValueFactory = static _ => 14 };
        var noReduce = new Option<bool>("--no-reduce") { Description = "Keep failing programs as they are" };
        var level = new Option<string>("--level") { HelpName = "LEVEL", Description = "What programs are made of: rust, mir, or all", DefaultValueFactory = static _ => "all" };
        var print = new Option<bool>("--print") { Description = "Only print the programs" };
        var command = new Command("difftest", "Generate random programs and compare what rustc's and Mirlink's builds of them do")
        {
            count, seed, minutes, level, variants, known, failures, jobs, functions, noReduce, print,
        }.WithExamples(
            ("ten minutes of it", "mirlink difftest --minutes 10"),
            ("the same programs again, built in every way", "mirlink difftest --seed 42 --count 20 --variants all"));
        command.SetAction(r =>
        {
            ulong s = r.GetValue(seed) ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
            var knownBugs = r.GetValue(known) is { } file ? KnownBugs.Read(file) : KnownBugs.None;
            int? n = r.GetValue(count) ?? (r.GetValue(minutes) is null ? DefaultCount : null);
            if (n is < 1) throw new MirlinkException("`--count` needs a number of programs, at least 1");
            string what = r.GetValue(level)!;
            if (what is not ("all" or "rust" or "mir")) throw new MirlinkException($"unknown level `{what}`") { Help = "the levels are: rust, mir, all" };
            var time = r.GetValue(minutes) is { } m ? TimeSpan.FromMinutes(what == "all" ? m / 2 : m) : (TimeSpan?)null;
            if (r.GetValue(print))
            {
                if (what == "mir")
                {
                    Console.Write(BodyCampaign.Print(Enumerable.Range(0, n ?? 1).Select(i => Choices.Derive(s, (ulong)i))));
                    return 0;
                }
                for (int i = 0; i < (n ?? 1); i++) Console.Write(ProgramGenerator.Generate(Choices.Derive(s, (ulong)i), r.GetValue(functions), knownBugs.Avoid).Source);
                return 0;
            }
            Console.WriteLine($"seed {s}");
            int failed = 0;
            if (what != "rust")
                failed = Run(new BodyCampaignOptions
                {
                    Seed = s,
                    Count = n,
                    Time = time,
                    Variants = r.GetValue(variants) switch { null => null, "all" => BuildVariant.All, var list => Array.ConvertAll(list.Split(','), BuildVariant.ByName) },
                    Cranelift = Backend.Cranelift.CraneliftLibrary.IsAvailable,
                    KnownBugs = knownBugs,
                    Failures = r.GetValue(failures),
                    Jobs = r.GetValue(jobs) ?? Environment.ProcessorCount,
                    ReduceFor = r.GetValue(noReduce) ? TimeSpan.Zero : TimeSpan.FromMinutes(3),
                });
            if (what == "mir") return failed;
            return failed | Run(new CampaignOptions
            {
                Seed = s,
                Count = n,
                Time = time,
                Variants = r.GetValue(variants) switch { null => BuildVariant.Default, "all" => BuildVariant.All, var list => Array.ConvertAll(list.Split(','), BuildVariant.ByName) },
                Functions = r.GetValue(functions),
                KnownBugs = knownBugs,
                Failures = r.GetValue(failures),
                Jobs = r.GetValue(jobs) ?? Environment.ProcessorCount,
                ReduceFor = r.GetValue(noReduce) ? TimeSpan.Zero : TimeSpan.FromMinutes(3),
            });
        });
        return command;
    }

    private static int Run(CampaignOptions options)
    {
        Console.WriteLine($"Rust programs, variants {string.Join(", ", options.Variants.Select(static v => v.Name))}");
        var campaign = new Campaign(options)
        {
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

    private static int Run(BodyCampaignOptions options)
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

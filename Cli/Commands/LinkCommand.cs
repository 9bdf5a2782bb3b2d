using System.CommandLine;
using Mirlink.Cli.Compile;
using Mirlink.Linker;
using Mirlink.Mir;

namespace Mirlink.Cli.Commands;

/// <summary>`mirlink link`: the final link, with the options of rustc that matter there under rustc's names.</summary>
internal static class LinkCommand
{
    public static Command Create()
    {
        var root = new Argument<string>("CRATE") { Description = "The program's root crate: a MIR-only rlib, or metadata (.rmeta) with all MIR" };
        var output = new Option<string>("-o") { Description = "The executable to write", Required = true, HelpName = "FILE" };
        var search = new Option<string[]>("-L") { Description = "Folder with dependencies or native libraries", HelpName = "[KIND=]PATH", DefaultValueFactory = static _ => [] };
        var externs = new Option<string[]>("--extern") { Description = "Where a dependency is, if it is in none of these folders", HelpName = "NAME=PATH", DefaultValueFactory = static _ => [] };
        var libs = new Option<string[]>("-l") { Description = "Native library to link with", HelpName = "[KIND[:MODIFIERS]=]NAME", DefaultValueFactory = static _ => [] };
        var codegen = new Option<string[]>("-C", "--codegen") { Description = "Codegen option as rustc's: opt-level, panic, debuginfo, strip, codegen-units, target-cpu, target-feature, overflow-checks, debug-assertions, link-arg, ...", HelpName = "OPTION[=VALUE]", DefaultValueFactory = static _ => [] };
        var level = new Option<string?>("-O") { Description = "Optimization level: 0 (default), 1, 2, 3, s or z", HelpName = "LEVEL" };
        var jobs = new Option<int?>("-j", "--jobs") { Description = "Threads (default: one per core)", HelpName = "N" };
        var backend = new Option<string?>("--backend") { Description = "What generates machine code: llvm or cranelift (default: $MIRLINK_BACKEND, else llvm)", HelpName = "NAME" };
        var sysroot = new Option<string?>("--sysroot") { Description = "rustc's sysroot, if not that of the rustc that is found (see `mirlink doctor`)", HelpName = "PATH" };
        var timings = new Option<bool>("--timings") { Description = "Print how long the stages took" };
        var emitLlvm = new Option<string?>("--emit-llvm-dir") { Description = "Write the LLVM IR of each unit there", HelpName = "PATH" };
        var verify = new Option<bool>("--verify") { Description = "Check the LLVM IR before it is compiled" };
        var saveTemps = new Option<string?>("--save-temps") { Description = "Keep objects and lld's command line there", HelpName = "PATH" };
        var mirPass = new Option<string[]>("--mir-pass") { Description = "Turn a MIR pass on (+name) or off (-name) whatever the level says; -all turns all of them off", HelpName = "±NAME", DefaultValueFactory = static _ => [] };
        var fuel = new Option<long?>("--opt-fuel") { Description = "Stop optimizing MIR after N changes, to find the one that breaks a program", HelpName = "N" };
        var validateMir = new Option<bool>("--validate-mir") { Description = "Check MIR after each pass" };
        var command = new Command("link", "Make an executable of a program's root crate and everything it depends on")
        {
            root, output, search, externs, libs, codegen, level, jobs, backend, sysroot, timings, emitLlvm, verify, saveTemps, mirPass, fuel, validateMir,
        }.WithExamples(
            ("a program that depends on std only, optimized", "mirlink link hello.rlib -o hello -O2"),
            ("with other crates, and without unwinding", "mirlink link app.rlib -L target/deps -o app -C panic=abort"),
            ("with a static C library", "mirlink link app.rlib -o app -L native=build -l static=zlib"),
            ("where the time goes", "mirlink link app.rlib -o app -O2 --timings"));
        command.SetAction(parse =>
        {
            var options = new LinkOptions
            {
                Root = parse.GetValue(root)!,
                Output = parse.GetValue(output)!,
                SearchDirs = Array.ConvertAll(parse.GetValue(search)!, CodegenArguments.SearchDir),
                Externs = Array.ConvertAll(parse.GetValue(externs)!, CodegenArguments.Extern),
                NativeLibs = parse.GetValue(libs)!,
                Jobs = parse.GetValue(jobs) is < 1 ? throw new MirlinkException("`-j` needs a number of threads, at least 1") : parse.GetValue(jobs),
                Sysroot = parse.GetValue(sysroot),
                Timings = parse.GetValue(timings),
                EmitBackendIrDir = parse.GetValue(emitLlvm),
                Verify = parse.GetValue(verify),
                SaveTemps = parse.GetValue(saveTemps),
                MirPasses = parse.GetValue(mirPass)!,
                OptFuel = parse.GetValue(fuel),
                ValidateMir = parse.GetValue(validateMir),
            };
            if (parse.GetValue(backend) is { } b) options = options with { Backend = b };
            if (parse.GetValue(level) is { } l) options = CodegenArguments.Apply(options, "opt-level=" + l);
            foreach (string c in parse.GetValue(codegen)!) options = CodegenArguments.Apply(options, c);
            LinkSession.Link(options);
            return 0;
        });
        return command;
    }
}

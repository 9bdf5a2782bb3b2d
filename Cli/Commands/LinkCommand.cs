using System.CommandLine;
using Mirlink.Linker;

using Mirlink.Cli.Compile;

namespace Mirlink.Cli.Commands;

/// <summary>`mirlink link`: the final link, with the options of rustc that matter there under rustc's names.</summary>
internal static class LinkCommand
{
    public static Command Create()
    {
        var root = new Argument<string>("crate") { Description = "MIR-only rlib (or metadata file) of the program's root crate" };
        var output = new Option<string>("-o") { Description = "the executable", Required = true };
        var search = new Option<string[]>("-L") { Description = "folder with dependencies or native libraries ([kind=]path)", DefaultValueFactory = static _ => [] };
        var externs = new Option<string[]>("--extern") { Description = "where a direct dependency is (name=path)", DefaultValueFactory = static _ => [] };
        var libs = new Option<string[]>("-l") { Description = "native library ([kind[:modifiers]=]name)", DefaultValueFactory = static _ => [] };
        var codegen = new Option<string[]>("-C", "--codegen") { Description = "codegen option as rustc's (opt-level, panic, debuginfo, strip, ...)", DefaultValueFactory = static _ => [] };
        var level = new Option<string?>("-O") { Description = "optimization level: 0, 1, 2, 3, s, z" };
        var jobs = new Option<int?>("-j", "--jobs") { Description = "threads (all cores)" };
        var backend = new Option<string>("--backend") { Description = "code generator", DefaultValueFactory = static _ => "llvm" };
        var sysroot = new Option<string?>("--sysroot") { Description = "rustc's sysroot" };
        var timings = new Option<bool>("--timings") { Description = "print how long the stages took" };
        var emitLlvm = new Option<string?>("--emit-llvm-dir") { Description = "folder for LLVM IR as text" };
        var verify = new Option<bool>("--verify") { Description = "check the backend's IR" };
        var saveTemps = new Option<string?>("--save-temps") { Description = "folder that keeps the objects of the link" };
        var command = new Command("link", "Make an executable from a program's root crate and everything it depends on.")
        {
            root, output, search, externs, libs, codegen, level, jobs, backend, sysroot, timings, emitLlvm, verify, saveTemps,
        };
        command.SetAction(parse =>
        {
            var options = new LinkOptions
            {
                Root = parse.GetValue(root)!,
                Output = parse.GetValue(output)!,
                SearchDirs = Array.ConvertAll(parse.GetValue(search)!, CodegenArguments.SearchDir),
                Externs = Array.ConvertAll(parse.GetValue(externs)!, CodegenArguments.Extern),
                NativeLibs = parse.GetValue(libs)!,
                Jobs = parse.GetValue(jobs),
                Backend = parse.GetValue(backend)!,
                Sysroot = parse.GetValue(sysroot),
                Timings = parse.GetValue(timings),
                EmitBackendIrDir = parse.GetValue(emitLlvm),
                Verify = parse.GetValue(verify),
                SaveTemps = parse.GetValue(saveTemps),
            };
            if (parse.GetValue(level) is { } l) options = CodegenArguments.Apply(options, "opt-level=" + l);
            foreach (string c in parse.GetValue(codegen)!) options = CodegenArguments.Apply(options, c);
            LinkSession.Link(options);
            return 0;
        });
        return command;
    }
}

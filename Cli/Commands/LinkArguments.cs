using System.CommandLine;
using Mirlink.Linker;
using Mirlink.Mir;

namespace Mirlink.Cli.Commands;

/// <summary>The options of a final link on the command line, with rustc's names where rustc has them.</summary>
internal sealed class LinkArguments
{
    private readonly Argument<string> _root = new("CRATE") { Description = "The program's root crate: a MIR-only rlib, or metadata (.rmeta) with all MIR" };
    private readonly Option<string[]> _search = new("-L") { Description = "Folder with dependencies or native libraries", HelpName = "[KIND=]PATH", DefaultValueFactory = static _ => [] };
    private readonly Option<string[]> _externs = new("--extern") { Description = "Where a dependency is, if it is in none of these folders", HelpName = "NAME=PATH", DefaultValueFactory = static _ => [] };
    private readonly Option<string[]> _libs = new("-l") { Description = "Native library to link with", HelpName = "[KIND[:MODIFIERS]=]NAME", DefaultValueFactory = static _ => [] };
    private readonly Option<string[]> _codegen = new("-C", "--codegen") { Description = "Codegen option as rustc's: opt-level, panic, debuginfo, strip, codegen-units, target-cpu, target-feature, overflow-checks, debug-assertions, link-arg, ...", HelpName = "OPTION[=VALUE]", DefaultValueFactory = static _ => [] };
    private readonly Option<string?> _level = new("-O") { Description = "Optimization level: 0 (default), 1, 2, 3, s or z", HelpName = "LEVEL" };
    private readonly Option<int?> _jobs = new("-j", "--jobs") { Description = "Threads (default: one per core)", HelpName = "N" };
    private readonly Option<string?> _backend = new("--backend") { Description = "What generates machine code: llvm or cranelift (default: $MIRLINK_BACKEND, else llvm)", HelpName = "NAME" };
    private readonly Option<string?> _sysroot = new("--sysroot") { Description = "rustc's sysroot, if not that of the rustc that is found (see `mirlink doctor`)", HelpName = "PATH" };
    private readonly Option<bool> _timings = new("--timings") { Description = "Print how long the stages took" };
    private readonly Option<string?> _emitLlvm = new("--emit-llvm-dir") { Description = "Write the LLVM IR of each unit there", HelpName = "PATH" };
    private readonly Option<bool> _verify = new("--verify") { Description = "Check the LLVM IR before it is compiled" };
    private readonly Option<string?> _saveTemps = new("--save-temps") { Description = "Keep objects and lld's command line there", HelpName = "PATH" };
    private readonly Option<string[]> _mirPass = new("--mir-pass") { Description = "Turn a MIR pass on (+name) or off (-name) whatever the level says; -all turns all of them off", HelpName = "±NAME", DefaultValueFactory = static _ => [] };
    private readonly Option<long?> _fuel = new("--opt-fuel") { Description = "Stop optimizing MIR after N changes, to find the one that breaks a program", HelpName = "N" };
    private readonly Option<bool> _erase = new("--erase") { Description = "Instantiate generic functions once for all types that they cannot tell apart" };
    private readonly Option<bool> _noErase = new("--no-erase") { Description = "The opposite of --erase, which is the default" };
    private readonly Option<bool> _noMerge = new("--no-merge") { Description = "Keep functions apart whose code is equal" };
    private readonly Option<bool> _validateMir = new("--validate-mir") { Description = "Check MIR after each pass" };

    /// <param name="withoutRoot">The command does something without a root crate as well.</param>
    public void AddTo(Command command, bool withoutRoot = false)
    {
        if (withoutRoot) _root.Arity = ArgumentArity.ZeroOrOne;
        command.Arguments.Add(_root);
        foreach (Option option in (Option[])[_search, _externs, _libs, _codegen, _level, _jobs, _backend, _sysroot, _timings, _emitLlvm, _verify, _saveTemps, _mirPass, _fuel,
                     _validateMir, _erase, _noErase, _noMerge]) command.Options.Add(option);
    }

    /// <exception cref="MirlinkException">A value that is not understood.</exception>
    public LinkOptions Read(ParseResult parse, string output)
    {
        var options = new LinkOptions
        {
            Root = parse.GetValue(_root)!,
            Output = output,
            SearchDirs = Array.ConvertAll(parse.GetValue(_search)!, CodegenArguments.SearchDir),
            Externs = Array.ConvertAll(parse.GetValue(_externs)!, CodegenArguments.Extern),
            NativeLibs = parse.GetValue(_libs)!,
            Jobs = parse.GetValue(_jobs) is < 1 ? throw new MirlinkException("`-j` needs a number of threads, at least 1") : parse.GetValue(_jobs),
            Sysroot = parse.GetValue(_sysroot),
            Timings = parse.GetValue(_timings),
            EmitBackendIrDir = parse.GetValue(_emitLlvm),
            Verify = parse.GetValue(_verify),
            SaveTemps = parse.GetValue(_saveTemps),
            MirPasses = parse.GetValue(_mirPass)!,
            OptFuel = parse.GetValue(_fuel),
            ValidateMir = parse.GetValue(_validateMir),
            Erase = parse.GetValue(_erase) && !parse.GetValue(_noErase),
            Merge = !parse.GetValue(_noMerge),
        };
        if (parse.GetValue(_backend) is { } b) options = options with { Backend = b };
        if (parse.GetValue(_level) is { } l) options = CodegenArguments.Apply(options, "opt-level=" + l);
        foreach (string c in parse.GetValue(_codegen)!) options = CodegenArguments.Apply(options, c);
        return options;
    }
}

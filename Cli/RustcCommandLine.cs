namespace Mirlink.Cli;

/// <summary>The parts of a rustc command line that decide where its output goes; everything else is kept as it stands.</summary>
internal sealed class RustcCommandLine
{
    /// <summary>The arguments without --crate-type, --emit, -o.</summary>
    public List<string> Rest { get; } = [];
    public bool EmitsMirRlib { get; private set; }
    public string CrateType { get; private set; } = "bin";
    public string? Source { get; private set; }
    private string? _crateName, _outDir, _output;
    private string _extraFilename = "";

    // Options whose value is the next argument, so that it is not taken for the source file.
    private static readonly HashSet<string> WithValue = new(StringComparer.Ordinal)
    {
        "-L", "-l", "-C", "--codegen", "-Z", "-A", "-W", "-D", "-F", "--allow", "--warn", "--deny", "--forbid", "--force-warn", "--cap-lints", "--cfg", "--check-cfg", "--extern", "--target",
        "--edition", "--error-format", "--json", "--color", "--diagnostic-width", "--remap-path-prefix", "--remap-path-scope", "--sysroot", "--print", "--explain",
    };

    public static RustcCommandLine Parse(ReadOnlySpan<string> args)
    {
        var line = new RustcCommandLine();
        for (int i = 0; i < args.Length; i++)
        {
            string arg = args[i];
            string? next = i + 1 < args.Length ? args[i + 1] : null;
            if (line.Take(arg, "--crate-type", next, ref i, v => line.CrateType = v)) continue;
            if (line.Take(arg, "--emit", next, ref i, v => line.EmitsMirRlib |= v.Split(',').Contains("mir-rlib"))) continue;
            if (line.Take(arg, "-o", next, ref i, v => line._output = v)) continue;
            if (line.Take(arg, "--out-dir", next, ref i, v => line._outDir = v)) continue;
            line.Rest.Add(arg);
            if (line.Note(arg, "--crate-name", next, v => line._crateName = v) || line.Note(arg, "-C", next, line.Codegen) || line.Note(arg, "--codegen", next, line.Codegen))
            {
                if (next is not null && (arg is "--crate-name" or "-C" or "--codegen")) { line.Rest.Add(next); i++; }
                continue;
            }
            if (WithValue.Contains(arg) && next is not null) { line.Rest.Add(next); i++; continue; }
            if (!arg.StartsWith('-') || arg == "-") line.Source = arg;
        }
        return line;
    }

    private void Codegen(string option)
    {
        if (option.StartsWith("extra-filename=", StringComparison.Ordinal)) _extraFilename = option["extra-filename=".Length..];
    }

    /// <summary>Recognizes "name value" and "name=value" and drops it from the rest.</summary>
    private bool Take(string arg, string name, string? next, ref int i, Action<string> set)
    {
        if (!Note(arg, name, next, set)) return false;
        if (arg == name && next is not null) i++;
        return true;
    }

    private bool Note(string arg, string name, string? next, Action<string> set)
    {
        if (arg == name)
        {
            if (next is not null) set(next);
            return true;
        }
        if (name.StartsWith("--", StringComparison.Ordinal) ? arg.StartsWith(name + "=", StringComparison.Ordinal) : arg.StartsWith(name, StringComparison.Ordinal) && arg.Length > name.Length && !arg.StartsWith("--", StringComparison.Ordinal))
        {
            set(arg[name.Length..].TrimStart('='));
            return true;
        }
        return false;
    }

    /// <summary>-o, or lib{name}{extra}.rlib in --out-dir.</summary>
    public string OutputPath()
    {
        if (_output is not null) return _output;
        string name = _crateName ?? Path.GetFileNameWithoutExtension(Source!).Replace('-', '_');
        return Path.Combine(_outDir ?? "", $"lib{name}{_extraFilename}.rlib");
    }
}

using Mirlink.Mir;

namespace Mirlink.Cli.Compile;

/// <summary>
/// rustc's own command line, taken apart as far as Mirlink must know it. Everything else is handed on untouched and in order.
/// </summary>
public sealed class RustcArgs
{
    // Options that take a value, as `--name value`, `--name=value`, or (one letter) `-Xvalue`.
    private static readonly string[] s_longWithValue =
    [
        "--crate-name", "--edition", "--crate-type", "--emit", "--out-dir", "--codegen", "--extern", "--target", "--cfg", "--check-cfg", "--cap-lints", "--allow",
        "--warn", "--force-warn", "--deny", "--forbid", "--error-format", "--json", "--color", "--sysroot", "--print", "--explain", "--remap-path-prefix",
        "--remap-path-scope", "--diagnostic-width", "--env-set",
    ];
    private const string ShortWithValue = "CLlAWDFZo";

    /// <summary>One option or input as given: Name is canonical ("-C", "--emit", or "" for an input file), Value null for a bare flag.</summary>
    private readonly record struct Item(string Name, string? Value);

    private readonly List<Item> _items = [];

    public string? CrateName { get; private set; }
    public List<string> CrateTypes { get; } = [];
    /// <summary>--emit kinds in order, each with its path if given.</summary>
    public List<(string Kind, string? Path)> Emit { get; } = [];
    public string? OutDir { get; private set; }
    public string? Output { get; private set; }
    public string? Target { get; private set; }
    public string? Sysroot { get; private set; }
    public string? Input { get; private set; }
    public bool IsTest { get; private set; }
    /// <summary>Only asks for information (--print, -vV, --explain, --help): there is nothing to compile.</summary>
    public bool IsQuery { get; private set; }
    public List<(string Name, string Path)> Externs { get; } = [];
    /// <summary>-L values as given: [KIND=]PATH.</summary>
    public List<string> SearchPaths { get; } = [];
    public List<string> NativeLibs { get; } = [];
    /// <summary>-Z options as given: NAME[=VALUE].</summary>
    public List<string> Unstable { get; } = [];
    /// <summary>-C options in order; a later one of the same name wins.</summary>
    public List<(string Name, string? Value)> Codegen { get; } = [];
    public bool WantsOptimization { get; private set; }
    public bool WantsDebugInfo { get; private set; }

    /// <exception cref="MirlinkException">An option lacks its value, or a response file cannot be read.</exception>
    public static RustcArgs Parse(IReadOnlyList<string> args)
    {
        var r = new RustcArgs();
        var expanded = new List<string>();
        foreach (string a in args)
        {
            if (a.Length < 2 || a[0] != '@') { expanded.Add(a); continue; }
            try { expanded.AddRange(File.ReadAllLines(a[1..])); }
            catch (IOException e) { throw new MirlinkException($"cannot read the argument file `{a[1..]}`: {(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message)}", e); }
        }
        for (int i = 0; i < expanded.Count; i++)
        {
            string a = expanded[i];
            string Value(string name) => ++i < expanded.Count ? expanded[i] : throw new MirlinkException($"rustc's option {name} needs a value");
            int equals = a.IndexOf('=', StringComparison.Ordinal);
            if (a.StartsWith("--", StringComparison.Ordinal))
            {
                string name = equals < 0 ? a : a[..equals];
                if (Array.IndexOf(s_longWithValue, name) < 0) r.Add(a, null);
                else r.Add(name, equals < 0 ? Value(name) : a[(equals + 1)..]);
            }
            else if (a.Length > 1 && a[0] == '-')
            {
                if (ShortWithValue.Contains(a[1], StringComparison.Ordinal)) r.Add(a[..2], a.Length > 2 ? a[2..] : Value(a));
                else r.Add(a, null);
            }
            else
            {
                r.Add("", a);
            }
        }
        return r;
    }

    private void Add(string name, string? value)
    {
        if (name == "--codegen") name = "-C";
        _items.Add(new Item(name, value));
        switch (name)
        {
            case "": Input ??= value; break;
            case "--crate-name": CrateName = value; break;
            case "--crate-type": CrateTypes.AddRange(value!.Split(',')); break;
            case "--emit":
                foreach (string e in value!.Split(','))
                {
                    int at = e.IndexOf('=', StringComparison.Ordinal);
                    Emit.Add(at < 0 ? (e, null) : (e[..at], e[(at + 1)..]));
                }
                break;
            case "--out-dir": OutDir = value; break;
            case "-o": Output = value; break;
            case "--target": Target = value; break;
            case "--sysroot": Sysroot = value; break;
            case "--test": IsTest = true; break;
            case "--print" or "--explain" or "-V" or "-vV" or "--version" or "-h" or "--help": IsQuery = true; break;
            case "--extern":
                {
                    // [OPTIONS:]NAME[=PATH]
                    string spec = value![(value!.LastIndexOf(':', Math.Max(0, value!.IndexOf('=', StringComparison.Ordinal))) + 1)..];
                    int at = spec.IndexOf('=', StringComparison.Ordinal);
                    if (at >= 0) Externs.Add((spec[..at], spec[(at + 1)..]));
                    break;
                }
            case "-L": SearchPaths.Add(value!); break;
            case "-l": NativeLibs.Add(value!); break;
            case "-Z": Unstable.Add(value!); break;
            case "-O": WantsOptimization = true; break;
            case "-g": WantsDebugInfo = true; break;
            case "-C":
                {
                    int at = value!.IndexOf('=', StringComparison.Ordinal);
                    Codegen.Add(at < 0 ? (value, null) : (value[..at], value[(at + 1)..]));
                    break;
                }
        }
    }

    public bool Emits(string kind) => Emit.Exists(e => e.Kind == kind);

    public string? EmitPath(string kind) => Emit.FindLast(e => e.Kind == kind).Path;

    /// <summary>The last value of a -C option; "" for one given without a value, null for none.</summary>
    public string? CodegenOption(string name)
    {
        string? found = null;
        foreach (var (n, v) in Codegen) if (n == name || n.Replace('_', '-') == name) found = v ?? "";
        return found;
    }

    /// <summary>The level of rustc's own MIR passes that is asked for; null for rustc's choice.</summary>
    public string? MirOptLevel
    {
        get
        {
            string? level = null;
            foreach (string option in Unstable)
                if (option.Replace('_', '-').StartsWith("mir-opt-level=", StringComparison.Ordinal)) level = option[(option.IndexOf('=', StringComparison.Ordinal) + 1)..];
            return level;
        }
    }

    public string EffectiveCrateName => CrateName ?? (Input is null ? "main" : Path.GetFileNameWithoutExtension(Input).Replace('-', '_'));
    public string ExtraFilename => CodegenOption("extra-filename") ?? "";
    /// <summary>Where rustc would write dependency information, if it is asked for.</summary>
    public string? DepInfoPath => !Emits("dep-info") ? null : EmitPath("dep-info") ?? Path.Combine(OutDir ?? "", $"{EffectiveCrateName}{ExtraFilename}.d");

    public string OptLevel => CodegenOption("opt-level") ?? (WantsOptimization ? "3" : "0");

    /// <summary>What rustc would call the file of the crate: -o, or lib{name}{extra}.{ext} in --out-dir.</summary>
    public string PathOf(string extension, bool isLibrary)
    {
        if (Output is { } o) return o;
        string name = (isLibrary ? "lib" : "") + EffectiveCrateName + ExtraFilename;
        return Path.Combine(OutDir ?? "", extension.Length == 0 ? name : $"{name}.{extension}");
    }

    /// <summary>Folders of -L, of the kinds given ("dependency", "native", "all", "crate", "framework"; no kind means all).</summary>
    public IEnumerable<string> SearchDirs(params string[] kinds)
    {
        foreach (string s in SearchPaths)
        {
            int at = s.IndexOf('=', StringComparison.Ordinal);
            string kind = at < 0 ? "all" : s[..at];
            if (Array.IndexOf(kinds, kind) >= 0 || kind == "all") yield return s[(at + 1)..];
        }
    }

    /// <summary>The command line again, without the options that <paramref name="drop"/> names.</summary>
    public List<string> Without(Func<string, string?, bool> drop)
    {
        var args = new List<string>();
        foreach (var (name, value) in _items)
        {
            if (drop(name, value)) continue;
            if (name.Length == 0) args.Add(value!);
            else if (value is null) args.Add(name);
            else if (name.StartsWith("--", StringComparison.Ordinal)) args.Add($"{name}={value}");
            else { args.Add(name); args.Add(value); }
        }
        return args;
    }
}

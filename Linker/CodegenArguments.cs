using System.Globalization;
using Mirlink.Backend;
using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>rustc's spelling of options: -C key=value, -L kind=path, --extern name=path.</summary>
public static class CodegenArguments
{
    /// <summary>Applies one -C option. Those that mean nothing to a link of MIR (incremental, metadata, ...) are accepted and ignored, as cargo passes them.</summary>
    /// <exception cref="MirlinkException">A value that is not understood.</exception>
    public static LinkOptions Apply(LinkOptions options, string codegen)
    {
        int eq = codegen.IndexOf('=');
        string key = (eq < 0 ? codegen : codegen[..eq]).Replace('_', '-');
        string? value = eq < 0 ? null : codegen[(eq + 1)..];
        MirlinkException Wrong(string expected) => new($"incorrect value `{value}` for codegen option `{key}`: {expected} was expected");
        bool Flag() => value switch
        {
            null or "y" or "yes" or "on" or "true" => true,
            "n" or "no" or "off" or "false" => false,
            _ => throw Wrong("one of y, yes, on, true, n, no, off, false"),
        };
        switch (key)
        {
            case "opt-level":
                if (value is not ("0" or "1" or "2" or "3" or "s" or "z")) throw Wrong("0, 1, 2, 3, s or z");
                return options with { OptLevel = value };
            case "panic":
                return options with { Panic = value switch { "unwind" => PanicStrategy.Unwind, "abort" => PanicStrategy.Abort, _ => throw Wrong("unwind or abort") } };
            case "debuginfo":
                return options with
                {
                    DebugInfo = value switch { "0" or "none" => 0, "line-directives-only" or "line-tables-only" or "1" or "limited" => 1, null or "2" or "full" => 2, _ => throw Wrong("0, 1 or 2") },
                };
            case "codegen-units":
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int units) || units < 1) throw Wrong("a positive number");
                return options with { CodegenUnits = units };
            case "target-cpu": return options with { TargetCpu = value ?? throw Wrong("a CPU's name") };
            case "target-feature": return options with { TargetFeatures = value ?? "" };
            case "strip":
                return options with { Strip = value switch { "none" => StripMode.None, "debuginfo" => StripMode.DebugInfo, "symbols" => StripMode.Symbols, _ => throw Wrong("none, debuginfo or symbols") } };
            case "overflow-checks": return options with { OverflowChecks = Flag() };
            case "debug-assertions": return options with { DebugAssertions = Flag() };
            case "link-arg": return options with { LinkArgs = [.. options.LinkArgs, value ?? throw Wrong("an argument")] };
            case "link-args": return options with { LinkArgs = [.. options.LinkArgs, .. (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)] };
            case "extra-filename" or "metadata" or "incremental" or "embed-bitcode" or "lto" or "linker" or "linker-flavor" or "prefer-dynamic" or "rpath" or "symbol-mangling-version"
                or "split-debuginfo" or "link-dead-code" or "linker-plugin-lto" or "save-temps" or "force-frame-pointers" or "force-unwind-tables" or "remark" or "inline-threshold":
                return options;
            default: throw new MirlinkException($"the codegen option `{key}` is not supported");
        }
    }

    private static readonly string[] SearchKinds = ["dependency=", "native=", "crate=", "all=", "framework="];

    public static string SearchDir(string value)
    {
        foreach (string kind in SearchKinds) if (value.StartsWith(kind, StringComparison.Ordinal)) return value[kind.Length..];
        return value;
    }

    /// <summary>[options:]name=path.</summary>
    public static (string Name, string Path) Extern(string value)
    {
        int eq = value.IndexOf('=');
        if (eq < 0) throw new MirlinkException($"`--extern {value}` names no path") { Help = "write `--extern name=path`" };
        string name = value[..eq];
        if (name.LastIndexOf(':') is >= 0 and var colon) name = name[(colon + 1)..];
        return (name, value[(eq + 1)..]);
    }
}

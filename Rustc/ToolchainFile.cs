using System.Text.RegularExpressions;

namespace Mirlink.Rustc;

/// <summary>
/// A rust-toolchain.toml (or rust-toolchain) of the working folder or one above it, as rustup reads it: a channel name, or the path of a toolchain.
/// </summary>
public sealed partial record ToolchainFile(string Path, string Channel, bool IsPath)
{
    [GeneratedRegex("""^\s*(channel|path)\s*=\s*["']([^"']+)["']""", RegexOptions.Multiline)]
    private static partial Regex Setting();

    /// <summary>The nearest file, null for none (or one that names no toolchain).</summary>
    public static ToolchainFile? Find(string folder)
    {
        for (string? dir = System.IO.Path.GetFullPath(folder); dir is not null; dir = System.IO.Path.GetDirectoryName(dir))
        {
            foreach (string name in (string[])["rust-toolchain", "rust-toolchain.toml"])
            {
                string path = System.IO.Path.Combine(dir, name);
                if (!File.Exists(path)) continue;
                string text = File.ReadAllText(path).Trim();
                var match = Setting().Match(text);
                if (match.Success) return new ToolchainFile(path, match.Groups[2].Value, match.Groups[1].Value == "path");
                // The old form is the bare name.
                return text.Length > 0 && text.IndexOfAny(['\n', '[', '=']) < 0 ? new ToolchainFile(path, text, false) : null;
            }
        }
        return null;
    }

    /// <summary>The sysroot that must be used; null where the file leaves room for the supported version ("stable", or that version, which need not be rustup's).</summary>
    public string? Rules(string supported)
    {
        if (IsPath) return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, Channel);
        string channel = Channel.Split('-')[0];
        return channel == "stable" || channel == supported || supported.StartsWith(channel + ".", StringComparison.Ordinal) ? null : System.IO.Path.Combine(RustcToolchain.RustupToolchains, Channel);
    }
}

using System.Text.RegularExpressions;
using Mirlink.Rustc.Metadata.Raw;

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

    /// <summary>The folder that the file means, whether or not it is there: with rustup, the toolchain of that name, whatever release it is.</summary>
    public string? Sysroot => IsPath ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, Channel)
        : System.IO.Path.Combine(RustcToolchain.RustupToolchains, Channel.EndsWith("-" + RustcToolchain.HostTriple, StringComparison.Ordinal) ? Channel : $"{Channel}-{RustcToolchain.HostTriple}") is var full
            && Directory.Exists(full) ? full
        : System.IO.Path.Combine(RustcToolchain.RustupToolchains, Channel);

    /// <summary>The supported release that is asked for by number ("1.96.0" or "1.96"), which need not be rustup's.</summary>
    public Release? Release
    {
        get
        {
            if (IsPath) return null;
            string number = Channel.Split('-')[0];
            for (int i = 0; i < Releases.Versions.Length; i++)
                if (Releases.Versions[i] == number || Releases.Versions[i].StartsWith(number + ".", StringComparison.Ordinal)) return (Release)i;
            return null;
        }
    }

    /// <summary>"stable" leaves room for any release.</summary>
    public bool IsAnyStable => !IsPath && Channel.Split('-')[0] == "stable";
}

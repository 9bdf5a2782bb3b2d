using System.Text.RegularExpressions;

namespace Mirlink.Cli.Commands;

/// <summary>
/// cargo's profile for build scripts and procedural macros. Since `mirlink build` passes `--target`, cargo compiles them and what they need with all debug information, and rustc links std's
/// into each, 10 MB that nobody reads. cargo is told to leave out both, by environment variables, which win over its files; hence only where the user said nothing about either. What is
/// looked at: cargo's variables, its `--config` arguments and configuration files, and the Cargo.toml of the package and of every folder above it, one of which is the workspace's. In doubt the user did.
/// </summary>
internal sealed partial class BuildOverride
{
    private const string Prefix = "CARGO_PROFILE_", Strip = "strip", Debug = "debug", Table = "build-override";

    /// <summary>The profiles that the user said something about, and what each inherits; "" where that is not clear.</summary>
    private readonly HashSet<string> _said = [];
    private readonly Dictionary<string, string> _inherits = new() { ["test"] = "dev", ["doc"] = "dev", ["bench"] = "release" };
    private bool _unclear;

    /// <summary>Adds the variables to cargo's environment.</summary>
    public static void Set(IDictionary<string, string?> environment, ReadOnlySpan<string> cargoArguments, string? manifest)
    {
        var user = new BuildOverride();
        try
        {
            foreach (string name in environment.Keys) user.ReadVariable(name);
            user.ReadConfig(environment, cargoArguments);
            user.ReadManifests(manifest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // cargo says what is wrong, if it reads that at all.
            return;
        }
        foreach (string root in (string[])["dev", "release"])
        {
            if (user._unclear || user._said.Any(profile => user.RootOf(profile) is not { } its || its == root)) continue;
            string table = $"{Prefix}{root.ToUpperInvariant()}_BUILD_OVERRIDE_";
            environment[table + "DEBUG"] = "0";
            environment[table + "STRIP"] = "debuginfo";
        }
    }

    /// <summary>dev or release, which no profile is without in the end; null where that cannot be told.</summary>
    private string? RootOf(string profile)
    {
        for (int i = 0; i < 16; i++)
        {
            if (profile is "dev" or "release") return profile;
            if (!_inherits.TryGetValue(profile, out profile!)) return null;
        }
        return null;
    }

    /// <summary>CARGO_PROFILE_NAME_STRIP, and CARGO_PROFILE_NAME_BUILD_OVERRIDE_ with STRIP or DEBUG.</summary>
    private void ReadVariable(string name)
    {
        if (name.StartsWith(Prefix, StringComparison.Ordinal) && Variable().Match(name) is { Success: true } match) _said.Add(Name(match.Groups[1].Value));
    }

    /// <summary>A profile's name as it can be compared with one from a variable's name.</summary>
    private static string Name(string profile) => profile.ToLowerInvariant().Replace('_', '-');

    private void ReadConfig(IDictionary<string, string?> environment, ReadOnlySpan<string> cargoArguments)
    {
        const string Option = "--config";
        for (int i = 0; i < cargoArguments.Length; i++)
        {
            string? value = cargoArguments[i] == Option && i + 1 < cargoArguments.Length ? cargoArguments[i + 1]
                : cargoArguments[i].StartsWith(Option + "=", StringComparison.Ordinal) ? cargoArguments[i][(Option.Length + 1)..] : null;
            if (value is not null) ReadToml(File.Exists(value) ? File.ReadAllText(value) : value, null);
        }
        for (string? folder = Directory.GetCurrentDirectory(); folder is not null; folder = Path.GetDirectoryName(folder)) ReadConfigIn(Path.Combine(folder, ".cargo"));
        ReadConfigIn(environment.TryGetValue("CARGO_HOME", out string? home) && !string.IsNullOrEmpty(home) ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cargo"));
    }

    private void ReadConfigIn(string folder)
    {
        foreach (string name in (string[])["config.toml", "config"])
            if (Path.Combine(folder, name) is var file && File.Exists(file)) ReadToml(File.ReadAllText(file), null);
    }

    private void ReadManifests(string? manifest)
    {
        string first = Path.GetFullPath(manifest ?? "Cargo.toml");
        for (string? folder = Path.GetDirectoryName(first); folder is not null; folder = Path.GetDirectoryName(folder))
            if (Path.Combine(folder, "Cargo.toml") is var file && File.Exists(file)) ReadToml(File.ReadAllText(file), folder);
        if (Path.GetFileName(first) != "Cargo.toml" && File.Exists(first)) ReadToml(File.ReadAllText(first), Path.GetDirectoryName(first));
    }

    /// <summary>What a manifest in that folder, or a configuration (null), says. Not all of TOML is understood; what may be meant for a profile and is not, counts as said.</summary>
    private void ReadToml(string text, string? folder)
    {
        text = LongString().Replace(text, "''");
        _unclear |= text.Contains("\"\"\"", StringComparison.Ordinal) || text.Contains("'''", StringComparison.Ordinal);
        string section = "";
        foreach (var each in text.AsSpan().EnumerateLines())
        {
            string line = each.Trim().ToString();
            if (line.StartsWith('#')) continue;
            if (Header().Match(line) is { Success: true } header)
            {
                section = Plain(header.Groups[1].Value) + ".";
                continue;
            }
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) ReadSetting((section + Plain(line[..equals])).Split('.'), line[(equals + 1)..].Trim(), folder);
        }
    }

    private void ReadSetting(ReadOnlySpan<string> key, string value, string? folder)
    {
        // A configuration's further files, and a workspace's root which is not above its member.
        if (key is ["include"] && folder is null) _unclear = true;
        if (key is ["package", "workspace"] && folder is not null)
        {
            string root = Path.Combine(folder, Quoted().Match(value).Groups[1].Value, "Cargo.toml");
            if (File.Exists(root)) ReadToml(File.ReadAllText(root), null);
            else _unclear = true;
        }
        if (key is ["profile"]) _unclear = true;
        if (key is not ["profile", var profile, ..]) return;
        profile = Name(profile);
        bool open = value.StartsWith('{') && !value.Contains('}', StringComparison.Ordinal);
        bool Mentions(string what) => value.Contains(what, StringComparison.Ordinal);
        switch (key[2..])
        {
            case []:
                if (open || Mentions(Strip) || Mentions(Table)) _said.Add(profile);
                if (Parent().Match(value) is { Success: true } parent) Inherits(profile, parent.Groups[1].Value);
                break;
            case [Strip]:
            case [Table] when open || Mentions(Strip) || Mentions(Debug):
            case [Table, Strip or Debug]:
                _said.Add(profile);
                break;
            case ["inherits"]:
                Inherits(profile, Quoted().Match(value).Groups[1].Value);
                break;
        }
    }

    private void Inherits(string profile, string parent)
    {
        parent = Name(parent);
        if (!_inherits.TryAdd(profile, parent) && _inherits[profile] != parent) _inherits[profile] = "";
    }

    /// <summary>Without quotes and blanks.</summary>
    private static string Plain(string key) => key.Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal);

    [GeneratedRegex("^CARGO_PROFILE_(.+?)(_BUILD_OVERRIDE_STRIP|_BUILD_OVERRIDE_DEBUG|_STRIP)$")]
    private static partial Regex Variable();

    [GeneratedRegex("\"\"\"[\\s\\S]*?\"\"\"|'''[\\s\\S]*?'''")]
    private static partial Regex LongString();

    [GeneratedRegex("""^\[\[?([^\[\]]+)\]\]?\s*(#.*)?$""")]
    private static partial Regex Header();

    [GeneratedRegex("""inherits["']?\s*=\s*["']([^"']*)["']""")]
    private static partial Regex Parent();

    [GeneratedRegex("""^["']([^"']*)["']""")]
    private static partial Regex Quoted();
}

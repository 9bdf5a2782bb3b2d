using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using Raw = Mirlink.Rustc.Metadata.Raw;
using Span = Mirlink.Mir.Span;

namespace Mirlink.Rustc.Import;

/// <summary>
/// Positions as rustc's caller locations have them (rustc_middle's span_as_caller_location): the call site of the outermost macro, file name as
/// given to the compiler and remapped, line and column from 1. The column is in display width if the source file is still there, as it is while
/// its crate is being compiled, and in chars otherwise, as rustc has it in crates that instantiate another's functions.
/// </summary>
public sealed partial class RustcCrate
{
    /// <param name="Text">The normalized text, if any char of it is not one column wide.</param>
    sealed record FileEntry(int Index, SourceFile File, byte[]? Text);

    readonly FileEntry?[] _files;
    readonly NodeCache<StrongBox<Span?>> _expansionCauses = new();
    /// <summary>By syntax context: its outermost call site, or null for the root.</summary>
    readonly NodeCache<StrongBox<Span?>> _contextCauses = new();

    Span Import(Raw.Span span)
    {
        var data = _meta.DecodeSpan(span);
        if (data.Context != 0 && ContextCause(data.Context) is { } cause) return cause;
        return Resolve(data);
    }

    Span Resolve(SpanData data)
    {
        if (data.IsDummy) return Span.Dummy;
        if (data.Krate == 0) return Position(data.File, data.Lo);
        return Other(data.Krate)?.Position(data.File, data.Lo) ?? Span.Dummy;
    }

    RustcCrate? Other(uint krate) => krate < (uint)_crateNumbers.Length && _crateNumbers[krate] is >= 0 and var n ? _tcx.Crates[n] as RustcCrate : null;

    /// <summary>rustc's own limit is 128, and seldom raised to more than ten times that.</summary>
    const int MaxExpansionDepth = 1 << 13;
    /// <summary>How many expansions this thread is inside of.</summary>
    [ThreadStatic]
    static int s_expansionDepth;

    Span? ContextCause(uint context)
    {
        if (context == 0) return null;
        if (_contextCauses.TryGetValue(context, out var known)) return known.Value;
        if (s_expansionDepth == MaxExpansionDepth) throw Damaged("macro expansions are nested too deeply");
        s_expansionDepth++;
        Span? cause;
        try
        {
            var expn = _meta.SyntaxContext(context).Expn;
            cause = expn.Krate == 0 ? ExpansionCause(expn.Index) : Other(expn.Krate)?.ExpansionCause(expn.Index);
        }
        finally
        {
            s_expansionDepth--;
        }
        return _contextCauses.GetOrAdd(context, new StrongBox<Span?>(cause)).Value;
    }

    /// <summary>The call site of the outermost expansion that led to this one; `include!` is no expansion in this sense.</summary>
    Span? ExpansionCause(uint index)
    {
        if (index == 0) return null;
        if (_expansionCauses.TryGetValue(index, out var known)) return known.Value;
        var data = _meta.ExpnData(index);
        Span? cause = null;
        if (data.Kind is not ExpnKind.Macro { F0: MacroKind.Bang } macro || _meta.Text(macro.F1) != "include")
        {
            var site = _meta.DecodeSpan(data.CallSite);
            cause = ContextCause(site.Context) ?? Resolve(site);
        }
        return _expansionCauses.GetOrAdd(index, new StrongBox<Span?>(cause)).Value;
    }

    FileEntry File(uint index)
    {
        if (index < (uint)_files.Length && _files[index] is { } known) return known;
        var file = _meta.SourceFile(index);
        return _files[index] = new FileEntry(_tcx.InternSourceFile(Name(file.Name)), file, SourceText(file));
    }

    Span Position(uint file, uint at)
    {
        var (index, f, text) = File(file);
        var lines = f.LineStarts;
        if (lines.Length == 0) return new Span(index, 0, (int)Chars(f, at) + 1);
        // The last line that starts at or before the position.
        int line = 0, end = lines.Length;
        while (end - line > 1)
        {
            var middle = (line + end) / 2;
            if (lines[middle] <= at) line = middle;
            else end = middle;
        }
        var column = text is not null && at <= text.Length ? DisplayWidth.Of(text.AsSpan((int)lines[line], (int)(at - lines[line]))) : (int)(Chars(f, at) - Chars(f, lines[line]));
        return new Span(index, line + 1, column + 1);
    }

    /// <summary>The text of a file of this crate where it matters for columns; null too if the file is not there, or not the one that was compiled.</summary>
    byte[]? SourceText(SourceFile file)
    {
        if (Info.HasMachineCode || file.Name is not FileName.Real { F0: var name }) return null;
        var inner = name.Local ?? name.MaybeRemapped;
        byte[] text;
        try
        {
            text = System.IO.File.ReadAllBytes(Path.Combine(inner.WorkingDirectory, inner.Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
        if (IsPlain(text)) return null;
        ReadOnlySpan<byte> hash = file.Hash.Kind switch
        {
            SourceFileHashAlgorithm.Md5 => Md5.Hash(text),
#pragma warning disable CA5350 // the hash is the compiler's choice, to recognize a file
            SourceFileHashAlgorithm.Sha1 => SHA1.HashData(text),
#pragma warning restore CA5350
            SourceFileHashAlgorithm.Sha256 => SHA256.HashData(text),
            _ => [],
        };
        if (hash.IsEmpty || !hash.SequenceEqual(file.Hash.Value.AsSpan(0, Math.Min(hash.Length, file.Hash.Value.Length)))) return null;
        if (file.NormalizedPos.Length == 0) return text;
        var normalized = new List<byte>(text.Length);
        for (var i = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0; i < text.Length; i++)
            if (text[i] != '\r' || i + 1 >= text.Length || text[i + 1] != '\n') normalized.Add(text[i]);
        return [.. normalized];
    }

    /// <summary>Whether every char is one column wide, as far as bytes tell: printable ASCII and line ends.</summary>
    static bool IsPlain(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
            if (b is < 0x20 and not (byte)'\n' and not (byte)'\r' or >= 0x7f) return false;
        return true;
    }

    /// <summary>Number of chars before a byte of a file.</summary>
    static uint Chars(SourceFile f, uint at)
    {
        var chars = f.MultibyteChars;
        int lo = 0, hi = chars.Length;
        while (lo < hi)
        {
            var mid = (lo + hi) / 2;
            if (chars[mid].Pos < at) lo = mid + 1;
            else hi = mid;
        }
        return at - f.ExtraBytes[lo];
    }

    /// <summary>A file's name where macros such as file!() show it.</summary>
    static string Name(FileName name) => name switch
    {
        FileName.Real r => ((r.F0.Scopes & RemapPathScopeComponents.Macro) == 0 ? r.F0.Local ?? r.F0.MaybeRemapped : r.F0.MaybeRemapped).Name,
        FileName.CfgSpec => "<cfgspec>",
        FileName.Anon => "<anon>",
        FileName.MacroExpansion => "<macro expansion>",
        FileName.ProcMacroSourceCode => "<proc-macro source code>",
        FileName.CliCrateAttr => "<crate attribute>",
        FileName.Custom c => "<" + c.F0 + ">",
        FileName.DocTest d => d.F0,
        FileName.InlineAsm => "<inline asm>",
        _ => throw new BugException("file name"),
    };
}

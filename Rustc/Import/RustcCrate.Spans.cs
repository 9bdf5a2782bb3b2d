using System.Collections.Concurrent;
using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using Raw = Mirlink.Rustc.Metadata.Raw;
using Span = Mirlink.Mir.Span;

namespace Mirlink.Rustc.Import;

/// <summary>
/// Positions as rustc's caller locations have them (rustc_middle's span_as_caller_location): the call site of the outermost macro, file name as
/// given to the compiler and remapped, line and column from 1, the column in chars.
/// </summary>
public sealed partial class RustcCrate
{
    sealed record FileEntry(int Index, SourceFile File);

    readonly FileEntry?[] _files;
    readonly ConcurrentDictionary<uint, Span?> _expansionCauses = new();
    /// <summary>By syntax context: its outermost call site, or null for the root.</summary>
    readonly ConcurrentDictionary<uint, Span?> _contextCauses = new();

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

    Span? ContextCause(uint context)
    {
        if (context == 0) return null;
        if (_contextCauses.TryGetValue(context, out var known)) return known;
        var expn = _meta.SyntaxContext(context).Expn;
        var cause = expn.Krate == 0 ? ExpansionCause(expn.Index) : Other(expn.Krate)?.ExpansionCause(expn.Index);
        return _contextCauses.GetOrAdd(context, cause);
    }

    /// <summary>The call site of the outermost expansion that led to this one; `include!` is no expansion in this sense.</summary>
    Span? ExpansionCause(uint index)
    {
        if (index == 0) return null;
        if (_expansionCauses.TryGetValue(index, out var known)) return known;
        var data = _meta.ExpnData(index);
        Span? cause = null;
        if (data.Kind is not ExpnKind.Macro { F0: MacroKind.Bang } macro || _meta.Text(macro.F1) != "include")
        {
            var site = _meta.DecodeSpan(data.CallSite);
            cause = ContextCause(site.Context) ?? Resolve(site);
        }
        return _expansionCauses.GetOrAdd(index, cause);
    }

    FileEntry File(uint index)
    {
        if (index < (uint)_files.Length && _files[index] is { } known) return known;
        var file = _meta.SourceFile(index);
        return _files[index] = new FileEntry(_tcx.InternSourceFile(Name(file.Name)), file);
    }

    Span Position(uint file, uint at)
    {
        var (index, f) = File(file);
        var lines = f.LineStarts;
        if (lines.Length == 0) return new Span(index, 0, (int)Chars(f, at) + 1);
        var line = Array.BinarySearch(lines, at);
        if (line < 0) line = ~line - 1;
        return new Span(index, line + 1, (int)(Chars(f, at) - Chars(f, lines[line])) + 1);
    }

    /// <summary>Number of chars before a byte of a file.</summary>
    static uint Chars(SourceFile f, uint at)
    {
        var extra = 0u;
        foreach (var c in f.MultibyteChars)
        {
            if (c.Pos >= at) break;
            extra += c.Bytes - 1u;
        }
        return at - extra;
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

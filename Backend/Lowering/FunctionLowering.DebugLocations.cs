using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Lowering;

/// <summary>Source positions: of instructions for line tables, and of callers for panic messages.</summary>
internal sealed partial class FunctionLowering
{
    /// <summary>LIR scope of each MIR scope, -1 until needed. Lexical scopes share their function's.</summary>
    private int[] _scopes = [];

    private void StartDebugInfo()
    {
        if (Options.DebugInfo == 0) return;
        _scopes = new int[_body.Scopes.Length];
        Array.Fill(_scopes, -1);
        _b.AddScope(new LirScope(FileOf(_body.Span), _symbol.Name, _body.Span.Line, -1));
    }

    private string FileOf(Span span) => span.IsDummy ? "" : _tcx.SourceFile(span.File);

    private void SetLocation(SourceInfo info)
    {
        if (Options.DebugInfo == 0) return;
        _b.CurrentLoc = _b.AddLoc(new LirLoc(info.Span.IsDummy ? 0 : info.Span.Line, info.Span.IsDummy ? 0 : info.Span.Column, ScopeOf(info.Scope)));
    }

    private int ScopeOf(int scope)
    {
        if ((uint)scope >= (uint)_scopes.Length) return 0;
        if (_scopes[scope] >= 0) return _scopes[scope];
        var data = _body.Scopes[scope];
        if (data.Inlined is not { } inlined) return _scopes[scope] = data.Parent < 0 ? 0 : ScopeOf(data.Parent);
        int caller = data.Parent < 0 ? 0 : ScopeOf(data.Parent);
        var site = data.InlinedCallSite;
        int at = _b.AddLoc(new LirLoc(site.IsDummy ? 0 : site.Line, site.IsDummy ? 0 : site.Column, caller));
        return _scopes[scope] = _b.AddScope(new LirScope(FileOf(data.Span), NameOf(inlined), data.Span.Line, at));
    }

    private string NameOf(Instance inlined) => _ctx.Names.NameOf(_names?.Of(inlined) ?? inlined);

    /// <summary>
    /// The core::panic::Location of a call's caller: through scopes inlined from track_caller functions outwards; this function's own caller if it is one
    /// itself (rustc's caller_location_span).
    /// </summary>
    private int CallerLocation(SourceInfo info)
    {
        int scope = info.Scope;
        var span = info.Span;
        while ((uint)scope < (uint)_body.Scopes.Length)
        {
            var data = _body.Scopes[scope];
            if (data.Inlined is { } inlined)
            {
                if (!_ctx.RequiresCallerLocation(inlined)) return LocationConstant(span);
                span = data.InlinedCallSite;
            }
            if (data.InlinedParent < 0) break;
            scope = data.InlinedParent;
        }
        return _callerLocation >= 0 ? _callerLocation : LocationConstant(span);
    }

    private int LocationConstant(Span span) => _b.SymbolAddr(Use(_ctx.LocationOf(span)));
}

using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rlib.Tests;

/// <summary>A value of the IR as text, by its public fields and properties and without anything that differs between two sessions.</summary>
internal sealed class Dump(TyCtxt tcx)
{
    private static readonly ConcurrentDictionary<Type, (string Name, Func<object, object?> Get)[]> s_members = new();
    private readonly StringBuilder _out = new();
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);

    public static string Of(TyCtxt tcx, object? value)
    {
        var d = new Dump(tcx);
        d.Add(value);
        return d._out.ToString();
    }

    private void Add(object? value)
    {
        switch (value)
        {
            case null: _out.Append('-'); return;
            case string s: _out.Append('"').Append(s).Append('"'); return;
            case DefId d: _out.Append(d.Krate < 0 ? "none" : tcx.CrateName(d.Krate)).Append('#').Append(d.Index); return;
            case Span s: _out.Append(s.Line == 0 ? "?" : tcx.SourceFile(s.File)).Append(CultureInfo.InvariantCulture, $":{s.Line}:{s.Column}"); return;
            case GlobalAlloc.Static s: _out.Append("static "); Add(s.Def); return;
            case GenericArgs args:
                _out.Append('<');
                foreach (var a in args.Span) { Add(a); _out.Append(' '); }
                _out.Append('>');
                return;
            case Place { Projection: null } p: _out.Append('_').Append(p.Local); return;
            case byte[] b: _out.Append(Convert.ToHexString(b)); return;
            case bool[,] m: foreach (bool b in m) _out.Append(b ? '1' : '0'); return;
        }
        var type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || value is U128 or I128) { _out.Append(Convert.ToString(value, CultureInfo.InvariantCulture)); return; }
        bool tracked = !type.IsValueType;
        // Memory may point back to itself.
        if (tracked && !_open.Add(value)) { _out.Append('^'); return; }
        if (value is IEnumerable list)
        {
            _out.Append('[');
            foreach (object? e in list) { Add(e); _out.Append(' '); }
            _out.Append(']');
        }
        else
        {
            _out.Append(type.Name).Append('{');
            foreach (var (name, get) in s_members.GetOrAdd(type, Members)) { _out.Append(name).Append('='); Add(get(value)); _out.Append(' '); }
            _out.Append('}');
        }
        if (tracked) _open.Remove(value);
    }

    private static (string, Func<object, object?>)[] Members(Type type)
    {
        var members = new List<(string, Func<object, object?>)>();
        foreach (var f in type.GetFields(BindingFlags.Public | BindingFlags.Instance)) members.Add((f.Name, f.GetValue));
        // Interned values carry a number of their session; the section does not keep what only rustc's text shows.
        foreach (var p in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            if (p.GetIndexParameters().Length == 0 && !p.PropertyType.IsByRefLike && p.Name is not ("EqualityContract" or "Id" or "BuiltinDeref" or "NonEnumVariant" or "StatementDebugInfo" or "IsImmutable")) members.Add((p.Name, p.GetValue));
        return [.. members.OrderBy(m => m.Item1, StringComparer.Ordinal)];
    }
}

namespace Mirlink.Difftest.Generate;

public sealed partial class ProgramGenerator
{
    private enum Access : byte { Owned, Ref, RefMut, Slice }

    /// <summary>A local variable in sight.</summary>
    private sealed class Variable(string name, RustType type, Access access, bool mutable)
    {
        public string Name { get; } = name;
        public RustType Type { get; } = type;
        public Access Access { get; } = access;
        public bool Mutable { get; } = mutable;
        /// <summary>Moved away or borrowed for now.</summary>
        public bool Hidden { get; set; }
        /// <summary>The place that holds the value.</summary>
        public string Place => Access is Access.Ref or Access.RefMut ? $"(*{Name})" : Name;
    }

    private List<Variable> _scope = [];
    /// <summary>Variables below this index may be read only: they are borrowed by what is being generated, or in an expression whose order of effects matters.</summary>
    private int _writableFrom;
    private bool _const;
    /// <summary>Pieces that may still be generated; nothing but leaves when it is used up.</summary>
    private int _budget;
    /// <summary>How often what is being generated runs, and what it costs so far.</summary>
    private long _times, _cost;
    private int _loops, _closures;
    private RustType? _return;

    private void NewScope()
    {
        _scope = [];
        _writableFrom = 0;
        _const = false;
        _budget = 60;
        _times = 1;
        _cost = 0;
        _loops = 0;
        _closures = 0;
        _return = null;
    }

    private Variable Add(RustType type, Access access, bool mutable, string prefix = "x")
    {
        var v = new Variable(Fresh(prefix), type, access, mutable);
        _scope.Add(v);
        return v;
    }

    /// <summary>Generates something whose variables are out of sight afterwards.</summary>
    private T Nested<T>(Func<T> generate, bool readOnly = false)
    {
        int count = _scope.Count, writable = _writableFrom;
        // Never 0, which means that a `return` would leave the function itself.
        if (readOnly) _writableFrom = Math.Max(1, count);
        var result = generate();
        _scope.RemoveRange(count, _scope.Count - count);
        _writableFrom = writable;
        return result;
    }

    /// <summary>As <see cref="Nested{T}"/>, for what runs up to so many times.</summary>
    private T Repeated<T>(int times, Func<T> generate, bool readOnly = false)
    {
        long before = _times;
        _times *= times;
        var result = Nested(generate, readOnly);
        _times = before;
        return result;
    }

    private IEnumerable<Variable> Readable(RustType type, Access access = Access.Owned) =>
        _scope.Where(v => !v.Hidden && v.Type.Equals(type) && (access != Access.Slice ? v.Access != Access.Slice : v.Access == Access.Slice));

    private Variable? PickWritable(Func<Variable, bool> wanted)
    {
        var found = _scope.Skip(_writableFrom).Where(v => !v.Hidden && (v.Access == Access.RefMut || v.Access == Access.Owned && v.Mutable) && wanted(v)).ToList();
        return found.Count == 0 ? null : _random.In(found);
    }

    /// <summary>A place of the wanted type inside of a variable, and whether it is one of Copy type all the way; null if there is none in sight.</summary>
    private Code? PlaceOf(RustType type)
    {
        var found = new List<Code>();
        foreach (var v in _scope)
        {
            if (v.Hidden) continue;
            if (v.Access == Access.Slice) continue;
            Places(Code.Text(v.Place), v.Type, type, 3, found);
        }
        if (found.Count == 0) return null;
        // Later variables are more interesting: they were computed.
        return found[Math.Max(_random.Below(found.Count), _random.Below(found.Count))];
    }

    private void Places(Code at, RustType have, RustType want, int depth, List<Code> found)
    {
        if (have.Equals(want)) { found.Add(at); return; }
        if (depth == 0 || found.Count > 24) return;
        switch (have.Kind)
        {
            case TypeKind.Struct:
                foreach (var (name, type) in have.Declaration!.Variants[0].Fields) Places(Code.Plain($"{at}.{name}"), type, want, depth - 1, found);
                break;
            case TypeKind.Tuple:
                for (int i = 0; i < have.Args.Length; i++) Places(Code.Plain($"{at}.{i}"), have.Args[i], want, depth - 1, found);
                break;
            case TypeKind.Array: Places(Code.Plain($"{at}[{Index(have.Number)}]"), have.Element, want, depth - 1, found); break;
            case TypeKind.Box: Places(Code.Plain($"(*{at})"), have.Element, want, depth - 1, found); break;
        }
    }

    /// <summary>An index within bounds; constant, or computed from a variable, rarely from any expression.</summary>
    private Code Index(int length)
    {
        if (_random.Percent(50)) return Code.Expr("usize", "0", $"{_random.Below(length)}");
        var ints = _scope.Where(static v => !v.Hidden && v.Type.IsInt && v.Access != Access.Slice).ToList();
        return ints.Count == 0 ? Code.Expr("usize", "0", $"{_random.Below(length)}") : Code.Expr("usize", "0", $"({_random.In(ints).Place} as usize % {length})");
    }
}

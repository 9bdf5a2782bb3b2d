using Mirlink.Mir;
using Mirlink.Backend.Lir;

namespace Mirlink.Linker.Merging;

/// <summary>What merging found. Removed are functions and data objects that another one stands for.</summary>
public sealed record MergeResult(List<LirFunction> Functions, List<LirData> Data, List<LirFunction> Removed, int RemovedData)
{
    public int RemovedFunctions => Removed.Count;
}

/// <summary>
/// One body for what is one: functions whose LIR is equal, up to calling each other's equals, are merged, and so is constant data (vtables above all). The
/// classes are the coarsest partition that is stable: two functions stay together only while all that they refer to does, so mutually recursive functions merge
/// too. What really differs between instances (drop glue, vtables, type ids) differs in LIR, so that merging is sound by construction.
/// </summary>
/// <remarks>
/// A function whose address is taken outside of a vtable keeps an address of its own: a program could tell. Of a class the symbol whose name sorts first is
/// kept, whatever the order of the input.
/// </remarks>
public static class SymbolMerger
{
    /// <param name="kept">Symbols that something outside of the program's LIR refers to.</param>
    public static MergeResult Merge(List<LirFunction> functions, List<LirData> data, IReadOnlySet<LirSymbol>? kept = null)
    {
        functions.Sort(static (a, b) => string.CompareOrdinal(a.Symbol.Name, b.Symbol.Name));
        data.Sort(static (a, b) => string.CompareOrdinal(a.Symbol.Name, b.Symbol.Name));
        var run = new Run(functions, data, kept);
        run.Refine();
        return run.Apply();
    }

    private sealed class Run
    {
        private readonly List<LirFunction> _functions;
        private readonly List<LirData> _data;
        /// <summary>Number of every symbol: functions first, then data, then whatever else they refer to.</summary>
        private readonly Dictionary<LirSymbol, int> _numbers = new(ReferenceEqualityComparer.Instance);
        private readonly int _count;
        /// <summary>Symbols that each function or data object refers to, one after another; element i's are [_start[i], _start[i+1]).</summary>
        private readonly int[] _start;
        private readonly int[] _references;
        private readonly IReadOnlySet<LirSymbol>? _kept;
        private int[] _class;

        public Run(List<LirFunction> functions, List<LirData> data, IReadOnlySet<LirSymbol>? kept)
        {
            _kept = kept;
            _functions = functions;
            _data = data;
            _count = functions.Count + data.Count;
            foreach (var f in functions) _numbers.Add(f.Symbol, _numbers.Count);
            foreach (var d in data) _numbers.Add(d.Symbol, _numbers.Count);

            _start = new int[_count + 1];
            var references = new List<int>();
            for (int i = 0; i < _count; i++)
            {
                _start[i] = references.Count;
                if (i < functions.Count) foreach (var s in functions[i].Symbols) references.Add(NumberOf(s));
                else foreach (var r in data[i - functions.Count].Relocs) references.Add(NumberOf(r.Target));
            }
            _start[_count] = references.Count;
            _references = [.. references];
            _class = FirstClasses();
        }

        private int NumberOf(LirSymbol s)
        {
            if (!_numbers.TryGetValue(s, out int n)) _numbers.Add(s, n = _numbers.Count);
            return n;
        }

        /// <summary>By hash, for what may merge; a class of its own for everything else.</summary>
        private int[] FirstClasses()
        {
            var pinned = AddressTaken();
            var classes = new int[_numbers.Count];
            var byHash = new Dictionary<U128, int>();
            int next = 0;
            for (int i = 0; i < classes.Length; i++)
            {
                bool mergeable = i < _count && !pinned[i] && (i < _functions.Count ? MayMerge(_functions[i]) : MayMerge(_data[i - _functions.Count]));
                if (!mergeable) { classes[i] = next++; continue; }
                var hash = i < _functions.Count ? LirIdentity.Of(_functions[i]) : LirIdentity.Of(_data[i - _functions.Count]);
                if (!byHash.TryGetValue(hash, out int c)) byHash.Add(hash, c = next++);
                classes[i] = c;
            }
            return classes;
        }

        private static bool MayMerge(LirFunction f) => f.Symbol.Linkage == LirLinkage.Hidden && (f.Flags & LirFunctionFlags.Naked) == 0 && f.Section is null;

        private static bool MayMerge(LirData d) => d is { UnnamedAddr: true, Kind: LirDataKind.ReadOnly, Used: false, Section: null } && d.Symbol.Linkage == LirLinkage.Hidden;

        /// <summary>Functions whose address is a value somewhere: in code, or in data that is no vtable.</summary>
        private bool[] AddressTaken()
        {
            var taken = new bool[_count];
            void Take(LirSymbol s) { if (s.Kind == LirSymbolKind.Function && _numbers.TryGetValue(s, out int n) && n < _functions.Count) taken[n] = true; }
            foreach (var f in _functions)
            {
                foreach (ref readonly var i in f.Insts.AsSpan()) if (i.Op == LirOp.SymbolAddr) Take(f.Symbols[i.A]);
                foreach (var asm in f.Asms) foreach (var o in asm.Operands) if (o.Symbol >= 0) Take(f.Symbols[o.Symbol]);
            }
            foreach (var d in _data) if (!d.IsVtable) foreach (var r in d.Relocs) Take(r.Target);
            foreach (var s in _kept ?? new HashSet<LirSymbol>()) if (_numbers.TryGetValue(s, out int n) && n < _count) taken[n] = true;
            return taken;
        }

        /// <summary>Splits classes until what their members refer to is in the same classes too.</summary>
        public void Refine()
        {
            int classes = Count(_class);
            while (true)
            {
                var next = new int[_class.Length];
                var byKey = new Dictionary<Key, int>();
                for (int i = 0; i < _class.Length; i++)
                {
                    var key = new Key(this, i);
                    if (!byKey.TryGetValue(key, out int c)) byKey.Add(key, c = byKey.Count);
                    next[i] = c;
                }
                _class = next;
                if (byKey.Count == classes) return;
                classes = byKey.Count;
            }
        }

        private static int Count(int[] classes)
        {
            int max = -1;
            foreach (int c in classes) max = Math.Max(max, c);
            return max + 1;
        }

        /// <summary>A symbol's class and those of what it refers to.</summary>
        private readonly struct Key : IEquatable<Key>
        {
            private readonly Run _run;
            private readonly int _symbol;
            private readonly int _hash;

            public Key(Run run, int symbol)
            {
                _run = run;
                _symbol = symbol;
                var h = new HashCode();
                h.Add(run._class[symbol]);
                foreach (int r in References) h.Add(run._class[r]);
                _hash = h.ToHashCode();
            }

            private ReadOnlySpan<int> References => _symbol < _run._count ? _run._references.AsSpan(_run._start[_symbol].._run._start[_symbol + 1]) : default;

            public bool Equals(Key other)
            {
                if (_hash != other._hash || _run._class[_symbol] != _run._class[other._symbol]) return false;
                var a = References;
                var b = other.References;
                if (a.Length != b.Length) return false;
                for (int i = 0; i < a.Length; i++) if (_run._class[a[i]] != _run._class[b[i]]) return false;
                return true;
            }

            public override bool Equals(object? obj) => obj is Key k && Equals(k);
            public override int GetHashCode() => _hash;
        }

        public MergeResult Apply()
        {
            // The lists are sorted by name: the first of a class is its representative.
            var representative = new int[Count(_class)];
            Array.Fill(representative, -1);
            for (int i = 0; i < _count; i++) if (representative[_class[i]] < 0) representative[_class[i]] = i;

            var functions = new List<LirFunction>();
            var data = new List<LirData>();
            var removed = new List<LirFunction>();
            for (int i = 0; i < _count; i++)
            {
                bool kept = representative[_class[i]] == i;
                if (i < _functions.Count)
                {
                    if (kept) functions.Add(Redirected(_functions[i], representative));
                    else removed.Add(_functions[i]);
                }
                else if (kept)
                {
                    data.Add(Redirected(_data[i - _functions.Count], representative));
                }
            }
            return new MergeResult(functions, data, removed, _data.Count - data.Count);
        }

        private LirSymbol StandIn(LirSymbol s, int[] representative)
        {
            int n = _numbers[s];
            if (n >= _count) return s;
            int r = representative[_class[n]];
            return r < _functions.Count ? _functions[r].Symbol : _data[r - _functions.Count].Symbol;
        }

        private LirFunction Redirected(LirFunction f, int[] representative)
        {
            var symbols = Array.ConvertAll(f.Symbols, s => StandIn(s, representative));
            return symbols.AsSpan().SequenceEqual(f.Symbols) ? f : f.WithSymbols(symbols);
        }

        private LirData Redirected(LirData d, int[] representative)
        {
            var relocs = Array.ConvertAll(d.Relocs, r => r with { Target = StandIn(r.Target, representative) });
            return relocs.AsSpan().SequenceEqual(d.Relocs) ? d : d.WithRelocs(relocs);
        }
    }
}

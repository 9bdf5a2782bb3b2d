using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Mirlink.Mir.Text;

/// <summary>The memory that a body's constants point to, as a hex dump with the targets of pointers.</summary>
public sealed partial class MirPrinter
{
    private const int BytesPerLine = 16, PointerSize = 8;

    private readonly Dictionary<GlobalAlloc, int> _allocs = new(ReferenceEqualityComparer.Instance);

    private int Number(GlobalAlloc alloc)
    {
        if (!_allocs.TryGetValue(alloc, out int n)) _allocs.Add(alloc, n = _allocs.Count);
        return n;
    }

    private string Name(GlobalAlloc alloc) => string.Create(CultureInfo.InvariantCulture, $"alloc{Number(alloc)}");

    /// <summary>The allocation that a name in printed text stands for.</summary>
    public GlobalAlloc? AllocationOf(int number)
    {
        foreach (var (alloc, n) in _allocs) if (n == number) return alloc;
        return null;
    }

    private void Allocations()
    {
        var seen = new HashSet<GlobalAlloc>(ReferenceEqualityComparer.Instance);
        ForEachConstant(_body, c =>
        {
            if (c is not MirConst.Val { Value: var v }) return;
            var alloc = v switch { ConstValue.Pointer p => p.Alloc, ConstValue.Slice s => s.Alloc, ConstValue.Indirect i => i.Alloc, _ => null };
            if (alloc is not null) seen.Add(alloc);
        });
        if (seen.Count == 0) return;
        var todo = new List<GlobalAlloc>(seen);
        todo.Sort((x, y) => Number(x).CompareTo(Number(y)));
        while (todo.Count > 0)
        {
            var alloc = todo[^1];
            todo.RemoveAt(todo.Count - 1);
            _out.Append('\n').Append(Name(alloc)).Append(" (");
            Allocation? memory = null;
            switch (alloc)
            {
                case GlobalAlloc.Function f: _out.Append("fn: "); _paths.Instance(f.Instance); _out.Append(')'); break;
                case GlobalAlloc.VTable v:
                    _out.Append("vtable: impl ");
                    // the text has the bounds without the word before them
                    int from = _out.Length;
                    _paths.Type(v.Dyn);
                    _out.Remove(from, "dyn ".Length).Append(" for ");
                    _paths.Type(v.Ty);
                    _out.Append(')');
                    break;
                case GlobalAlloc.TypeId t: _out.Append("typeid for "); _paths.Type(t.Ty); _out.Append(')'); break;
                case GlobalAlloc.Static s when _tcx.IsForeignItem(s.Def): _out.Append("extern static: "); _paths.DefPathStr(s.Def, []); _out.Append(')'); break;
                case GlobalAlloc.Static s:
                    _out.Append("static: ");
                    _paths.DefPathStr(s.Def, []);
                    memory = IsTooEarlyForStatics() ? null : _tcx.Crate(s.Def).StaticInitializer(s.Def.Index);
                    _out.Append(memory is null ? ")" : ", ");
                    break;
                case GlobalAlloc.Memory m: memory = m.Allocation; break;
            }
            if (memory is not null)
            {
                for (int i = memory.Relocations.Length - 1; i >= 0; i--) if (seen.Add(memory.Relocations[i].Target)) todo.Add(memory.Relocations[i].Target);
                Dump(memory);
            }
            _out.Append('\n');
        }
    }

    /// <summary>Statics may refer to each other: what they hold is not known yet while constants are evaluated.</summary>
    private bool IsTooEarlyForStatics()
    {
        if (_body.Phase > MirPhase.RuntimePostCleanup) return false;
        var kind = _tcx.DefKind(_body.Def);
        return kind is DefKind.Const or DefKind.AssocConst or DefKind.AnonConst or DefKind.InlineConst or DefKind.Static || _tcx.Crate(_body.Def).IsConstFn(_body.Def.Index);
    }

    /// <summary>Every constant of a body, in the order of rustc's visitor.</summary>
    private static void ForEachConstant(Body body, Action<MirConst> found)
    {
        void Of(Operand o) { if (o.Kind == OperandKind.Constant) found(o.Constant!.Const); }
        foreach (var block in body.Blocks)
        {
            foreach (var s in block.Statements)
            {
                foreach (var o in s.Operands ?? []) Of(o);
                switch (s.Rvalue)
                {
                    case Rvalue.Use r: Of(r.Operand); break;
                    case Rvalue.Repeat r: Of(r.Operand); break;
                    case Rvalue.Cast r: Of(r.Operand); break;
                    case Rvalue.BinaryOp r: Of(r.Left); Of(r.Right); break;
                    case Rvalue.UnaryOp r: Of(r.Operand); break;
                    case Rvalue.WrapUnsafeBinder r: Of(r.Operand); break;
                    case Rvalue.Aggregate r: foreach (var o in r.Operands) Of(o); break;
                }
            }
            switch (block.Terminator)
            {
                case Mir.Terminator.SwitchInt t: Of(t.Discr); break;
                case Mir.Terminator.Call t: Of(t.Func); foreach (var o in t.Args) Of(o); break;
                case Mir.Terminator.TailCall t: Of(t.Func); foreach (var o in t.Args) Of(o); break;
                case Mir.Terminator.Assert t: Of(t.Cond); foreach (var o in t.Operands) Of(o); break;
                case Mir.Terminator.Yield t: Of(t.Value); break;
                case Mir.Terminator.InlineAsm t:
                    foreach (var o in t.Operands)
                    {
                        if (o.In is { } i) Of(i);
                        if (o.Const is { } c) found(c.Const);
                    }
                    break;
            }
        }
        foreach (var v in body.VarDebugInfo) if (v.Const is { } c) found(c.Const);
        foreach (var c in body.RequiredConsts) found(c.Const);
    }

    private void Dump(Allocation a)
    {
        _out.Append(CultureInfo.InvariantCulture, $"size: {a.Size}, align: {a.Align})");
        if (a.Size == 0)
        {
            _out.Append(" {}");
            return;
        }
        _out.Append(" {\n");
        bool numbered = a.Size > BytesPerLine;
        int width = a.Size.ToString("x", CultureInfo.InvariantCulture).Length;
        var ascii = new StringBuilder();
        int lineStart = 0, relocation = 0;
        void Start() => _out.Append(numbered ? $"    0x{lineStart.ToString("x" + width, CultureInfo.InvariantCulture)} │ " : "    ");
        void End()
        {
            _out.Append(' ', 3 * (BytesPerLine - ascii.Length)).Append(" │ ").Append(ascii).Append('\n');
            ascii.Clear();
        }
        void Next()
        {
            End();
            lineStart += BytesPerLine;
            Start();
        }
        static string Centered(string text, int columns) => text.Length >= columns ? text : new string('─', (columns - text.Length) / 2) + text + new string('─', columns - text.Length - (columns - text.Length) / 2);
        static string Oversized(string text, int columns) => text.Length > columns ? text + " (8 ptr bytes)" : text;

        Start();
        for (int i = 0; i < a.Size;)
        {
            if (i != lineStart) _out.Append(' ');
            if (relocation < a.Relocations.Length && a.Relocations[relocation].Offset == i)
            {
                var r = a.Relocations[relocation++];
                ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(a.Bytes.AsSpan(i));
                const int full = (PointerSize - 1) * 3;
                string target = _paths.PointerText(Name(r.Target), offset, r.IsImmutable);
                if (target.Length > full) target = _paths.PointerText("a" + Number(r.Target).ToString(CultureInfo.InvariantCulture), offset, r.IsImmutable);
                if (i - lineStart + PointerSize > BytesPerLine)
                {
                    // begins in this line, ends in the next
                    int here = BytesPerLine - (i - lineStart), there = PointerSize - here;
                    int hereColumns = here * 3 - 2, thereColumns = (there - 1) * 3 + 1;
                    ascii.Append('╾').Append('─', here - 1);
                    if (thereColumns > hereColumns && thereColumns >= target.Length)
                    {
                        _out.Append('╾').Append('─', hereColumns);
                        Next();
                        _out.Append(Centered(target, thereColumns)).Append('╼');
                    }
                    else
                    {
                        _out.Append('╾').Append(Centered(Oversized(target, hereColumns), hereColumns));
                        Next();
                        _out.Append('─', thereColumns).Append('╼');
                    }
                    ascii.Append('─', there - 1).Append('╼');
                    i += PointerSize;
                    continue;
                }
                _out.Append('╾').Append(Centered(Oversized(target, full), full)).Append('╼');
                ascii.Append('╾').Append('─', PointerSize - 2).Append('╼');
                i += PointerSize;
            }
            else
            {
                if (a.Init is { } init && !init[i])
                {
                    _out.Append("__");
                    ascii.Append('░');
                }
                else
                {
                    byte b = a.Bytes[i];
                    _out.Append(b.ToString("x2", CultureInfo.InvariantCulture));
                    ascii.Append(b is < 0x20 or >= 0x7f ? '.' : (char)b);
                }
                i++;
            }
            if (i == lineStart + BytesPerLine && i != a.Size) Next();
        }
        End();
        _out.Append('}');
    }
}

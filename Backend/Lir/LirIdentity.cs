using System.IO.Hashing;
using System.Runtime.InteropServices;
using Mirlink.Mir;

namespace Mirlink.Backend.Lir;

/// <summary>
/// The canonical hash of a function or data object: everything that its machine code or bytes depend on, except which symbols it refers to. Symbols are left
/// out so that the caller can say which of them count as equal; debug locations are, since two functions that differ in them alone do the same.
/// </summary>
public static class LirIdentity
{
    /// <summary>Collects integers for hashing; field by field, as the padding of structs is anything.</summary>
    private readonly struct Sink
    {
        // One object is hashed at a time by a thread.
        [ThreadStatic] private static List<long>? t_words;
        private readonly List<long> _words;
        public Sink()
        {
            _words = t_words ??= new List<long>(4096);
            _words.Clear();
        }

        public void Add(long word) => _words.Add(word);
        public void Add(string? text)
        {
            _words.Add(text?.Length ?? -1);
            if (text is not null) foreach (char c in text) _words.Add(c);
        }
        public void AddWide(U128 v) { _words.Add((long)v.Low); _words.Add((long)v.High); }
        public U128 Hash() => HashOf(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_words)));
    }

    private static U128 HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(bytes, hash);
        return U128.Read(hash);
    }

    private static long Word(LirType t) => (long)t.Scalar << 16 | t.Lanes;

    public static U128 Of(LirFunction f)
    {
        var s = new Sink();
        Add(s, f.Signature);
        s.Add((long)f.Flags);
        s.Add(f.TargetFeatures);
        s.Add(f.Section);
        s.Add(f.Align);
        s.Add(f.Slots.Length);
        foreach (var slot in f.Slots) { s.Add((long)slot.Size); s.Add(slot.Align); }
        s.Add(f.Vars.Length);
        foreach (var v in f.Vars) s.Add(Word(v));
        s.Add(f.Blocks.Length);
        foreach (var b in f.Blocks) { s.Add(b.End); s.Add(b.Cold ? 1 : 0); }
        foreach (ref readonly var i in f.Insts.AsSpan())
        {
            s.Add((long)i.Op << 48 | (long)i.Flags << 32 | Word(i.Type));
            s.Add((long)i.A << 32 | (uint)i.B);
            s.Add(i.C);
            s.Add(i.Op == LirOp.IConst && DeliberateFault.Is(Fault.MergeDifferentConstants) ? 0 : i.Imm);
        }
        s.Add(f.Pool.Length);
        foreach (int p in f.Pool) s.Add(p);
        s.Add(f.Signatures.Length);
        foreach (var sig in f.Signatures) Add(s, sig);
        foreach (ulong w in f.WideHigh) s.Add((long)w);
        s.Add(f.SwitchValues.Length);
        foreach (var v in f.SwitchValues) s.AddWide(v);
        s.Add(f.Ranges.Length);
        foreach (var r in f.Ranges) { s.AddWide(r.Lo); s.AddWide(r.Hi); }
        s.Add(f.Strings.Length);
        foreach (string t in f.Strings) s.Add(t);
        s.Add(f.Asms.Length);
        foreach (var a in f.Asms) Add(s, a);
        s.Add(f.Symbols.Length);
        return s.Hash();
    }

    public static U128 Of(LirData d)
    {
        var s = new Sink();
        s.Add((long)d.Kind);
        s.Add(d.Align);
        s.Add(d.Section);
        s.Add(d.Used ? 1 : 0);
        s.Add(d.UnnamedAddr ? 1 : 0);
        s.Add(d.Bytes.Length);
        s.AddWide(HashOf(d.Bytes));
        s.Add(d.Relocs.Length);
        foreach (var r in d.Relocs) { s.Add(r.Offset); s.Add(r.Addend); }
        return s.Hash();
    }

    private static void Add(Sink s, LirSignature sig)
    {
        s.Add((long)sig.CallConv << 1 | (sig.Variadic ? 1L : 0));
        s.Add(sig.Params.Length);
        foreach (var p in sig.Params) Add(s, p);
        s.Add(sig.Returns.Length);
        foreach (var r in sig.Returns) Add(s, r);
    }

    private static void Add(Sink s, LirParam p)
    {
        s.Add(Word(p.Type));
        s.Add((long)p.Flags << 32 | p.Align);
        s.Add((long)p.Dereferenceable);
        s.Add((long)p.PointeeSize);
        if (p.Range is not { } range) { s.Add(0); return; }
        s.Add(1);
        s.AddWide(range.Lo);
        s.AddWide(range.Hi);
    }

    private static void Add(Sink s, LirInlineAsm a)
    {
        s.Add((long)a.Options);
        s.Add(a.Template.Length);
        foreach (var t in a.Template) { s.Add(t.Text); s.Add(t.Operand); s.Add(t.Modifier); }
        s.Add(a.Operands.Length);
        foreach (var o in a.Operands)
        {
            s.Add((long)o.Kind);
            s.Add(o.Register);
            s.Add(o.Class);
            s.Add(Word(o.Type));
            s.Add(o.Text);
            s.Add(o.Symbol);
        }
    }
}

using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

/// <summary>Decodes what <see cref="RecordWriter"/> wrote. Reading past the end, or a tag that does not exist, is corruption: an error that names the file.</summary>
internal sealed partial class RecordReader(RlibCrate crate, ReadOnlyMemory<byte> record)
{
    private readonly List<object> _types = [];
    private int _at;
    private int _previousLine;
    private Interner Interner => crate.Tcx.Interner;

    public MirlinkException Corrupt(string what) => crate.Corrupt(what);

    public byte Byte() => _at < record.Length ? record.Span[_at++] : throw Corrupt("a record ends early");

    public bool Bool() => Byte() switch { 0 => false, 1 => true, _ => throw Corrupt("a truth value is neither 0 nor 1") };

    public ulong Uint()
    {
        ulong v = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = Byte();
            v |= (ulong)(b & 0x7f) << shift;
            if ((b & 0x80) == 0) return v;
        }
        throw Corrupt("an integer is too long");
    }

    public U128 Uint128()
    {
        ulong low = 0, high = 0;
        for (int shift = 0; shift < 133; shift += 7)
        {
            byte b = Byte();
            ulong part = (ulong)(b & 0x7f);
            if (shift < 64) low |= part << shift;
            if (shift > 57) high |= shift < 64 ? part >> (64 - shift) : part << (shift - 64);
            if ((b & 0x80) == 0) return new U128(high, low);
        }
        throw Corrupt("an integer is too long");
    }

    public ulong Fixed64()
    {
        if (record.Length - _at < 8) throw Corrupt("a record ends early");
        ulong v = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(record.Span[_at..]);
        _at += 8;
        return v;
    }

    public Hash128 Fixed128() => new(Fixed64(), Fixed64());

    public bool? Tristate() => Byte() switch { 0 => null, 1 => false, 2 => true, _ => throw Corrupt("an optional truth value is none") };

    /// <summary>Called where things nest in themselves: bad input may not overflow the stack.</summary>
    private void EnterRecursion()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Corrupt("something is nested too deeply");
    }

    public int Int()
    {
        ulong v = Uint();
        return v <= uint.MaxValue ? (int)(uint)v : throw Corrupt("a number is too large");
    }

    public int Index() => Int() - 1;

    public int Signed()
    {
        uint v = (uint)Int();
        return (int)(v >> 1) ^ -(int)(v & 1);
    }

    /// <summary>A count of things that take at least a byte each: bounded by what is left, so that bad input cannot ask for much memory.</summary>
    public int Count()
    {
        int n = Int();
        return (uint)n <= (uint)(record.Length - _at) ? n : throw Corrupt("a count is larger than its record");
    }

    public string String()
    {
        int n = Count();
        var s = Encoding.UTF8.GetString(record.Span.Slice(_at, n));
        _at += n;
        return s;
    }

    public string? OptString() => Bool() ? String() : null;

    public byte[] Blob()
    {
        int n = Count();
        var b = record.Span.Slice(_at, n).ToArray();
        _at += n;
        return b;
    }

    public DefId Def()
    {
        int krate = Int(), index = Int();
        return new DefId(crate.SessionCrate(krate), index);
    }

    public DefId? OptDef() => Bool() ? Def() : null;

    public GlobalAlloc Alloc() => crate.AllocAt(Int());

    public Span Span()
    {
        int file = Index();
        if (file < 0) return Mir.Span.Dummy;
        _previousLine += Signed();
        return new Span(crate.SessionFile(file), _previousLine, Int());
    }

    public T[] Array<T>(Func<T> each)
    {
        int n = Count();
        if (n == 0) return [];
        var a = new T[n];
        for (int i = 0; i < n; i++) a[i] = each();
        return a;
    }

    /// <summary>An enumeration's values by number; the framework's own way from one to the other is slow, and most of what is read are such numbers.</summary>
    private static class Values<T> where T : struct, Enum
    {
        public static readonly T[] All = new T[byte.MaxValue + 1];
        public static readonly bool[] Defined = new bool[byte.MaxValue + 1];

        static Values()
        {
            for (int i = 0; i < All.Length; i++)
            {
                All[i] = (T)System.Enum.ToObject(typeof(T), (byte)i);
                Defined[i] = System.Enum.IsDefined(All[i]);
            }
        }
    }

    public T Enum<T>() where T : struct, Enum
    {
        byte b = Byte();
        return Values<T>.Defined[b] ? Values<T>.All[b] : throw Corrupt($"{b} is no {typeof(T).Name}");
    }

    private T? OptEnum<T>() where T : struct, Enum
    {
        int i = Index();
        if (i < 0) return null;
        return i <= byte.MaxValue && Values<T>.Defined[i] ? Values<T>.All[i] : throw Corrupt($"{i} is no {typeof(T).Name}");
    }
}

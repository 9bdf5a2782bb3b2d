using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>
/// A cursor over one node of a crate's metadata: primitives of rustc_serialize's opaque decoder, and the codecs that rustc writes by hand
/// (rustc_metadata/src/rmeta/decoder.rs, rustc_middle/src/ty/codec.rs). Every read is checked against the end of the blob.
/// </summary>
public sealed unsafe partial class MetadataDecoder
{
    readonly byte* _start;
    readonly byte* _end;
    byte* _at;

    /// <summary>Where the next lazy's distance counts from; backwards from the node's start for the first, forwards after.</summary>
    uint _lazyFrom;
    bool _lazySeen;

    internal readonly CrateMetadata Crate;
    internal readonly Release Release;

    internal MetadataDecoder(CrateMetadata crate, uint position)
    {
        Crate = crate;
        Release = crate.Release;
        _start = crate.Blob.Start;
        _end = _start + crate.Blob.Length;
        if (position >= crate.Blob.Length) Corrupt("a position past the end");
        _at = _start + position;
        _lazyFrom = position;
    }

    /// <summary>Position of the next byte.</summary>
    public uint Position => (uint)(_at - _start);

    [DoesNotReturn]
    internal void Corrupt(string what) =>
        throw new MirlinkException($"crate metadata `{Crate.Blob.Path}` is damaged: {what} at byte {Position}") { Help = MetadataBlob.RebuildIt };

    /// <summary>Called where values nest in themselves: hostile input must not overflow the stack.</summary>
    internal void EnterRecursion()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) Corrupt("values nested too deeply");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadU8()
    {
        if (_at >= _end) Corrupt("unexpected end");
        return *_at++;
    }

    public sbyte ReadI8() => (sbyte)ReadU8();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadBool()
    {
        var b = ReadU8();
        if (b > 1) Corrupt("a bool or option that is neither 0 nor 1");
        return b != 0;
    }

    /// <summary>The tag of an enum with that many variants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadTag(int variants)
    {
        var b = ReadU8();
        if (b >= variants) Corrupt("an unknown enum tag");
        return b;
    }

    byte* Take(ulong n)
    {
        if (n > (ulong)(_end - _at)) Corrupt("unexpected end");
        var p = _at;
        _at += n;
        return p;
    }

    public ReadOnlySpan<byte> ReadRaw(ulong n) => new(Take(n), (int)n);

    public ushort ReadU16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadRaw(2));

    public short ReadI16() => BinaryPrimitives.ReadInt16LittleEndian(ReadRaw(2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadU32()
    {
        if (_at < _end && *_at < 0x80) return *_at++;
        var v = ReadU64Slow();
        if (v > uint.MaxValue) Corrupt("a number beyond 32 bits");
        return (uint)v;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadU64() => _at < _end && *_at < 0x80 ? *_at++ : ReadU64Slow();

    ulong ReadU64Slow()
    {
        ulong v = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = ReadU8();
            v |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return v;
        }
        Corrupt("a number beyond 64 bits");
        return 0;
    }

    public U128 ReadU128()
    {
        ulong low = 0, high = 0;
        for (var shift = 0; shift < 133; shift += 7)
        {
            var b = ReadU8();
            ulong part = b & 0x7fu;
            if (shift < 64) low |= part << shift;
            if (shift > 57) high |= shift < 64 ? part >> (64 - shift) : part << (shift - 64);
            if (b < 0x80) return new U128(high, low);
        }
        Corrupt("a number beyond 128 bits");
        return 0;
    }

    public I128 ReadI128()
    {
        U128 v = 0;
        for (var shift = 0; shift < 133; shift += 7)
        {
            var b = ReadU8();
            v |= (U128)(uint)(b & 0x7f) << shift;
            if (b >= 0x80) continue;
            if ((b & 0x40) != 0 && shift + 7 < 128) v |= U128.MaxValue << (shift + 7);
            return (I128)v;
        }
        Corrupt("a number beyond 128 bits");
        return 0;
    }

    public long ReadI64()
    {
        long v = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = ReadU8();
            v |= (long)(b & 0x7f) << shift;
            if (b >= 0x80) continue;
            if ((b & 0x40) != 0 && shift + 7 < 64) v |= -1L << (shift + 7);
            return v;
        }
        Corrupt("a number beyond 64 bits");
        return 0;
    }

    public int ReadI32() => (int)ReadI64();

    public uint ReadChar()
    {
        var c = ReadU32();
        if (c > 0x10ffff || c is >= 0xd800 and < 0xe000) Corrupt("an invalid char");
        return c;
    }

    /// <summary>A sequence length; no element is smaller than a byte, except for units, of which there are never many.</summary>
    public int ReadLength()
    {
        var n = ReadU64();
        if (n > (ulong)(_end - _at)) Corrupt("a length past the end");
        return (int)n;
    }

    public byte[] ReadBytes() => ReadRaw(ReadU64()).ToArray();

    internal const byte EndOfStr = 0xc1;

    /// <summary>The bytes of a string, without its sentinel.</summary>
    ReadOnlySpan<byte> StringBytes(byte sentinel)
    {
        var bytes = ReadRaw(ReadU64());
        if (ReadU8() != sentinel) Corrupt("a string without its end mark");
        return bytes;
    }

    public string ReadStr() => Encoding.UTF8.GetString(StringBytes(EndOfStr));

    public void SkipStr() => StringBytes(EndOfStr);

    public Never ReadNever()
    {
        Corrupt("a value of an uninhabited type");
        return null;
    }

    // ---- lazies ----

    uint ReadLazyPosition()
    {
        var distance = ReadU64();
        var p = _lazySeen ? _lazyFrom + distance : _lazyFrom - distance;
        if (p == 0 || p >= Crate.Blob.Length) Corrupt("a lazy position outside of the blob");
        _lazySeen = true;
        _lazyFrom = (uint)p;
        return (uint)p;
    }

    public LazyValue<T> ReadLazyValue<T>() => new(ReadLazyPosition());

    public LazyArray<T> ReadLazyArray<T>()
    {
        var n = ReadLength32();
        return n == 0 ? default : new(ReadLazyPosition(), n);
    }

    uint ReadLength32()
    {
        var n = ReadU64();
        if (n > Crate.Blob.Length) Corrupt("a length past the end");
        return (uint)n;
    }

    public LazyTable ReadLazyTable()
    {
        var width = ReadU64();
        if (width > 16) Corrupt("a table row wider than 16 bytes");
        var rows = ReadLength32();
        var p = ReadLazyPosition();
        if ((ulong)p + width * rows > Crate.Blob.Length) Corrupt("a table past the end");
        return new LazyTable(p, (uint)width, rows);
    }

    // ---- types ----

    /// <summary>A type: a tag byte, or (high bit set) the position of an earlier one plus 0x80.</summary>
    public TyKind ReadTy()
    {
        if (_at >= _end || *_at < 0x80) return TyKind.Decode(this);
        var p = ReadShorthand();
        if (Crate.TyCache.TryGetValue(p, out var known)) return known;
        var back = _at;
        _at = _start + p;
        Open(p);
        var ty = TyKind.Decode(this);
        _openCount--;
        _at = back;
        return Crate.TyCache.GetOrAdd(p, ty);
    }

    /// <summary>Where the types and predicates begin that are being read and were reached by shorthand, outermost first.</summary>
    uint[] _open = [];
    int _openCount;

    /// <summary>Called before something that a shorthand leads to is read: it may lie inside of what is being read, and may not be it.</summary>
    void Open(uint position)
    {
        EnterRecursion();
        for (var i = 0; i < _openCount; i++)
            if (_open[i] == position) Corrupt("a type that contains itself");
        if (_openCount == MaxOpen) Corrupt("values nested too deeply");
        if (_openCount == _open.Length) Array.Resize(ref _open, Math.Max(8, 2 * _openCount));
        _open[_openCount++] = position;
    }

    /// <summary>rustc's own limit is 128, and seldom raised to more than ten times that.</summary>
    const int MaxOpen = 1 << 14;

    public void SkipTy()
    {
        if (_at < _end && *_at >= 0x80) ReadShorthand();
        else TyKind.Decode(this);
    }

    uint ReadShorthand()
    {
        var here = Position;
        var v = ReadU64();
        if (v < 0x80 || v - 0x80 >= here) Corrupt("a shorthand that does not point backwards");
        return (uint)(v - 0x80);
    }

    /// <summary>Also a Clause: bound variables first, then a kind or its shorthand.</summary>
    public Predicate ReadPredicate()
    {
        var vars = Codec.Array_BoundVariableKind(this);
        if (_at >= _end || *_at < 0x80) return new Predicate(vars, PredicateKind.Decode(this));
        var p = ReadShorthand();
        if (Crate.PredicateCache.TryGetValue(p, out var known)) return new Predicate(vars, known);
        var back = _at;
        _at = _start + p;
        Open(p);
        var kind = PredicateKind.Decode(this);
        _openCount--;
        _at = back;
        return new Predicate(vars, Crate.PredicateCache.GetOrAdd(p, kind));
    }

    public GenericArg ReadGenericArg() => ReadTag(3) switch
    {
        0 => RegionKind.Decode(this),
        1 => ReadTy(),
        _ => ConstKind.Decode(this),
    };

    public GenericArg ReadTerm() => ReadTag(2) == 0 ? ReadTy() : ConstKind.Decode(this);

    public ScalarInt ReadScalarInt()
    {
        var size = ReadU8();
        if (size is 0 or > 16) Corrupt("an integer of no or more than 16 bytes");
        var bytes = ReadRaw(size);
        ulong low = 0, high = 0;
        for (var i = 0; i < size; i++)
        {
            if (i < 8) low |= (ulong)bytes[i] << (i * 8);
            else high |= (ulong)bytes[i] << (i * 8 - 64);
        }
        return new ScalarInt(new U128(high, low), size);
    }

    // ---- identities ----

    public DefId ReadDefId()
    {
        var krate = ReadU32();
        return new DefId(krate, ReadU32());
    }

    public ExpnId ReadExpnId()
    {
        var krate = ReadU32();
        return new ExpnId(krate, ReadU32());
    }

    public AllocId ReadAllocId() => new(ReadU32());

    public ulong ReadHash64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadRaw(8));

    public Fingerprint ReadFingerprint()
    {
        var a = ReadHash64();
        return new Fingerprint(a, ReadHash64());
    }

    /// <summary>A symbol: text in place, the position of earlier text, or an index into the compiler's own table.</summary>
    public Symbol ReadSymbol()
    {
        switch (ReadTag(3))
        {
            case 0:
                var here = Position;
                SkipStr();
                return new Symbol(here);
            case 1:
                var p = ReadU32();
                if (p >= Crate.Blob.Length) Corrupt("a symbol past the end");
                return new Symbol(p);
            default:
                var index = ReadU32();
                if (index >= (uint)Releases.PredefinedSymbols(Release).Count) Corrupt("an unknown predefined symbol");
                return new Symbol(index | Symbol.Predefined);
        }
    }

    public byte[] ReadByteSymbol()
    {
        switch (ReadTag(3))
        {
            case 0: return StringBytes(0xc2).ToArray();
            case 1:
                var p = ReadU32();
                return new MetadataDecoder(Crate, p).StringBytes(0xc2).ToArray();
            default:
                var index = ReadU32();
                if (index >= (uint)Releases.PredefinedSymbols(Release).Count) Corrupt("an unknown predefined symbol");
                return Encoding.UTF8.GetBytes(Releases.PredefinedSymbols(Release)[(int)index]);
        }
    }

    public string ReadTargetTuple()
    {
        if (ReadTag(2) == 0) return ReadStr();
        var tuple = ReadStr();
        SkipStr();
        return tuple;
    }

    public (byte, byte) ReadTargetModifierOption()
    {
        var a = ReadU8();
        return (a, ReadU8());
    }

    /// <summary>The odht hash table of def path hashes: not needed, as items are found by name.</summary>
    public Unit ReadDefPathHashMap()
    {
        ReadRaw(ReadU64());
        return default;
    }
}

using Mirlink.Mir;

namespace Mirlink.Rustc.Metadata.Raw;

/// <summary>Evaluated constants and statics (rustc_middle/src/mir/interpret).</summary>
public sealed unsafe partial class MetadataDecoder
{
    const ulong MaxAllocation = 1UL << 31;

    public Allocation ReadAllocation()
    {
        var flags = ReadU8();
        var length = ReadU64();
        if (length >= MaxAllocation) Corrupt("an allocation of 2 GiB or more");
        var allZero = (flags & 0x80) != 0;
        var a = new Allocation { Align = 1UL << (flags & 0x3f), Mutable = (flags & 0x40) != 0, Bytes = allZero ? [] : ReadRaw(length).ToArray() };
        var n = ReadLength();
        a.Provenance = n == 0 ? [] : new Relocation[n];
        for (var i = 0; i < n; i++)
        {
            var offset = ReadU64();
            var target = ReadAllocId();
            a.Provenance[i] = new Relocation(offset, target, ReadBool(), ReadBool());
        }
        a.InitMask = InitMask.Decode(this);
        if (a.InitMask.Len.Raw != length) Corrupt("an allocation whose mask has another length");
        if (allZero) a.Bytes = new byte[length];
        return a;
    }

    public ulong[] ReadInitMaskMaterialized()
    {
        var blocks = new ulong[ReadLength()];
        for (var i = 0; i < blocks.Length; i++) blocks[i] = ReadHash64();
        return blocks;
    }

    /// <summary>What an allocation id stands for.</summary>
    internal GlobalAlloc ReadGlobalAlloc()
    {
        EnterRecursion();
        switch (ReadTag(5))
        {
            case 0: return new GlobalAlloc.Memory { Allocation = ReadAllocation() };
            case 1: return new GlobalAlloc.Function { Instance = Instance.Decode(this) };
            case 2:
                var ty = ReadTy();
                return new GlobalAlloc.VTable { Ty = ty, Predicates = Codec.Array_BinderExistentialPredicate(this) };
            case 3: return new GlobalAlloc.Static { DefId = ReadDefId() };
            default: return new GlobalAlloc.TypeId { Ty = ReadTy() };
        }
    }
}

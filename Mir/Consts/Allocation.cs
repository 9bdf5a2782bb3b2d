namespace Mirlink.Mir;

/// <summary>What an allocation id stands for (rustc's GlobalAlloc). Compared by reference: one object per allocation of the session.</summary>
public abstract class GlobalAlloc
{
    /// <summary>The interpreter's view of this allocation, made on first use.</summary>
    internal object? InterpreterView;

    /// <summary>A function's address.</summary>
    public sealed class Function(Instance instance) : GlobalAlloc { public Instance Instance { get; } = instance; }

    /// <summary>The vtable of a type for a trait object type's predicates.</summary>
    public sealed class VTable(Ty ty, DynamicTy dyn) : GlobalAlloc { public Ty Ty { get; } = ty; public DynamicTy Dyn { get; } = dyn; }

    /// <summary>A static's address.</summary>
    public sealed class Static(DefId def) : GlobalAlloc { public DefId Def { get; } = def; }

    /// <summary>An anonymous allocation. The contents may be decoded on first use.</summary>
    public sealed class Memory : GlobalAlloc
    {
        private Func<Allocation>? _load;
        private Allocation? _allocation;
        public Memory(Allocation allocation) { _allocation = allocation; }
        public Memory(Func<Allocation> load) { _load = load; }
        public Allocation Allocation
        {
            get
            {
                if (_allocation is { } a) return a;
                lock (this)
                {
                    _allocation ??= _load!();
                    _load = null;
                    return _allocation;
                }
            }
        }
    }

    /// <summary>Provenance of the pieces of a TypeId: its bytes are the type's 128-bit hash.</summary>
    public sealed class TypeId(Ty ty) : GlobalAlloc { public Ty Ty { get; } = ty; }
}

/// <summary>A pointer into an allocation, at a byte offset within the bytes of the allocation that holds it.</summary>
public readonly record struct Relocation(int Offset, GlobalAlloc Target)
{
    /// <summary>Made by a shared reference to what cannot change. Only the text form shows it: two relocations are equal whatever it says.</summary>
    public bool IsImmutable { get; init; }
    public bool Equals(Relocation o) => Offset == o.Offset && ReferenceEquals(Target, o.Target);
    public override int GetHashCode() => HashCode.Combine(Offset, Target);
}

/// <summary>
/// Evaluated memory: bytes (a relocated pointer's bytes hold its offset), 8-byte relocations in ascending order, which bytes are initialized (null: all),
/// alignment in bytes.
/// </summary>
public sealed class Allocation(byte[] bytes, Relocation[] relocations, bool[]? init, ulong align, Mutability mutability)
{
    public byte[] Bytes { get; } = bytes;
    public Relocation[] Relocations { get; } = relocations;
    /// <summary>Per byte; null when every byte is initialized. An entirely uninitialized allocation has all entries false.</summary>
    public bool[]? Init { get; } = init;
    public ulong Align { get; } = align;
    public Mutability Mutability { get; } = mutability;
    public int Size => Bytes.Length;

    /// <summary>The target of the relocation at exactly <paramref name="offset"/>, null for none.</summary>
    public GlobalAlloc? RelocationAt(int offset)
    {
        int lo = 0, hi = Relocations.Length - 1;
        while (lo <= hi)
        {
            int mid = (lo + hi) >> 1;
            int at = Relocations[mid].Offset;
            if (at == offset) return Relocations[mid].Target;
            if (at < offset) lo = mid + 1; else hi = mid - 1;
        }
        return null;
    }
}

/// <summary>A constant's value (rustc's ConstValue).</summary>
public abstract record ConstValue
{
    public sealed record Scalar(ScalarInt Int) : ConstValue;
    /// <summary>A pointer: allocation and byte offset.</summary>
    public sealed record Pointer(GlobalAlloc Alloc, ulong Offset) : ConstValue
    {
        /// <summary>See <see cref="Relocation.IsImmutable"/>.</summary>
        public bool IsImmutable { get; init; }
        public bool Equals(Pointer? o) => o is not null && ReferenceEquals(Alloc, o.Alloc) && Offset == o.Offset;
        public override int GetHashCode() => HashCode.Combine(Alloc, Offset);
    }
    public sealed record ZeroSized : ConstValue { public static readonly ZeroSized Instance = new(); }
    /// <summary>A wide pointer &amp;str or &amp;[u8]: the whole allocation from its start, Meta elements.</summary>
    public sealed record Slice(GlobalAlloc Alloc, ulong Meta) : ConstValue;
    /// <summary>The value is in memory at Alloc + Offset; size and layout are those of the constant's type.</summary>
    public sealed record Indirect(GlobalAlloc Alloc, ulong Offset) : ConstValue;
}

/// <summary>A constant operand's constant (rustc's mir::Const).</summary>
public abstract record MirConst
{
    public abstract Ty Type { get; }
    /// <summary>A type-level constant (a const parameter or its value).</summary>
    public sealed record OfTy(Ty Ty, Const Const) : MirConst { public override Ty Type => Ty; }
    /// <summary>Promoted: index of the promoted body of Def, or null for a const item, associated or inline const.</summary>
    public sealed record Unevaluated(DefId Def, GenericArgs Args, int? Promoted, Ty Ty) : MirConst { public override Ty Type => Ty; }
    public sealed record Val(ConstValue Value, Ty Ty) : MirConst { public override Ty Type => Ty; }
}

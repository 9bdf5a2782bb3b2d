namespace Mirlink.Mir;

/// <summary>A miscompilation made on purpose: what tests must be able to find. One per kind of mistake that is easily made.</summary>
internal enum Fault : byte
{
    None,
    /// <summary>Signed integers are shifted right without their sign.</summary>
    SignedShift,
    /// <summary>i16 is widened without its sign.</summary>
    SignExtension,
    /// <summary>Unsigned <c>&lt;=</c> is <c>&lt;</c>.</summary>
    UnsignedLessOrEqual,
    /// <summary><c>!=</c> of floats is false for NaN.</summary>
    UnorderedNotEqual,
    /// <summary>Floats do not saturate when cast to eight bits.</summary>
    FloatToByte,
    /// <summary>Left rotation goes right.</summary>
    RotateLeft,
    /// <summary>Signed multiplication is never seen to overflow.</summary>
    MultiplyOverflow,
    /// <summary>The last variant in a niche is taken for the untagged one.</summary>
    LastNicheVariant,
    /// <summary>Enums use tags where niches would be smaller.</summary>
    TagInsteadOfNiche,
    /// <summary>Fields are dropped last to first.</summary>
    DropOrder,
    /// <summary>Unwinding skips cleanup.</summary>
    MissingCleanup,
    /// <summary>A switch loses its last case.</summary>
    LastSwitchCase,
    /// <summary>Large copies leave out the bytes after the last whole word.</summary>
    CopyTail,
    /// <summary>Functions that differ in an integer constant are merged.</summary>
    MergeDifferentConstants,
    /// <summary>The interpreter widens without the sign.</summary>
    InterpretedSignExtension,
    /// <summary>Constant propagation compares signed constants as unsigned ones.</summary>
    FoldedSignedComparison,
    /// <summary>Copy propagation sees through copies of locals that change later.</summary>
    CopyOfChanging,
    /// <summary>Stores to locals that are only read through pointers are dead.</summary>
    DeadStoreBehindPointer,
    /// <summary>A switch whose first two targets are one block is a jump there.</summary>
    SwitchWithEqualTargets,
    /// <summary>Inlined functions change the caller's arguments instead of copies.</summary>
    InlinedArgumentNotCopied,
    /// <summary>Arguments passed in memory are not copied for the callee.</summary>
    IndirectArgumentNotCopied,
    /// <summary>Niches begin with the last valid value.</summary>
    NicheOfValidValue,
    /// <summary>LLVM is told that additions never overflow.</summary>
    LlvmNoWrap,
    /// <summary>LLVM's arithmetic shift of bytes is a logical one.</summary>
    LlvmByteShift,
    /// <summary>LLVM is told that a field has a value which is copied only.</summary>
    LlvmCopiedFieldDefined,
    /// <summary>Cranelift widens bytes without their sign.</summary>
    CraneliftSignExtension,
    /// <summary>Cranelift's 128-bit multiplication misses that adding the halves' products overflows.</summary>
    CraneliftWideMultiply,
}

/// <summary>Switches on one <see cref="Fault"/> for the whole process. For the tests of the tests: nothing that a user can say reaches it.</summary>
internal static class DeliberateFault
{
    public static Fault Active { get; set; }

    public static bool Is(Fault fault) => Active == fault;
}

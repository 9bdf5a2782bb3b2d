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
}

/// <summary>Switches on one <see cref="Fault"/> for the whole process. For the tests of the tests: nothing that a user can say reaches it.</summary>
internal static class DeliberateFault
{
    public static Fault Active { get; set; }

    public static bool Is(Fault fault) => Active == fault;
}

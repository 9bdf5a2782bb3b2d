namespace Mirlink.Mir;

/// <summary>How a failed assertion panics: by a call of a lang item of core (rustc's AssertKind::panic_function).</summary>
public static class AssertPanics
{
    /// <summary>Name of the lang item.</summary>
    public static string PanicFunction(this Terminator.Assert assert)
    {
        string Resumed(string suffix) => "panic_const_" + assert.Coroutine switch
        {
            CoroutineDesugaring.None => "coroutine_resumed",
            CoroutineDesugaring.Async => "async_fn_resumed",
            CoroutineDesugaring.AsyncGen => "async_gen_fn_resumed",
            _ => "gen_fn_none",
        } + suffix;
        return assert.Kind switch
        {
            AssertKind.BoundsCheck => "panic_bounds_check",
            AssertKind.OverflowNeg => "panic_const_neg_overflow",
            AssertKind.DivisionByZero => "panic_const_div_by_zero",
            AssertKind.RemainderByZero => "panic_const_rem_by_zero",
            AssertKind.Overflow => assert.Op switch
            {
                BinOp.Add => "panic_const_add_overflow",
                BinOp.Sub => "panic_const_sub_overflow",
                BinOp.Mul => "panic_const_mul_overflow",
                BinOp.Div => "panic_const_div_overflow",
                BinOp.Rem => "panic_const_rem_overflow",
                BinOp.Shl => "panic_const_shl_overflow",
                BinOp.Shr => "panic_const_shr_overflow",
                _ => throw new BugException($"an overflow check of {assert.Op}"),
            },
            AssertKind.ResumedAfterReturn => Resumed(""),
            AssertKind.ResumedAfterPanic => Resumed("_panic"),
            AssertKind.ResumedAfterDrop => Resumed("_drop"),
            AssertKind.MisalignedPointerDereference => "panic_misaligned_pointer_dereference",
            AssertKind.NullPointerDereference => "panic_null_pointer_dereference",
            AssertKind.InvalidEnumConstruction => "panic_invalid_enum_construction",
            _ => throw new BugException($"unknown assertion {assert.Kind}"),
        };
    }

    /// <summary>Operands of the assertion that the lang item takes, in its order.</summary>
    public static Operand[] PanicOperands(this Terminator.Assert assert) => assert.Kind switch
    {
        // The operands are length and index, the parameters index and length.
        AssertKind.BoundsCheck => [assert.Operands[1], assert.Operands[0]],
        AssertKind.MisalignedPointerDereference => [assert.Operands[0], assert.Operands[1]],
        AssertKind.InvalidEnumConstruction => [assert.Operands[0]],
        _ => [],
    };
}

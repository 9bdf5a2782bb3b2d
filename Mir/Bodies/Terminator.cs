namespace Mirlink.Mir;

public enum UnwindActionKind : byte { Continue, Unreachable, Terminate, Cleanup }
public enum UnwindTerminateReason : byte { Abi, InCleanup }

/// <summary>What happens when a call unwinds. Block for Cleanup; Reason for Terminate.</summary>
public readonly record struct UnwindAction(UnwindActionKind Kind, int Block = -1, UnwindTerminateReason Reason = 0)
{
    public static readonly UnwindAction Continue = new(UnwindActionKind.Continue);
    public static readonly UnwindAction Unreachable = new(UnwindActionKind.Unreachable);
    public static UnwindAction Cleanup(int block) => new(UnwindActionKind.Cleanup, block);
    public static UnwindAction Terminate(UnwindTerminateReason r) => new(UnwindActionKind.Terminate, -1, r);
}

public enum CallSource : byte { OverloadedOperator, MatchCmp, Misc, Use, Normal }

public enum AssertKind : byte
{
    BoundsCheck, Overflow, OverflowNeg, DivisionByZero, RemainderByZero, ResumedAfterReturn, ResumedAfterPanic, ResumedAfterDrop, MisalignedPointerDereference,
    NullPointerDereference, InvalidEnumConstruction,
}

public enum InlineAsmOperandKind : byte { In, Out, InOut, Const, SymFn, SymStatic, Label }

/// <summary>An operand of asm!. Reg: explicit register name; RegClass: class name ("reg", "xmm_reg", ...). OutPlace null with Out/InOut: discarded / same class only.</summary>
public sealed record InlineAsmOperand(InlineAsmOperandKind Kind, string? Reg, string? RegClass, bool Late, Operand? In, Place? OutPlace, ConstOperand? Const, DefId StaticDef, int LabelTarget);

/// <summary>A piece of an asm! template: text, or an operand index (Text null) with modifier ('\0': none).</summary>
public readonly record struct InlineAsmPiece(string? Text, int Operand, char Modifier);

[Flags]
public enum InlineAsmOptions : ushort { None = 0, Pure = 1, NoMem = 2, ReadOnly = 4, PreservesFlags = 8, NoReturn = 16, NoStack = 32, AttSyntax = 64, Raw = 128, MayUnwind = 256 }

/// <summary>How a block ends.</summary>
public abstract class Terminator
{
    public SourceInfo SourceInfo { get; init; }

    public sealed class Goto(int target) : Terminator { public int Target { get; } = target; }

    /// <summary>Values[i] goes to Targets[i]; the last target is "otherwise".</summary>
    public sealed class SwitchInt(Operand discr, U128[] values, int[] targets) : Terminator
    {
        public Operand Discr { get; } = discr;
        public U128[] Values { get; } = values;
        public int[] Targets { get; } = targets;
        public int Otherwise => Targets[^1];
    }

    public sealed class UnwindResume : Terminator;
    public sealed class UnwindTerminate(UnwindTerminateReason reason) : Terminator { public UnwindTerminateReason Reason { get; } = reason; }
    public sealed class Return : Terminator;
    public sealed class Unreachable : Terminator;

    public sealed class Drop(Place place, int target, UnwindAction unwind, bool replace = false) : Terminator
    {
        public Place Place { get; } = place;
        public int Target { get; } = target;
        public UnwindAction Unwind { get; } = unwind;
        public bool Replace { get; } = replace;
        /// <summary>async drop: block and future local, -1 for none.</summary>
        public int AsyncDropBlock { get; init; } = -1;
        public int AsyncFut { get; init; } = -1;
    }

    /// <summary>Target -1: the callee does not return.</summary>
    public sealed class Call(Operand func, Operand[] args, Place destination, int target, UnwindAction unwind) : Terminator
    {
        public Operand Func { get; } = func;
        public Operand[] Args { get; } = args;
        public Place Destination { get; } = destination;
        public int Target { get; } = target;
        public UnwindAction Unwind { get; } = unwind;
        public CallSource CallSource { get; init; } = CallSource.Normal;
        public Span FnSpan { get; init; }
    }

    public sealed class TailCall(Operand func, Operand[] args) : Terminator
    {
        public Operand Func { get; } = func;
        public Operand[] Args { get; } = args;
        public Span FnSpan { get; init; }
    }

    /// <summary>Operands: BoundsCheck len, index; Overflow left, right; Overflow negation / division: one; Misaligned required, found; InvalidEnumConstruction one.</summary>
    public sealed class Assert(Operand cond, bool expected, AssertKind kind, Operand[] operands, int target, UnwindAction unwind) : Terminator
    {
        public Operand Cond { get; } = cond;
        public bool Expected { get; } = expected;
        public AssertKind Kind { get; } = kind;
        public Operand[] Operands { get; } = operands;
        public int Target { get; } = target;
        public UnwindAction Unwind { get; } = unwind;
        /// <summary>Overflow: which operation.</summary>
        public BinOp Op { get; init; }
        /// <summary>ResumedAfter…: async or gen flavour of the message.</summary>
        public CoroutineDesugaring Coroutine { get; init; }
    }

    public sealed class Yield(Operand value, int resume, Place resumeArg, int drop) : Terminator
    {
        public Operand Value { get; } = value;
        public int Resume { get; } = resume;
        public Place ResumeArg { get; } = resumeArg;
        public int DropBlock { get; } = drop;
    }

    public sealed class CoroutineDrop : Terminator;
    public sealed class FalseEdge(int real, int imaginary) : Terminator { public int Real { get; } = real; public int Imaginary { get; } = imaginary; }
    public sealed class FalseUnwind(int real, UnwindAction unwind) : Terminator { public int Real { get; } = real; public UnwindAction Unwind { get; } = unwind; }

    /// <summary>Targets: fall-through first (none if it does not return), then label blocks.</summary>
    public sealed class InlineAsm(InlineAsmPiece[] template, InlineAsmOperand[] operands, InlineAsmOptions options, int[] targets, UnwindAction unwind, bool isNaked) : Terminator
    {
        public InlineAsmPiece[] Template { get; } = template;
        public InlineAsmOperand[] Operands { get; } = operands;
        public InlineAsmOptions Options { get; } = options;
        public int[] Targets { get; } = targets;
        public UnwindAction Unwind { get; } = unwind;
        public bool IsNaked { get; } = isNaked;
    }
}

namespace Mirlink.Mir;

public enum StatementKind : byte
{
    Assign, FakeRead, SetDiscriminant, StorageLive, StorageDead, Retag, PlaceMention, AscribeUserType, Coverage,
    /// <summary>Intrinsic(Assume(operand)).</summary>
    Assume,
    /// <summary>Intrinsic(CopyNonOverlapping): Operands src, dst, count.</summary>
    CopyNonOverlapping,
    ConstEvalCounter, Nop, BackwardIncompatibleDropHint,
}

/// <summary>
/// A statement. Place: destination of Assign, place of SetDiscriminant, Retag, PlaceMention...; StorageLive/Dead: a bare local. Index: variant of
/// SetDiscriminant, sub-kind of FakeRead, Retag.
/// </summary>
public struct Statement
{
    public StatementKind Kind;
    public SourceInfo SourceInfo;
    public Place Place;
    public Rvalue? Rvalue;
    public int Index;
    /// <summary>Assume: one operand. CopyNonOverlapping: src, dst, count.</summary>
    public Operand[]? Operands;

    public static Statement Assign(Place place, Rvalue rvalue, SourceInfo info) => new() { Kind = StatementKind.Assign, Place = place, Rvalue = rvalue, SourceInfo = info };
    public static Statement Nop => new() { Kind = StatementKind.Nop };
}

/// <summary>rustc_middle::mir::BinOp.</summary>
public enum BinOp : byte
{
    Add, AddUnchecked, AddWithOverflow, Sub, SubUnchecked, SubWithOverflow, Mul, MulUnchecked, MulWithOverflow, Div, Rem, BitXor, BitAnd, BitOr, Shl,
    ShlUnchecked, Shr, ShrUnchecked, Eq, Lt, Le, Ne, Ge, Gt, Cmp, Offset,
}

public enum UnOp : byte { Not, Neg, PtrMetadata }

public enum BorrowKind : byte { Shared, FakeShallow, FakeDeep, MutDefault, MutTwoPhase, MutClosureCapture }

public enum RawPtrKind : byte { Mut, Const, FakeForPtrMetadata }

public enum CastKind : byte
{
    PointerExposeProvenance, PointerWithExposedProvenance, ReifyFnPointer, UnsafeFnPointer, ClosureFnPointer, MutToConstPointer, ArrayToPointer, Unsize,
    IntToInt, FloatToInt, FloatToFloat, IntToFloat, PtrToPtr, FnPtrToPtr, Transmute, Subtype,
}

public enum AggregateKind : byte { Array, Tuple, Adt, Closure, Coroutine, CoroutineClosure, RawPtr }

/// <summary>The right-hand side of an assignment.</summary>
public abstract class Rvalue
{
    public sealed class Use(Operand operand) : Rvalue { public Operand Operand { get; } = operand; }
    public sealed class Repeat(Operand operand, Const count) : Rvalue { public Operand Operand { get; } = operand; public Const Count { get; } = count; }
    public sealed class Ref(BorrowKind kind, Place place) : Rvalue { public BorrowKind Kind { get; } = kind; public Place Place { get; } = place; }
    public sealed class ThreadLocalRef(DefId def) : Rvalue { public DefId Def { get; } = def; }
    public sealed class RawPtr(RawPtrKind kind, Place place) : Rvalue { public RawPtrKind Kind { get; } = kind; public Place Place { get; } = place; }

    /// <summary>SafetyOrSource keeps what only the text form shows: "Implicit" or "AsCast" and the safety of reified pointers.</summary>
    public sealed class Cast(CastKind kind, Operand operand, Ty ty, bool isImplicit = false, Safety safety = Safety.Safe) : Rvalue
    {
        public CastKind Kind { get; } = kind;
        public Operand Operand { get; } = operand;
        public Ty Ty { get; } = ty;
        public bool IsImplicit { get; } = isImplicit;
        public Safety Safety { get; } = safety;
    }

    public sealed class BinaryOp(BinOp op, Operand left, Operand right) : Rvalue
    {
        public BinOp Op { get; } = op;
        public Operand Left { get; } = left;
        public Operand Right { get; } = right;
    }

    public sealed class UnaryOp(UnOp op, Operand operand) : Rvalue { public UnOp Op { get; } = op; public Operand Operand { get; } = operand; }
    public sealed class Discriminant(Place place) : Rvalue { public Place Place { get; } = place; }

    /// <summary>
    /// Array: Ty is the element type. Adt: Def, Variant, Args, ActiveField (unions, else -1). Closure, Coroutine, CoroutineClosure: Def, Args.
    /// RawPtr: Ty is the pointee, operands data and metadata.
    /// </summary>
    public sealed class Aggregate(AggregateKind kind, Operand[] operands) : Rvalue
    {
        public AggregateKind Kind { get; } = kind;
        public Operand[] Operands { get; } = operands;
        public Ty? Ty { get; init; }
        public DefId Def { get; init; }
        public GenericArgs? Args { get; init; }
        public int Variant { get; init; }
        public int ActiveField { get; init; } = -1;
        public Mutability Mutability { get; init; }
    }

    public sealed class CopyForDeref(Place place) : Rvalue { public Place Place { get; } = place; }
    public sealed class WrapUnsafeBinder(Operand operand, Ty ty) : Rvalue { public Operand Operand { get; } = operand; public Ty Ty { get; } = ty; }
}

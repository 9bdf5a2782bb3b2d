namespace Mirlink.Mir;

public enum ProjectionKind : byte { Deref, Field, Index, ConstantIndex, Subslice, Downcast, OpaqueCast, UnwrapUnsafeBinder }

/// <summary>One step of a place. Field: Index, Ty. Index: Local in Index. ConstantIndex/Subslice: Offset (from), MinLength (to), FromEnd. Downcast: variant in Index, Name. OpaqueCast: Ty.</summary>
public readonly record struct ProjectionElem(ProjectionKind Kind, int Index = 0, Ty? Ty = null, ulong Offset = 0, ulong MinLength = 0, bool FromEnd = false, string? Name = null)
{
    public static readonly ProjectionElem Deref = new(ProjectionKind.Deref);
    public static ProjectionElem Field(int index, Ty ty) => new(ProjectionKind.Field, index, ty);
    public static ProjectionElem Downcast(int variant, string? name = null) => new(ProjectionKind.Downcast, variant, Name: name);
}

/// <summary>A local and the projections from it.</summary>
public readonly record struct Place(int Local, ProjectionElem[] Projection)
{
    public static readonly ProjectionElem[] NoProjection = [];
    public Place(int local) : this(local, NoProjection) { }
    public static Place Return => new(0);
    public bool IsLocal => Projection.Length == 0;
    /// <summary>The whole first step is a dereference: the place is behind the pointer in its local.</summary>
    public bool IsIndirect => Projection.Length > 0 && Projection[0].Kind == ProjectionKind.Deref;
    /// <summary>The local itself is not touched, only what it points to: some step is a dereference.</summary>
    public bool IsBehindPointer
    {
        get
        {
            foreach (ref readonly var e in Projection.AsSpan()) if (e.Kind == ProjectionKind.Deref) return true;
            return false;
        }
    }

    public Place Project(ProjectionElem elem) => new(Local, [.. Projection, elem]);
    public bool Equals(Place o) => Local == o.Local && Projection.AsSpan().SequenceEqual(o.Projection);
    public override int GetHashCode() => HashCode.Combine(Local, Projection.Length);
}

public enum OperandKind : byte { Copy, Move, Constant, RuntimeChecks }

public enum RuntimeChecks : byte { UbChecks, ContractChecks, OverflowChecks }

public sealed record ConstOperand(MirConst Const, Span Span);

/// <summary>What an rvalue or terminator reads.</summary>
public readonly record struct Operand(OperandKind Kind, Place Place, ConstOperand? Constant, RuntimeChecks Checks = 0)
{
    public static Operand Copy(Place place) => new(OperandKind.Copy, place, null);
    public static Operand Move(Place place) => new(OperandKind.Move, place, null);
    public static Operand Const(MirConst c, Span span = default) => new(OperandKind.Constant, default, new ConstOperand(c, span));
    public bool IsPlace => Kind <= OperandKind.Move;
}

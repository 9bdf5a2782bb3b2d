using Mirlink.Mir;
using AggregateKind = Mirlink.Mir.AggregateKind;
using BorrowKind = Mirlink.Mir.BorrowKind;
using CastKind = Mirlink.Mir.CastKind;
using Mutability = Mirlink.Mir.Mutability;
using Operand = Mirlink.Mir.Operand;
using Raw = Mirlink.Rustc.Metadata.Raw;
using RawPtrKind = Mirlink.Mir.RawPtrKind;
using Rvalue = Mirlink.Mir.Rvalue;
using Safety = Mirlink.Mir.Safety;
using Statement = Mirlink.Mir.Statement;
using StatementKind = Mirlink.Mir.StatementKind;

namespace Mirlink.Rustc.Import;

/// <summary>Statements and rvalues.</summary>
public sealed partial class RustcCrate
{
    Statement Import(Raw.Statement raw)
    {
        var s = new Statement { SourceInfo = Import(raw.SourceInfo), Place = new Mir.Place(0) };
        switch (raw.Kind)
        {
            case Raw.StatementKind.Assign a:
                s.Kind = StatementKind.Assign;
                s.Place = Import(a.F0.Item1);
                s.Rvalue = Import(a.F0.Item2);
                break;
            case Raw.StatementKind.FakeRead f:
                s.Kind = StatementKind.FakeRead;
                s.Index = f.F0.Item1.Tag;
                s.Place = Import(f.F0.Item2);
                break;
            case Raw.StatementKind.SetDiscriminant d:
                s.Kind = StatementKind.SetDiscriminant;
                s.Place = Import(d.Place);
                s.Index = (int)d.VariantIndex;
                break;
            case Raw.StatementKind.StorageLive l:
                s.Kind = StatementKind.StorageLive;
                s.Place = new Mir.Place((int)l.F0);
                break;
            case Raw.StatementKind.StorageDead l:
                s.Kind = StatementKind.StorageDead;
                s.Place = new Mir.Place((int)l.F0);
                break;
            case Raw.StatementKind.Retag r:
                s.Kind = StatementKind.Retag;
                s.Index = (int)r.F0;
                s.Place = Import(r.F1);
                break;
            case Raw.StatementKind.PlaceMention p:
                s.Kind = StatementKind.PlaceMention;
                s.Place = Import(p.F0);
                break;
            case Raw.StatementKind.AscribeUserType u:
                s.Kind = StatementKind.AscribeUserType;
                s.Place = Import(u.F0.Item1);
                break;
            case Raw.StatementKind.Coverage:
                s.Kind = StatementKind.Coverage;
                break;
            case Raw.StatementKind.Intrinsic { F0: Raw.NonDivergingIntrinsic.Assume a }:
                s.Kind = StatementKind.Assume;
                s.Operands = [Import(a.F0)];
                break;
            case Raw.StatementKind.Intrinsic { F0: Raw.NonDivergingIntrinsic.CopyNonOverlapping c }:
                s.Kind = StatementKind.CopyNonOverlapping;
                s.Operands = [Import(c.F0.Src), Import(c.F0.Dst), Import(c.F0.Count)];
                break;
            case Raw.StatementKind.ConstEvalCounter:
                s.Kind = StatementKind.ConstEvalCounter;
                break;
            case Raw.StatementKind.Nop:
                s.Kind = StatementKind.Nop;
                break;
            case Raw.StatementKind.BackwardIncompatibleDropHint h:
                s.Kind = StatementKind.BackwardIncompatibleDropHint;
                s.Place = Import(h.Place);
                break;
            default: throw new BugException("statement");
        }
        return s;
    }

    Rvalue Import(Raw.Rvalue raw)
    {
        switch (raw)
        {
            case Raw.Rvalue.Use u: return new Rvalue.Use(Import(u.F0));
            case Raw.Rvalue.Repeat r: return new Rvalue.Repeat(Import(r.F0), Import(r.F1));
            case Raw.Rvalue.Ref r: return new Rvalue.Ref(Import(r.F1), Import(r.F2));
            case Raw.Rvalue.ThreadLocalRef t: return new Rvalue.ThreadLocalRef(Def(t.F0));
            case Raw.Rvalue.RawPtr p: return new Rvalue.RawPtr((RawPtrKind)p.F0, Import(p.F1));
            case Raw.Rvalue.Cast c: return Cast(c);
            case Raw.Rvalue.BinaryOp b: return new Rvalue.BinaryOp((Mir.BinOp)b.F0, Import(b.F1.Item1), Import(b.F1.Item2));
            case Raw.Rvalue.UnaryOp u: return new Rvalue.UnaryOp((Mir.UnOp)u.F0, Import(u.F1));
            case Raw.Rvalue.Discriminant d: return new Rvalue.Discriminant(Import(d.F0));
            case Raw.Rvalue.Aggregate a: return Aggregate(a.F0, Import(a.F1));
            case Raw.Rvalue.CopyForDeref c: return new Rvalue.CopyForDeref(Import(c.F0));
            case Raw.Rvalue.WrapUnsafeBinder w: return new Rvalue.WrapUnsafeBinder(Import(w.F0), Import(w.F1));
            default: throw new BugException("rvalue");
        }
    }

    static BorrowKind Import(Raw.BorrowKind raw) => raw switch
    {
        Raw.BorrowKind.Shared => BorrowKind.Shared,
        Raw.BorrowKind.Fake f => f.F0 == Raw.FakeBorrowKind.Shallow ? BorrowKind.FakeShallow : BorrowKind.FakeDeep,
        Raw.BorrowKind.Mut m => BorrowKind.MutDefault + (byte)m.Kind,
        _ => throw new BugException("borrow"),
    };

    Rvalue Cast(Raw.Rvalue.Cast c)
    {
        var operand = Import(c.F1);
        var ty = Import(c.F2);
        if (c.F0 is Raw.CastKind.PointerCoercion p)
        {
            var isImplicit = p.F1 == Raw.CoercionSource.Implicit;
            return p.F0 switch
            {
                Raw.PointerCoercion.ReifyFnPointer r => new Rvalue.Cast(CastKind.ReifyFnPointer, operand, ty, isImplicit, (Safety)r.F0),
                Raw.PointerCoercion.UnsafeFnPointer => new Rvalue.Cast(CastKind.UnsafeFnPointer, operand, ty, isImplicit),
                Raw.PointerCoercion.ClosureFnPointer k => new Rvalue.Cast(CastKind.ClosureFnPointer, operand, ty, isImplicit, (Safety)k.F0),
                Raw.PointerCoercion.MutToConstPointer => new Rvalue.Cast(CastKind.MutToConstPointer, operand, ty, isImplicit),
                Raw.PointerCoercion.ArrayToPointer => new Rvalue.Cast(CastKind.ArrayToPointer, operand, ty, isImplicit),
                Raw.PointerCoercion.Unsize => new Rvalue.Cast(CastKind.Unsize, operand, ty, isImplicit),
                _ => throw new BugException("coercion"),
            };
        }
        var kind = c.F0 switch
        {
            Raw.CastKind.PointerExposeProvenance => CastKind.PointerExposeProvenance,
            Raw.CastKind.PointerWithExposedProvenance => CastKind.PointerWithExposedProvenance,
            Raw.CastKind.IntToInt => CastKind.IntToInt,
            Raw.CastKind.FloatToInt => CastKind.FloatToInt,
            Raw.CastKind.FloatToFloat => CastKind.FloatToFloat,
            Raw.CastKind.IntToFloat => CastKind.IntToFloat,
            Raw.CastKind.PtrToPtr => CastKind.PtrToPtr,
            Raw.CastKind.FnPtrToPtr => CastKind.FnPtrToPtr,
            Raw.CastKind.Transmute => CastKind.Transmute,
            Raw.CastKind.Subtype => CastKind.Subtype,
            _ => throw new BugException("cast"),
        };
        return new Rvalue.Cast(kind, operand, ty);
    }

    Rvalue Aggregate(Raw.AggregateKind raw, Operand[] operands) => raw switch
    {
        Raw.AggregateKind.Array a => new Rvalue.Aggregate(AggregateKind.Array, operands) { Ty = Import(a.F0) },
        Raw.AggregateKind.Tuple => new Rvalue.Aggregate(AggregateKind.Tuple, operands),
        Raw.AggregateKind.Adt a => new Rvalue.Aggregate(AggregateKind.Adt, operands) { Def = Def(a.F0), Variant = (int)a.F1, Args = Import(a.F2), ActiveField = (int?)a.F4 ?? -1 },
        Raw.AggregateKind.Closure c => new Rvalue.Aggregate(AggregateKind.Closure, operands) { Def = Def(c.F0), Args = Import(c.F1) },
        Raw.AggregateKind.Coroutine c => new Rvalue.Aggregate(AggregateKind.Coroutine, operands) { Def = Def(c.F0), Args = Import(c.F1) },
        Raw.AggregateKind.CoroutineClosure c => new Rvalue.Aggregate(AggregateKind.CoroutineClosure, operands) { Def = Def(c.F0), Args = Import(c.F1) },
        Raw.AggregateKind.RawPtr p => new Rvalue.Aggregate(AggregateKind.RawPtr, operands) { Ty = Import(p.F0), Mutability = (Mutability)p.F1 },
        _ => throw new BugException("aggregate"),
    };
}

using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

/// <summary>First byte of an encoded generic argument or argument list.</summary>
internal enum TypeTag : byte
{
    BackReference, Prim, Adt, Foreign, Array, Pat, Slice, RawPtr, Ref, FnDef, FnPtr, UnsafeBinder, Dynamic, Closure, Tuple, Alias, Param, Var, Region, Const, Args,
}

internal sealed partial class RecordWriter
{
    private bool WasWritten(object o)
    {
        if (_types.TryGetValue(o, out int n))
        {
            Byte((byte)TypeTag.BackReference);
            Int(n);
            return true;
        }
        return false;
    }

    // Numbered after its parts, as the reader can only number what is complete.
    private void Written(object o) => _types.Add(o, _types.Count);

    private void Tag(TypeTag t) => Byte((byte)t);

    public void Arg(GenericArg arg)
    {
        if (WasWritten(arg)) return;
        switch (arg)
        {
            case PrimTy t: Tag(TypeTag.Prim); Byte((byte)t.Kind); Byte((byte)(t.Kind switch { TyKind.Int => (int)t.Int, TyKind.Uint => (int)t.Uint, TyKind.Float => (int)t.Float, _ => 0 })); break;
            case AdtTy t: Tag(TypeTag.Adt); Def(t.Def); Args(t.Args); break;
            case ForeignTy t: Tag(TypeTag.Foreign); Def(t.Def); break;
            case ArrayTy t: Tag(TypeTag.Array); Arg(t.Element); Arg(t.Length); break;
            case PatTy t: Tag(TypeTag.Pat); Arg(t.Base); Pattern(t.Pattern); break;
            case SliceTy t: Tag(TypeTag.Slice); Arg(t.Element); break;
            case RawPtrTy t: Tag(TypeTag.RawPtr); Byte((byte)t.Mutbl); Arg(t.Pointee); break;
            case RefTy t: Tag(TypeTag.Ref); Byte((byte)t.Mutbl); Arg(t.Region); Arg(t.Pointee); break;
            case FnDefTy t: Tag(TypeTag.FnDef); Def(t.Def); Args(t.Args); break;
            case FnPtrTy t: Tag(TypeTag.FnPtr); BoundVars(t.Sig.BoundVars); FnSig(t.Sig.Value); break;
            case UnsafeBinderTy t: Tag(TypeTag.UnsafeBinder); BoundVars(t.Inner.BoundVars); Arg(t.Inner.Value); break;
            case DynamicTy t:
                Tag(TypeTag.Dynamic);
                Arg(t.Region);
                Int(t.Predicates.Length);
                foreach (var p in t.Predicates) { BoundVars(p.BoundVars); Existential(p.Value); }
                break;
            case ClosureTy t: Tag(TypeTag.Closure); Byte((byte)t.Kind); Def(t.Def); Args(t.Args); break;
            case TupleTy t: Tag(TypeTag.Tuple); Int(t.Elements.Length); foreach (var e in t.Elements) Arg(e); break;
            case AliasTy t: Tag(TypeTag.Alias); Byte((byte)t.AliasKind); Def(t.Def); Args(t.Args); break;
            case ParamTy t: Tag(TypeTag.Param); Int(t.Index); String(t.Name); break;
            case VarTy t: Tag(TypeTag.Var); Byte((byte)t.Kind); Int(t.DeBruijn); Int(t.Index); break;
            case Region r: Tag(TypeTag.Region); Byte((byte)r.Kind); Int(r.DeBruijn); Int(r.Index); OptString(r.Name); break;
            case Const c: Tag(TypeTag.Const); ConstBody(c); break;
            default: throw new BugException($"cannot encode {arg.GetType().Name}");
        }
        Written(arg);
    }

    public void Args(GenericArgs args)
    {
        if (WasWritten(args)) return;
        Tag(TypeTag.Args);
        Int(args.Count);
        foreach (var a in args.Span) Arg(a);
        Written(args);
    }

    private void BoundVars(BoundVariableKind[] vars) { Int(vars.Length); foreach (var v in vars) Byte((byte)v); }

    private void ConstBody(Const c)
    {
        Byte((byte)c.Kind);
        switch (c.Kind)
        {
            case ConstKind.Param: Int(c.Index); String(c.Name!); break;
            case ConstKind.Bound: Int(c.DeBruijn); Int(c.Index); break;
            case ConstKind.Unevaluated: Def(c.Def); Args(c.Args!); break;
            case ConstKind.Value: Arg(c.Type!); Tree(c.Value!); break;
            case ConstKind.Expr: Int(c.Index); Args(c.Args!); break;
            case ConstKind.Infer: Int(c.Index); break;
        }
    }

    private void Tree(ValTree tree)
    {
        if (tree is ValTree.Leaf leaf) { Byte(0); ScalarInt(leaf.Scalar); return; }
        var branch = (ValTree.Branch)tree;
        Byte(1);
        Int(branch.Children.Length);
        foreach (var c in branch.Children) Arg(c);
    }

    private void ScalarInt(ScalarInt s) { Byte(s.Size); Uint(s.Bits); }

    private void Pattern(TyPattern p)
    {
        switch (p)
        {
            case TyPattern.Range r: Byte(0); Arg(r.Start); Arg(r.End); break;
            case TyPattern.Or or: Byte(1); Int(or.Alternatives.Length); foreach (var a in or.Alternatives) Pattern(a); break;
            default: Byte(2); break;
        }
    }

    public void FnSig(FnSig s)
    {
        Int(s.Inputs.Length);
        foreach (var i in s.Inputs) Arg(i);
        Arg(s.Output);
        Bool(s.CVariadic);
        Byte((byte)s.Safety);
        Byte((byte)s.Abi);
        Bool(s.AbiUnwind);
    }

    private void Existential(ExistentialPredicate p)
    {
        switch (p)
        {
            case ExistentialPredicate.Trait t: Byte(0); Def(t.Def); Args(t.Args); break;
            case ExistentialPredicate.Projection j: Byte(1); Def(j.Def); Args(j.Args); Arg(j.Term); break;
            case ExistentialPredicate.AutoTrait a: Byte(2); Def(a.Def); break;
        }
    }

    public void Clauses(Binder<Clause>[] clauses)
    {
        Int(clauses.Length);
        foreach (var c in clauses) { BoundVars(c.BoundVars); Clause(c.Value); }
    }

    private void Clause(Clause c)
    {
        switch (c)
        {
            case Clause.Trait t: Byte(0); TraitRef(t.TraitRef); Bool(t.Negative); break;
            case Clause.Projection p: Byte(1); Def(p.AliasDef); Args(p.Args); Arg(p.Term); break;
            case Clause.ConstArgHasType t: Byte(2); Arg(t.Const); Arg(t.Ty); break;
            case Clause.HostEffect h: Byte(3); TraitRef(h.TraitRef); break;
            default: Byte(4); break;
        }
    }

    public void TraitRef(TraitRef t) { Def(t.Def); Args(t.Args); }

    public void Instance(Instance i)
    {
        Byte((byte)i.Kind);
        Def(i.Def);
        Args(i.Args);
        Bool(i.Ty is not null);
        if (i.Ty is not null) Arg(i.Ty);
        Int(i.Index);
    }
}

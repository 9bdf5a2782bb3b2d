using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

internal sealed partial class RecordWriter
{
    public void Body(Body b)
    {
        Def(b.Def);
        Index(b.Promoted);
        Byte((byte)b.Phase);
        Span(b.Span);
        Int(b.ArgCount);
        Index(b.SpreadArg);
        Array(b.Locals, l => { Arg(l.Ty); Byte((byte)l.Mutability); Info(l.SourceInfo); });
        Array(b.Scopes, s =>
        {
            Span(s.Span);
            Index(s.Parent);
            Bool(s.Inlined is not null);
            if (s.Inlined is not null) { Instance(s.Inlined); Span(s.InlinedCallSite); }
            Index(s.InlinedParent);
        });
        Array(b.VarDebugInfo, v =>
        {
            String(v.Name);
            Info(v.SourceInfo);
            Bool(v.Const is not null);
            if (v.Const is not null) Constant(v.Const); else Place(v.Place);
            Index(v.ArgumentIndex);
            Bool(v.FragmentTy is not null);
            if (v.FragmentTy is not null) { Arg(v.FragmentTy); Array(v.FragmentProjection!, Projection); }
        });
        Array(b.RequiredConsts, Constant);
        Array(b.MentionedItems, m => { Byte((byte)m.Kind); Arg(m.Ty); Bool(m.TargetTy is not null); if (m.TargetTy is not null) Arg(m.TargetTy); });
        Array(b.Blocks, block =>
        {
            Bool(block.IsCleanup);
            Int(block.Statements.Length);
            for (int i = 0; i < block.Statements.Length; i++) Statement(in block.Statements[i]);
            TerminatorOf(block.Terminator);
        });
        Bool(b.CoroutineLayout is not null);
        if (b.CoroutineLayout is not null) CoroutineLayout(b.CoroutineLayout);
        Bool(b.CoroutineDrop is not null);
        if (b.CoroutineDrop is not null) Body(b.CoroutineDrop);
    }

    private void Info(SourceInfo i) { Span(i.Span); Int(i.Scope); }

    public void CoroutineLayout(CoroutineLayout l)
    {
        Array(l.FieldTys, t => Arg(t));
        Array(l.VariantFields, v => Array(v, Int));
        int n = l.FieldTys.Length;
        for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) Bool(l.StorageConflicts[i, j]);
        Array(l.IgnoreForTraits, Bool);
        Array(l.VariantSourceInfo, Info);
    }

    private void Projection(ProjectionElem e)
    {
        Byte((byte)e.Kind);
        switch (e.Kind)
        {
            case ProjectionKind.Field: Int(e.Index); Arg(e.Ty!); break;
            case ProjectionKind.Index: Int(e.Index); break;
            case ProjectionKind.ConstantIndex or ProjectionKind.Subslice: Uint(e.Offset); Uint(e.MinLength); Bool(e.FromEnd); break;
            case ProjectionKind.Downcast: Int(e.Index); OptString(e.Name); break;
            case ProjectionKind.OpaqueCast or ProjectionKind.UnwrapUnsafeBinder: Arg(e.Ty!); break;
        }
    }

    private void Place(Place p)
    {
        Int(p.Local);
        var projection = p.Projection ?? [];
        Int(projection.Length);
        foreach (var e in projection) Projection(e);
    }

    private void Operand(Operand o)
    {
        Byte((byte)o.Kind);
        switch (o.Kind)
        {
            case OperandKind.Constant: Constant(o.Constant!); break;
            case OperandKind.RuntimeChecks: Byte((byte)o.Checks); break;
            default: Place(o.Place); break;
        }
    }

    private void Operands(Operand[] operands) { Int(operands.Length); foreach (var o in operands) Operand(o); }

    public void Constant(ConstOperand c)
    {
        Span(c.Span);
        switch (c.Const)
        {
            case MirConst.OfTy t: Byte(0); Arg(t.Ty); Arg(t.Const); break;
            case MirConst.Unevaluated u: Byte(1); Def(u.Def); Args(u.Args); Index(u.Promoted ?? -1); Arg(u.Ty); break;
            case MirConst.Val v: Byte(2); Arg(v.Ty); Value(v.Value); break;
        }
    }

    private void Value(ConstValue v)
    {
        switch (v)
        {
            case ConstValue.Scalar s: Byte(0); ScalarInt(s.Int); break;
            case ConstValue.Pointer p: Byte(1); Alloc(p.Alloc); Uint(p.Offset); break;
            case ConstValue.ZeroSized: Byte(2); break;
            case ConstValue.Slice s: Byte(3); Alloc(s.Alloc); Uint(s.Meta); break;
            case ConstValue.Indirect i: Byte(4); Alloc(i.Alloc); Uint(i.Offset); break;
        }
    }

    private void Statement(in Statement s)
    {
        Byte((byte)s.Kind);
        Info(s.SourceInfo);
        Index(s.Index);
        bool hasPlace = s.Place.Projection is not null;
        Byte((byte)((hasPlace ? 1 : 0) | (s.Rvalue is not null ? 2 : 0) | (s.Operands is not null ? 4 : 0)));
        if (hasPlace) Place(s.Place);
        if (s.Rvalue is not null) RvalueOf(s.Rvalue);
        if (s.Operands is not null) Operands(s.Operands);
    }

    private void RvalueOf(Rvalue value)
    {
        switch (value)
        {
            case Rvalue.Use r: Byte(0); Operand(r.Operand); break;
            case Rvalue.Repeat r: Byte(1); Operand(r.Operand); Arg(r.Count); break;
            case Rvalue.Ref r: Byte(2); Byte((byte)r.Kind); Place(r.Place); break;
            case Rvalue.ThreadLocalRef r: Byte(3); Def(r.Def); break;
            case Rvalue.RawPtr r: Byte(4); Byte((byte)r.Kind); Place(r.Place); break;
            case Rvalue.Cast r: Byte(5); Byte((byte)r.Kind); Operand(r.Operand); Arg(r.Ty); Bool(r.IsImplicit); Byte((byte)r.Safety); break;
            case Rvalue.BinaryOp r: Byte(6); Byte((byte)r.Op); Operand(r.Left); Operand(r.Right); break;
            case Rvalue.UnaryOp r: Byte(7); Byte((byte)r.Op); Operand(r.Operand); break;
            case Rvalue.Discriminant r: Byte(8); Place(r.Place); break;
            case Rvalue.Aggregate r:
                Byte(9);
                Byte((byte)r.Kind);
                Operands(r.Operands);
                Bool(r.Ty is not null);
                if (r.Ty is not null) Arg(r.Ty);
                Bool(r.Args is not null);
                if (r.Args is not null) { Def(r.Def); Args(r.Args); }
                Int(r.Variant);
                Index(r.ActiveField);
                Byte((byte)r.Mutability);
                break;
            case Rvalue.CopyForDeref r: Byte(10); Place(r.Place); break;
            case Rvalue.WrapUnsafeBinder r: Byte(11); Operand(r.Operand); Arg(r.Ty); break;
            default: throw new BugException($"cannot encode rvalue {value.GetType().Name}");
        }
    }

    private void Unwind(UnwindAction u) { Byte((byte)u.Kind); Index(u.Block); Byte((byte)u.Reason); }

    private void TerminatorOf(Terminator terminator)
    {
        switch (terminator)
        {
            case Terminator.Goto t: Byte(0); Int(t.Target); break;
            case Terminator.SwitchInt t: Byte(1); Operand(t.Discr); Array(t.Values, Uint); Array(t.Targets, Int); break;
            case Terminator.UnwindResume: Byte(2); break;
            case Terminator.UnwindTerminate t: Byte(3); Byte((byte)t.Reason); break;
            case Terminator.Return: Byte(4); break;
            case Terminator.Unreachable: Byte(5); break;
            case Terminator.Drop t: Byte(6); Place(t.Place); Int(t.Target); Unwind(t.Unwind); Bool(t.Replace); Index(t.AsyncDropBlock); Index(t.AsyncFut); break;
            case Terminator.Call t:
                Byte(7);
                Operand(t.Func);
                Operands(t.Args);
                Place(t.Destination);
                Index(t.Target);
                Unwind(t.Unwind);
                Byte((byte)t.CallSource);
                Span(t.FnSpan);
                break;
            case Terminator.TailCall t: Byte(8); Operand(t.Func); Operands(t.Args); Span(t.FnSpan); break;
            case Terminator.Assert t:
                Byte(9);
                Operand(t.Cond);
                Bool(t.Expected);
                Byte((byte)t.Kind);
                Operands(t.Operands);
                Int(t.Target);
                Unwind(t.Unwind);
                Byte((byte)t.Op);
                Byte((byte)t.Coroutine);
                break;
            case Terminator.Yield t: Byte(10); Operand(t.Value); Int(t.Resume); Place(t.ResumeArg); Index(t.DropBlock); break;
            case Terminator.CoroutineDrop: Byte(11); break;
            case Terminator.FalseEdge t: Byte(12); Int(t.Real); Int(t.Imaginary); break;
            case Terminator.FalseUnwind t: Byte(13); Int(t.Real); Unwind(t.Unwind); break;
            case Terminator.InlineAsm t:
                Byte(14);
                Array(t.Template, p => { OptString(p.Text); Int(p.Operand); Int(p.Modifier); });
                Array(t.Operands, AsmOperand);
                Int((int)t.Options);
                Array(t.Targets, Int);
                Unwind(t.Unwind);
                Bool(t.IsNaked);
                break;
            default: throw new BugException($"cannot encode terminator {terminator.GetType().Name}");
        }
        Info(terminator.SourceInfo);
    }

    private void AsmOperand(InlineAsmOperand o)
    {
        Byte((byte)o.Kind);
        OptString(o.Reg);
        OptString(o.RegClass);
        Bool(o.Late);
        Bool(o.In is not null);
        if (o.In is { } i) Operand(i);
        Bool(o.OutPlace is not null);
        if (o.OutPlace is { } p) Place(p);
        Bool(o.Const is not null);
        if (o.Const is not null) Constant(o.Const);
        Bool(o.Kind == InlineAsmOperandKind.SymStatic);
        if (o.Kind == InlineAsmOperandKind.SymStatic) Def(o.StaticDef);
        Index(o.LabelTarget);
    }

    public void GlobalAllocOf(GlobalAlloc alloc)
    {
        switch (alloc)
        {
            case GlobalAlloc.Memory m: Byte(0); Allocation(m.Allocation); break;
            case GlobalAlloc.Function f: Byte(1); Instance(f.Instance); break;
            case GlobalAlloc.VTable v: Byte(2); Arg(v.Ty); Arg(v.Dyn); break;
            case GlobalAlloc.Static s: Byte(3); Def(s.Def); break;
            case GlobalAlloc.TypeId t: Byte(4); Arg(t.Ty); break;
        }
    }

    public void Allocation(Allocation a)
    {
        Blob(a.Bytes);
        Array(a.Relocations, r => { Int(r.Offset); Alloc(r.Target); });
        // Initialized bytes as runs, from an uninitialized one (of length 0 where the first byte is initialized).
        Bool(a.Init is not null);
        if (a.Init is { } init)
        {
            var runs = new List<int>();
            bool state = false;
            int run = 0;
            foreach (bool b in init)
            {
                if (b != state) { runs.Add(run); run = 0; state = b; }
                run++;
            }
            runs.Add(run);
            Array(runs.ToArray(), Int);
        }
        Uint(a.Align);
        Byte((byte)a.Mutability);
    }
}

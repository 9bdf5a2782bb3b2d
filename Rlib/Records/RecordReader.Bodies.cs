using Mirlink.Mir;

namespace Mirlink.Rlib.Records;

internal sealed partial class RecordReader
{
    public Body Body()
    {
        EnterRecursion();
        var def = Def();
        int promoted = Index();
        var phase = Enum<MirPhase>();
        var span = Span();
        int argCount = Int();
        int spread = Index();
        var locals = Array(() => new LocalDecl(Ty(), Enum<Mutability>(), Info()));
        var scopes = Array(() =>
        {
            var s = Span();
            int parent = Index();
            Instance? inlined = null;
            var callSite = Mir.Span.Dummy;
            if (Bool()) { inlined = Instance(); callSite = Span(); }
            return new SourceScopeData(s, parent, inlined, callSite, Index());
        });
        var debug = Array(() =>
        {
            var name = String();
            var info = Info();
            ConstOperand? constant = null;
            Place place = default;
            if (Bool()) constant = Constant(); else place = Place();
            int argument = Index();
            Ty? fragment = null;
            ProjectionElem[]? projection = null;
            if (Bool()) { fragment = Ty(); projection = Array(Projection); }
            return new VarDebugInfo(name, info, place, constant, argument, fragment, projection);
        });
        var required = Array(Constant);
        var mentioned = Array(() => new MentionedItem(Enum<MentionedItemKind>(), Ty(), Bool() ? Ty() : null));
        var blocks = Array(() =>
        {
            bool cleanup = Bool();
            var statements = Array(Statement);
            return new BasicBlockData { IsCleanup = cleanup, Statements = statements, Terminator = Terminator() };
        });
        var body = new Body
        {
            Def = def, Promoted = promoted, Phase = phase, Span = span, ArgCount = argCount, SpreadArg = spread, Locals = locals, Scopes = scopes,
            VarDebugInfo = debug, RequiredConsts = required, MentionedItems = mentioned, Blocks = blocks,
            CoroutineLayout = Present(CoroutineLayout), CoroutineDrop = Present(Body),
        };
        if (BodyNumbers.Problem(body) is { } problem) throw Corrupt($"a body has {problem}");
        return body;
    }

    private SourceInfo Info() { var s = Span(); return new SourceInfo(s, Int()); }

    public CoroutineLayout CoroutineLayout()
    {
        var fields = Array(Ty);
        var variants = Array(() => Array(Int));
        int n = fields.Length;
        if ((long)n * n > record.Length - _at) throw Corrupt("a count is larger than its record");
        var conflicts = new bool[n, n];
        for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) conflicts[i, j] = Bool();
        return new CoroutineLayout(fields, variants, conflicts, Array(Bool), Array(Info));
    }

    private ProjectionElem Projection()
    {
        var kind = Enum<ProjectionKind>();
        switch (kind)
        {
            case ProjectionKind.Field: { int i = Int(); return ProjectionElem.Field(i, Ty()); }
            case ProjectionKind.Index: return new ProjectionElem(kind, Int());
            case ProjectionKind.ConstantIndex or ProjectionKind.Subslice: { ulong o = Uint(), m = Uint(); return new ProjectionElem(kind, Offset: o, MinLength: m, FromEnd: Bool()); }
            case ProjectionKind.Downcast: { int v = Int(); return ProjectionElem.Downcast(v, OptString()); }
            case ProjectionKind.OpaqueCast or ProjectionKind.UnwrapUnsafeBinder: return new ProjectionElem(kind, Ty: Ty());
            default: return ProjectionElem.Deref;
        }
    }

    private Place Place()
    {
        int local = Int();
        int n = Count();
        if (n == 0) return new Place(local);
        var elems = new ProjectionElem[n];
        for (int i = 0; i < n; i++) elems[i] = Projection();
        return new Place(local, elems);
    }

    private Operand Operand()
    {
        var kind = Enum<OperandKind>();
        return kind switch
        {
            OperandKind.Constant => new Operand(kind, default, Constant()),
            OperandKind.RuntimeChecks => new Operand(kind, default, null, Enum<RuntimeChecks>()),
            _ => new Operand(kind, Place(), null),
        };
    }

    public ConstOperand Constant()
    {
        var span = Span();
        MirConst c;
        switch (Byte())
        {
            case 0: { var t = Ty(); c = new MirConst.OfTy(t, Const()); break; }
            case 1: { var d = Def(); var a = Args(); int p = Index(); c = new MirConst.Unevaluated(d, a, p < 0 ? null : p, Ty()); break; }
            case 2: { var t = Ty(); c = new MirConst.Val(Value(), t); break; }
            default: throw Corrupt("a constant is of no kind");
        }
        return new ConstOperand(c, span);
    }

    private ConstValue Value()
    {
        switch (Byte())
        {
            case 0: return new ConstValue.Scalar(ScalarInt());
            case 1: { var a = Alloc(); return new ConstValue.Pointer(a, Uint()); }
            case 2: return ConstValue.ZeroSized.Instance;
            case 3: { var a = Alloc(); return new ConstValue.Slice(a, Uint()); }
            case 4: { var a = Alloc(); return new ConstValue.Indirect(a, Uint()); }
            default: throw Corrupt("a constant's value is of no kind");
        }
    }

    private Statement Statement()
    {
        var s = new Statement { Kind = Enum<StatementKind>(), SourceInfo = Info(), Index = Index() };
        byte has = Byte();
        if ((has & 1) != 0) s.Place = Place();
        if ((has & 2) != 0) s.Rvalue = RvalueOf();
        if ((has & 4) != 0) s.Operands = Array(Operand);
        return s;
    }

    private Rvalue RvalueOf()
    {
        switch (Byte())
        {
            case 0: return new Rvalue.Use(Operand());
            case 1: { var o = Operand(); return new Rvalue.Repeat(o, Const()); }
            case 2: { var k = Enum<BorrowKind>(); return new Rvalue.Ref(k, Place()); }
            case 3: return new Rvalue.ThreadLocalRef(Def());
            case 4: { var k = Enum<RawPtrKind>(); return new Rvalue.RawPtr(k, Place()); }
            case 5: { var k = Enum<CastKind>(); var o = Operand(); var t = Ty(); return new Rvalue.Cast(k, o, t, Bool(), Enum<Safety>()); }
            case 6: { var op = Enum<BinOp>(); var l = Operand(); return new Rvalue.BinaryOp(op, l, Operand()); }
            case 7: { var op = Enum<UnOp>(); return new Rvalue.UnaryOp(op, Operand()); }
            case 8: return new Rvalue.Discriminant(Place());
            case 9:
                {
                    var kind = Enum<AggregateKind>();
                    var operands = Array(Operand);
                    var ty = Bool() ? Ty() : null;
                    DefId def = default;
                    GenericArgs? args = null;
                    if (Bool()) { def = Def(); args = Args(); }
                    return new Rvalue.Aggregate(kind, operands) { Ty = ty, Def = def, Args = args, Variant = Int(), ActiveField = Index(), Mutability = Enum<Mutability>() };
                }
            case 10: return new Rvalue.CopyForDeref(Place());
            case 11: { var o = Operand(); return new Rvalue.WrapUnsafeBinder(o, Ty()); }
            default: throw Corrupt("an rvalue is of no kind");
        }
    }

    private UnwindAction Unwind() => new(Enum<UnwindActionKind>(), Index(), Enum<UnwindTerminateReason>());

    private Terminator Terminator()
    {
        switch (Byte())
        {
            case 0: { int t = Int(); return new Terminator.Goto(t) { SourceInfo = Info() }; }
            case 1: { var d = Operand(); var v = Array(Uint128); var t = Array(Int); return new Terminator.SwitchInt(d, v, t) { SourceInfo = Info() }; }
            case 2: return new Terminator.UnwindResume { SourceInfo = Info() };
            case 3: { var r = Enum<UnwindTerminateReason>(); return new Terminator.UnwindTerminate(r) { SourceInfo = Info() }; }
            case 4: return new Terminator.Return { SourceInfo = Info() };
            case 5: return new Terminator.Unreachable { SourceInfo = Info() };
            case 6:
                {
                    var p = Place();
                    int target = Int();
                    var u = Unwind();
                    bool replace = Bool();
                    int drop = Index(), fut = Index();
                    return new Terminator.Drop(p, target, u, replace) { AsyncDropBlock = drop, AsyncFut = fut, SourceInfo = Info() };
                }
            case 7:
                {
                    var f = Operand();
                    var a = Array(Operand);
                    var d = Place();
                    int target = Index();
                    var u = Unwind();
                    return new Terminator.Call(f, a, d, target, u) { CallSource = Enum<CallSource>(), FnSpan = Span(), SourceInfo = Info() };
                }
            case 8: { var f = Operand(); var a = Array(Operand); return new Terminator.TailCall(f, a) { FnSpan = Span(), SourceInfo = Info() }; }
            case 9:
                {
                    var c = Operand();
                    bool expected = Bool();
                    var kind = Enum<AssertKind>();
                    var o = Array(Operand);
                    int target = Int();
                    var u = Unwind();
                    return new Terminator.Assert(c, expected, kind, o, target, u) { Op = Enum<BinOp>(), Coroutine = Enum<CoroutineDesugaring>(), SourceInfo = Info() };
                }
            case 10: { var v = Operand(); int r = Int(); var p = Place(); int d = Index(); return new Terminator.Yield(v, r, p, d) { SourceInfo = Info() }; }
            case 11: return new Terminator.CoroutineDrop { SourceInfo = Info() };
            case 12: { int r = Int(), i = Int(); return new Terminator.FalseEdge(r, i) { SourceInfo = Info() }; }
            case 13: { int r = Int(); var u = Unwind(); return new Terminator.FalseUnwind(r, u) { SourceInfo = Info() }; }
            case 14:
                {
                    var template = Array(() => new InlineAsmPiece(OptString(), Int(), (char)Int()));
                    var operands = Array(AsmOperand);
                    var options = (InlineAsmOptions)Int();
                    var targets = Array(Int);
                    var u = Unwind();
                    bool naked = Bool();
                    return new Terminator.InlineAsm(template, operands, options, targets, u, naked) { SourceInfo = Info() };
                }
            default: throw Corrupt("a terminator is of no kind");
        }
    }

    private InlineAsmOperand AsmOperand()
    {
        var kind = Enum<InlineAsmOperandKind>();
        var reg = OptString();
        var regClass = OptString();
        bool late = Bool();
        Operand? input = Bool() ? Operand() : null;
        Place? output = Bool() ? Place() : null;
        var constant = Bool() ? Constant() : null;
        DefId def = Bool() ? Def() : default;
        return new InlineAsmOperand(kind, reg, regClass, late, input, output, constant, def, Index());
    }

    public GlobalAlloc GlobalAllocOf()
    {
        switch (Byte())
        {
            case 0: return new GlobalAlloc.Memory(Allocation());
            case 1: return new GlobalAlloc.Function(Instance());
            case 2: { var t = Ty(); return new GlobalAlloc.VTable(t, Ty() as DynamicTy ?? throw Corrupt("a vtable is of no trait object type")); }
            case 3: return crate.Tcx.StaticAlloc(Def());
            case 4: return new GlobalAlloc.TypeId(Ty());
            default: throw Corrupt("an allocation is of no kind");
        }
    }

    public Allocation Allocation()
    {
        var bytes = Blob();
        var relocations = Array(() => { int at = Int(); return new Relocation(at, Alloc()); });
        bool[]? init = null;
        if (Bool())
        {
            init = new bool[bytes.Length];
            bool state = false;
            int at = 0;
            foreach (int run in Array(Int))
            {
                if (run < 0 || run > init.Length - at) throw Corrupt("an allocation's initialized runs are longer than it");
                init.AsSpan(at, run).Fill(state);
                at += run;
                state = !state;
            }
        }
        return new Allocation(bytes, relocations, init, Uint(), Enum<Mutability>());
    }
}

using Mirlink.Mir;
using Mirlink.Rustc.Metadata.Raw;
using Allocation = Mirlink.Mir.Allocation;
using ConstOperand = Mirlink.Mir.ConstOperand;
using ConstValue = Mirlink.Mir.ConstValue;
using GlobalAlloc = Mirlink.Mir.GlobalAlloc;
using Instance = Mirlink.Mir.Instance;
using InstanceKind = Mirlink.Mir.InstanceKind;
using Mutability = Mirlink.Mir.Mutability;
using Raw = Mirlink.Rustc.Metadata.Raw;
using Relocation = Mirlink.Mir.Relocation;

namespace Mirlink.Rustc.Import;

/// <summary>Constants, evaluated memory, instances.</summary>
public sealed partial class RustcCrate
{
    GlobalAlloc Import(AllocId id)
    {
        if (_allocs.TryGetValue(id.Index, out var known)) return known;
        GlobalAlloc made = _meta.Alloc(id) switch
        {
            Raw.GlobalAlloc.Memory m => new GlobalAlloc.Memory(() => Import(m.Allocation)),
            Raw.GlobalAlloc.Function f => new GlobalAlloc.Function(Import(f.Instance)),
            Raw.GlobalAlloc.VTable v => new GlobalAlloc.VTable(Import(v.Ty), _interner.Dynamic(Import(v.Predicates))),
            Raw.GlobalAlloc.Static s => _tcx.StaticAlloc(Def(s.DefId)),
            Raw.GlobalAlloc.TypeId t => new GlobalAlloc.TypeId(Import(t.Ty)),
            _ => throw new BugException("allocation kind"),
        };
        return _allocs.GetOrAdd(id.Index, made);
    }

    Allocation Import(Raw.Allocation a)
    {
        var relocations = Array.ConvertAll(a.Provenance, r => new Relocation((int)r.Offset, Import(r.Target)) { IsImmutable = r.Immutable });
        bool[]? init = null;
        switch (a.InitMask.Blocks)
        {
            case InitMaskBlocks.Lazy { State: false } when a.Bytes.Length > 0:
                init = new bool[a.Bytes.Length];
                break;
            case InitMaskBlocks.Materialized m:
                init = new bool[a.Bytes.Length];
                for (var i = 0; i < init.Length; i++) init[i] = i / 64 < m.F0.Length && (m.F0[i / 64] >> (i & 63) & 1) != 0;
                break;
        }
        return new Allocation(a.Bytes, relocations, init, a.Align, a.Mutable ? Mutability.Mut : Mutability.Not);
    }

    public Allocation? StaticInitializer(int index) => _meta.EvalStaticInitializer((uint)index) is { } a ? Import(a) : null;

    ConstValue Import(Raw.ConstValue raw)
    {
        switch (raw)
        {
            case Raw.ConstValue.Scalar { F0: ScalarAllocIdBoolBool.Int i }: return new ConstValue.Scalar(Import(i.F0));
            case Raw.ConstValue.Scalar { F0: ScalarAllocIdBoolBool.Ptr p }: return new ConstValue.Pointer(Import(p.F0.Provenance.Item1), p.F0.Offset.Raw) { IsImmutable = p.F0.Provenance.Item2 };
            case Raw.ConstValue.ZeroSized: return ConstValue.ZeroSized.Instance;
            case Raw.ConstValue.Slice s: return new ConstValue.Slice(Import(s.AllocId), s.Meta);
            case Raw.ConstValue.Indirect i: return new ConstValue.Indirect(Import(i.AllocId), i.Offset.Raw);
            default: throw new BugException("constant value");
        }
    }

    MirConst Import(Raw.Const raw) => raw switch
    {
        Raw.Const.Ty t => new MirConst.OfTy(Import(t.F0), Import(t.F1)),
        Raw.Const.Unevaluated u => new MirConst.Unevaluated(Def(u.F0.Def), Import(u.F0.Args), (int?)u.F0.Promoted, Import(u.F1)),
        Raw.Const.Val v => new MirConst.Val(Import(v.F0), Import(v.F1)),
        _ => throw new BugException("constant"),
    };

    ConstOperand Import(Raw.ConstOperand c) => new(Import(c.Const), Import(c.Span));

    Instance Import(Raw.Instance raw)
    {
        var args = Import(raw.Args);
        return raw.Def switch
        {
            Raw.InstanceKind.Item i => Instance.Item(Def(i.F0), args),
            Raw.InstanceKind.Intrinsic i => new Instance(InstanceKind.Intrinsic, Def(i.F0), args),
            Raw.InstanceKind.VTableShim i => new Instance(InstanceKind.VTableShim, Def(i.F0), args),
            Raw.InstanceKind.ReifyShim i => new Instance(InstanceKind.ReifyShim, Def(i.F0), args, null, i.F1 is { } reason ? 1 + (int)reason : 0),
            Raw.InstanceKind.FnPtrShim i => new Instance(InstanceKind.FnPtrShim, Def(i.F0), args, Import(i.F1)),
            Raw.InstanceKind.Virtual i => new Instance(InstanceKind.Virtual, Def(i.F0), args, null, (int)i.F1),
            Raw.InstanceKind.ClosureOnceShim i => new Instance(InstanceKind.ClosureOnceShim, Def(i.CallOnce), args, null, i.TrackCaller ? 1 : 0),
            Raw.InstanceKind.ConstructCoroutineInClosureShim i =>
                new Instance(InstanceKind.ConstructCoroutineInClosureShim, Def(i.CoroutineClosureDefId), args, null, i.ReceiverByRef ? 1 : 0),
            Raw.InstanceKind.ThreadLocalShim i => new Instance(InstanceKind.ThreadLocalShim, Def(i.F0), args),
            Raw.InstanceKind.DropGlue i => new Instance(InstanceKind.DropGlue, Def(i.F0), args, i.F1 is { } t ? Import(t) : null),
            Raw.InstanceKind.CloneShim i => new Instance(InstanceKind.CloneShim, Def(i.F0), args, Import(i.F1)),
            Raw.InstanceKind.FnPtrAddrShim i => new Instance(InstanceKind.FnPtrAddrShim, Def(i.F0), args, Import(i.F1)),
            Raw.InstanceKind.AsyncDropGlueCtorShim i => new Instance(InstanceKind.AsyncDropGlueCtorShim, Def(i.F0), args, Import(i.F1)),
            Raw.InstanceKind.AsyncDropGlue i => new Instance(InstanceKind.AsyncDropGlue, Def(i.F0), args, Import(i.F1)),
            var other => throw Unsupported($"an instance of kind {other.GetType().Name} in crate metadata"),
        };
    }
}

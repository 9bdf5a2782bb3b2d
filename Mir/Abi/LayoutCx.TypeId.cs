using System.Numerics;

namespace Mirlink.Mir.Abi;

/// <summary>
/// rustc's type_id_hash: HashStable of a type with its free regions erased and its bound ones numbered in order of appearance. Types, consts and lists are
/// hashed each by itself, and their hash is what the outer one sees.
/// </summary>
public sealed partial class LayoutCx
{
    private readonly ConcurrentMap<Ty, U128, ById<Ty>> _typeIds = new();
    private readonly ConcurrentMap<Ty, Fingerprint, ById<Ty>> _closedTypes = new();
    private readonly ConcurrentMap<DefId, Fingerprint> _adtFingerprints = new();

    public U128 TypeIdHash(Ty ty) => _typeIds.GetOrAdd(ty, static (t, cx) =>
    {
        var erased = cx.Tcx.EraseRegions(t);
        var hasher = new StableHasher();
        hasher.WriteFingerprint(new TypeHasher(cx).Of(erased));
        var f = hasher.Finish();
        return new U128(f.Hi, f.Lo);
    }, this);

    private Fingerprint AdtFingerprint(DefId def) => _adtFingerprints.GetOrAdd(def, static (d, cx) => new TypeHasher(cx).OfAdtDef(cx.Tcx.AdtDef(d)), this);

    private sealed class TypeHasher(LayoutCx cx)
    {
        private readonly TyCtxt _tcx = cx.Tcx;
        /// <summary>For each binder that we are under: the kinds of its variables that occur, in order, by their old numbers.</summary>
        private readonly List<List<(int Var, BoundVariableKind Kind)>> _binders = [];

        public Fingerprint Of(Ty ty)
        {
            bool closed = ty.OuterExclusiveBinder == 0;
            if (closed && cx._closedTypes.TryGetValue(ty, out var known)) return known;
            var h = new StableHasher();
            h.WriteDiscriminant((long)ty.Kind);
            switch (ty)
            {
                case PrimTy p:
                    if (p.Kind is TyKind.Int or TyKind.Uint or TyKind.Float) h.WriteDiscriminant(p.Sub);
                    break;
                case AdtTy a:
                    h.WriteFingerprint(cx.AdtFingerprint(a.Def));
                    h.WriteFingerprint(Of(a.Args));
                    break;
                case ForeignTy f: Write(ref h, f.Def); break;
                case ArrayTy a:
                    h.WriteFingerprint(Of(a.Element));
                    h.WriteFingerprint(Of(a.Length));
                    break;
                case PatTy p:
                    h.WriteFingerprint(Of(p.Base));
                    Write(ref h, p.Pattern);
                    break;
                case SliceTy s: h.WriteFingerprint(Of(s.Element)); break;
                case RawPtrTy p:
                    h.WriteFingerprint(Of(p.Pointee));
                    h.WriteDiscriminant((long)p.Mutbl);
                    break;
                case RefTy r:
                    Write(ref h, r.Region);
                    h.WriteFingerprint(Of(r.Pointee));
                    h.WriteDiscriminant((long)r.Mutbl);
                    break;
                case FnDefTy f:
                    Write(ref h, f.Def);
                    h.WriteFingerprint(Of(f.Args));
                    break;
                case FnPtrTy f:
                    {
                        var sig = f.Sig.Value;
                        Enter(v => { v.Visit(sig.Inputs); v.Visit(sig.Output); });
                        h.WriteFingerprint(Of([.. sig.Inputs, sig.Output]));
                        h.WriteFingerprint(Leave());
                        h.WriteBool(sig.CVariadic);
                        h.WriteDiscriminant((long)sig.Safety);
                        h.WriteTerminatedStr(AbiName(sig));
                        h.WriteU32(0x41424900); // "ABI\0"
                        break;
                    }
                case UnsafeBinderTy b:
                    Enter(v => v.Visit(b.Inner.Value));
                    h.WriteFingerprint(Of(b.Inner.Value));
                    h.WriteFingerprint(Leave());
                    break;
                case DynamicTy d:
                    {
                        var list = new StableHasher();
                        list.WriteU64((ulong)d.Predicates.Length);
                        foreach (var p in d.Predicates)
                        {
                            Enter(v => v.Visit(p.Value));
                            Write(ref list, p.Value);
                            list.WriteFingerprint(Leave());
                        }
                        h.WriteFingerprint(list.Finish());
                        Write(ref h, d.Region);
                        break;
                    }
                case ClosureTy c:
                    Write(ref h, c.Def);
                    h.WriteFingerprint(Of(c.Args));
                    break;
                case TupleTy t: h.WriteFingerprint(Of(t.Elements)); break;
                case AliasTy a:
                    h.WriteFingerprint(Of(a.Args));
                    h.WriteDiscriminant((long)a.AliasKind);
                    Write(ref h, a.Def);
                    break;
                default: throw new BugException($"type id of {ty}: it is not concrete");
            }
            var result = h.Finish();
            if (closed) cx._closedTypes.TryAdd(ty, result);
            return result;
        }

        private Fingerprint Of(ReadOnlySpan<Ty> tys)
        {
            var h = new StableHasher();
            h.WriteU64((ulong)tys.Length);
            foreach (var t in tys) h.WriteFingerprint(Of(t));
            return h.Finish();
        }

        private Fingerprint Of(GenericArgs args)
        {
            var h = new StableHasher();
            h.WriteU64((ulong)args.Count);
            foreach (var a in args.Span)
            {
                switch (a)
                {
                    case Region r:
                        h.WriteDiscriminant(0);
                        Write(ref h, r);
                        break;
                    case Ty t:
                        h.WriteDiscriminant(1);
                        h.WriteFingerprint(Of(t));
                        break;
                    case Const c:
                        h.WriteDiscriminant(2);
                        h.WriteFingerprint(Of(c));
                        break;
                }
            }
            return h.Finish();
        }

        private Fingerprint Of(Const c)
        {
            if (c.Kind != ConstKind.Value) throw new BugException($"type id of a type with the const {c}: it is not evaluated");
            var h = new StableHasher();
            h.WriteDiscriminant(5); // ConstKind::Value
            h.WriteFingerprint(Of(c.Type!));
            switch (c.Value)
            {
                case ValTree.Leaf leaf:
                    h.WriteDiscriminant(0);
                    h.WriteU128(leaf.Scalar.Bits);
                    h.WriteU8(leaf.Scalar.Size);
                    break;
                case ValTree.Branch branch:
                    {
                        h.WriteDiscriminant(1);
                        var list = new StableHasher();
                        list.WriteU64((ulong)branch.Children.Length);
                        foreach (var child in branch.Children) list.WriteFingerprint(Of(child));
                        h.WriteFingerprint(list.Finish());
                        break;
                    }
            }
            return h.Finish();
        }

        private void Write(ref StableHasher h, DefId def)
        {
            var hash = _tcx.DefPathHash(def);
            h.WriteU64(hash.StableCrateId);
            h.WriteU64(hash.LocalHash);
        }

        private void Write(ref StableHasher h, DefId? def)
        {
            h.WriteBool(def is not null);
            if (def is { } d) Write(ref h, d);
        }

        private void Write(ref StableHasher h, Region r)
        {
            if (r.Kind != RegionKind.ReBound)
            {
                h.WriteDiscriminant(6); // ReErased: no other free region is left
                return;
            }
            if (r.DeBruijn >= _binders.Count) throw new BugException("a bound region outside of its binder");
            h.WriteDiscriminant(1);
            h.WriteDiscriminant(0); // BoundVarIndexKind::Bound
            h.WriteU32((uint)r.DeBruijn);
            h.WriteU32((uint)_binders[^(r.DeBruijn + 1)].FindIndex(v => v.Var == r.Index));
            h.WriteDiscriminant(0); // BoundRegionKind::Anon
        }

        private void Write(ref StableHasher h, TyPattern p)
        {
            switch (p)
            {
                case TyPattern.Range r:
                    h.WriteDiscriminant(0);
                    h.WriteFingerprint(Of(r.Start));
                    h.WriteFingerprint(Of(r.End));
                    break;
                case TyPattern.Or or:
                    {
                        h.WriteDiscriminant(1);
                        var list = new StableHasher();
                        list.WriteU64((ulong)or.Alternatives.Length);
                        foreach (var a in or.Alternatives) Write(ref list, a);
                        h.WriteFingerprint(list.Finish());
                        break;
                    }
                case TyPattern.NotNull: h.WriteDiscriminant(2); break;
            }
        }

        private void Write(ref StableHasher h, ExistentialPredicate p)
        {
            switch (p)
            {
                case ExistentialPredicate.Trait t:
                    h.WriteDiscriminant(0);
                    Write(ref h, t.Def);
                    h.WriteFingerprint(Of(t.Args));
                    break;
                case ExistentialPredicate.Projection j:
                    h.WriteDiscriminant(1);
                    Write(ref h, j.Def);
                    h.WriteFingerprint(Of(j.Args));
                    h.WriteDiscriminant(j.Term is Ty ? 0 : 1);
                    h.WriteFingerprint(j.Term is Ty term ? Of(term) : Of((Const)j.Term));
                    break;
                case ExistentialPredicate.AutoTrait a:
                    h.WriteDiscriminant(2);
                    Write(ref h, a.Def);
                    break;
            }
        }

        private void Enter(Action<BoundVariables> visit)
        {
            var vars = new BoundVariables();
            visit(vars);
            _binders.Add(vars.Found);
        }

        /// <summary>Goes out of a binder: the hash of the list of its variables.</summary>
        private Fingerprint Leave()
        {
            var vars = _binders[^1];
            _binders.RemoveAt(_binders.Count - 1);
            var h = new StableHasher();
            h.WriteU64((ulong)vars.Count);
            foreach (var (_, kind) in vars)
            {
                h.WriteDiscriminant((long)kind);
                if (kind != BoundVariableKind.Const) h.WriteDiscriminant(0); // anonymous
            }
            return h.Finish();
        }

        public Fingerprint OfAdtDef(AdtDef def)
        {
            var h = new StableHasher();
            Write(ref h, def.Def);
            h.WriteU64((ulong)def.Variants.Length);
            foreach (var v in def.Variants)
            {
                Write(ref h, v.Def);
                h.WriteBool(v.Ctor is not null);
                if (v.Ctor is { } ctor)
                {
                    h.WriteDiscriminant(v.CtorIsFn ? 0 : 1);
                    Write(ref h, ctor);
                }
                h.WriteStr(v.Name);
                h.WriteDiscriminant(v.ExplicitDiscr is null ? 1 : 0);
                if (v.ExplicitDiscr is { } discr) Write(ref h, discr); else h.WriteU32(v.RelativeDiscr);
                h.WriteU64((ulong)v.Fields.Length);
                foreach (var f in v.Fields)
                {
                    Write(ref h, f.Def);
                    h.WriteStr(f.Name);
                    h.WriteDiscriminant(f.RestrictedTo is null ? 0 : 1);
                    if (f.RestrictedTo is { } module) Write(ref h, module);
                    h.WriteDiscriminant((long)f.Safety);
                    Write(ref h, f.DefaultValue);
                }
                h.WriteBool(false); // tainted by errors
                h.WriteU8(v.IsFieldListNonExhaustive ? (byte)1 : (byte)0);
            }
            h.WriteU16((ushort)def.Flags);
            var repr = def.Repr;
            h.WriteBool(repr.Int is not null);
            if (repr.Int is { } i)
            {
                bool pointerSized = i.Sub == 0; // isize, usize
                h.WriteDiscriminant(pointerSized ? 0 : 1);
                if (!pointerSized) h.WriteDiscriminant(i.Sub - 1);
                h.WriteBool(i.IsSigned);
            }
            WriteAlign(ref h, repr.Align);
            WriteAlign(ref h, repr.Pack);
            h.WriteU8((byte)repr.Flags);
            if ((repr.Flags & ReprFlags.Scalable) != 0) throw new UnsupportedException("the type id of a scalable vector type");
            h.WriteBool(false); // scalable
            h.WriteU64(repr.FieldShuffleSeed);
            return h.Finish();
        }

        private static void WriteAlign(ref StableHasher h, ulong? align)
        {
            h.WriteBool(align is not null);
            if (align is { } a) h.WriteU8((byte)BitOperations.TrailingZeroCount(a));
        }
    }

    /// <summary>The variables of one binder that occur under it, in the order in which rustc's folders meet them.</summary>
    private sealed class BoundVariables
    {
        private int _depth;
        public List<(int Var, BoundVariableKind Kind)> Found { get; } = [];

        private void Add(int debruijn, int index, BoundVariableKind kind)
        {
            if (debruijn == _depth && !Found.Exists(f => f.Var == index)) Found.Add((index, kind));
        }

        public void Visit(ReadOnlySpan<Ty> tys)
        {
            foreach (var t in tys) Visit(t);
        }

        private void Visit(GenericArgs args)
        {
            foreach (var a in args.Span) Visit(a);
        }

        public void Visit(GenericArg arg)
        {
            if (arg.OuterExclusiveBinder <= _depth) return;
            switch (arg)
            {
                case Region { Kind: RegionKind.ReBound } r: Add(r.DeBruijn, r.Index, BoundVariableKind.Region); break;
                case Const { Kind: ConstKind.Bound } c: Add(c.DeBruijn, c.Index, BoundVariableKind.Const); break;
                case VarTy { Kind: TyKind.Bound } v: Add(v.DeBruijn, v.Index, BoundVariableKind.Ty); break;
                case AdtTy t: Visit(t.Args); break;
                case ArrayTy t: Visit(t.Element); Visit(t.Length); break;
                case PatTy t: Visit(t.Base); break;
                case SliceTy t: Visit(t.Element); break;
                case RawPtrTy t: Visit(t.Pointee); break;
                case RefTy t: Visit(t.Region); Visit(t.Pointee); break;
                case FnDefTy t: Visit(t.Args); break;
                case ClosureTy t: Visit(t.Args); break;
                case AliasTy t: Visit(t.Args); break;
                case TupleTy t: Visit(t.Elements); break;
                case FnPtrTy t:
                    _depth++;
                    Visit(t.Sig.Value.Inputs);
                    Visit(t.Sig.Value.Output);
                    _depth--;
                    break;
                case UnsafeBinderTy t:
                    _depth++;
                    Visit(t.Inner.Value);
                    _depth--;
                    break;
                case DynamicTy t:
                    _depth++;
                    foreach (var p in t.Predicates) Visit(p.Value);
                    _depth--;
                    Visit(t.Region);
                    break;
            }
        }

        public void Visit(ExistentialPredicate p)
        {
            switch (p)
            {
                case ExistentialPredicate.Trait t: Visit(t.Args); break;
                case ExistentialPredicate.Projection j: Visit(j.Args); Visit(j.Term); break;
            }
        }
    }

    private static string AbiName(FnSig sig)
    {
        string name = sig.Abi switch
        {
            ExternAbi.C => "C",
            ExternAbi.System => "system",
            ExternAbi.Rust => "Rust",
            ExternAbi.RustCall => "rust-call",
            ExternAbi.RustCold => "rust-cold",
            ExternAbi.RustInvalid => "rust-invalid",
            ExternAbi.RustPreserveNone => "rust-preserve-none",
            ExternAbi.Unadjusted => "unadjusted",
            ExternAbi.Custom => "custom",
            ExternAbi.EfiApi => "efiapi",
            ExternAbi.Aapcs => "aapcs",
            ExternAbi.CmseNonSecureCall => "cmse-nonsecure-call",
            ExternAbi.CmseNonSecureEntry => "cmse-nonsecure-entry",
            ExternAbi.GpuKernel => "gpu-kernel",
            ExternAbi.PtxKernel => "ptx-kernel",
            ExternAbi.AvrInterrupt => "avr-interrupt",
            ExternAbi.AvrNonBlockingInterrupt => "avr-non-blocking-interrupt",
            ExternAbi.Msp430Interrupt => "msp430-interrupt",
            ExternAbi.RiscvInterruptM => "riscv-interrupt-m",
            ExternAbi.RiscvInterruptS => "riscv-interrupt-s",
            ExternAbi.X86Interrupt => "x86-interrupt",
            ExternAbi.Cdecl => "cdecl",
            ExternAbi.Stdcall => "stdcall",
            ExternAbi.Fastcall => "fastcall",
            ExternAbi.Thiscall => "thiscall",
            ExternAbi.Vectorcall => "vectorcall",
            ExternAbi.SysV64 => "sysv64",
            ExternAbi.Win64 => "win64",
            _ => throw new BugException($"no name for the ABI {sig.Abi}"),
        };
        return sig.AbiUnwind ? name + "-unwind" : name;
    }
}

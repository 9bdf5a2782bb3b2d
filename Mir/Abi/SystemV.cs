namespace Mirlink.Mir.Abi;

public sealed partial class LayoutCx
{
    /// <summary>
    /// The System V x86-64 psABI's classification of arguments and return values, with rustc's choices (rustc_target::callconv::x86_64): __int128 and long
    /// vectors are left to the backend, scalars stay scalars.
    /// </summary>
    private struct SystemV(LayoutCx cx)
    {
        /// <summary>Of an eightbyte. From general to specific: merged is the smaller one, but for None.</summary>
        private enum Class : byte { None, Int, Sse, SseUp }

        private const int MaxEightbytes = 8; // AVX-512
        private int _intRegs = 6, _sseRegs = 8;

        public void Classify(ArgAbi[] args, ref ArgAbi ret)
        {
            if (ret.Mode.Kind != PassModeKind.Ignore) ret = Adjust(ret, isArg: false);
            for (int i = 0; i < args.Length; i++)
                if (args[i].Mode.Kind != PassModeKind.Ignore) args[i] = Adjust(args[i], isArg: true);
        }

        private ArgAbi Adjust(ArgAbi arg, bool isArg)
        {
            var layout = arg.Layout;
            if (layout.IsUnsized) return arg;
            if (isArg && cx.PassesIndirectly(layout))
            {
                _intRegs = Math.Max(0, _intRegs - 1);
                return MakeIndirect(arg);
            }
            Span<Class> classes = stackalloc Class[MaxEightbytes];
            bool inMemory = !ClassifyWhole(layout, classes);
            if (isArg && !inMemory)
            {
                int ints = 0, sses = 0;
                foreach (var c in classes)
                {
                    if (c == Class.Int) ints++;
                    else if (c == Class.Sse) sses++;
                }
                if (ints <= _intRegs && sses <= _sseRegs)
                {
                    _intRegs -= ints;
                    _sseRegs -= sses;
                }
                else if (layout.IsAggregate)
                {
                    // the backend puts immediates on the stack by itself
                    inMemory = true;
                }
            }
            if (inMemory)
            {
                if (isArg) return arg with { Mode = IndirectMode(layout, onStack: true) };
                _intRegs--; // the pointer to the return value
                return MakeIndirect(arg);
            }
            if (layout.IsAggregate) return arg with { Mode = new PassMode(PassModeKind.Cast, Cast: Target(classes, layout.Size)) };
            return isArg ? ExtendToInt(arg) : arg;
        }

        /// <returns>False: in memory.</returns>
        private readonly bool ClassifyWhole(TyAndLayout layout, Span<Class> classes)
        {
            ulong eightbytes = (layout.Size + 7) / 8;
            if (eightbytes > MaxEightbytes || !Classify(layout, classes, 0)) return false;
            int n = (int)eightbytes;
            if (n > 2)
            {
                if (classes[0] != Class.Sse) return false;
                foreach (var c in classes[1..n])
                    if (c != Class.SseUp) return false;
                return true;
            }
            for (int i = 0; i < n;)
            {
                if (classes[i] == Class.SseUp) classes[i] = Class.Sse;
                else if (classes[i++] == Class.Sse)
                    while (i < n && classes[i] == Class.SseUp) i++;
            }
            return true;
        }

        private readonly bool Classify(TyAndLayout layout, Span<Class> classes, ulong offset)
        {
            if (offset % layout.Align != 0) return layout.IsZst;
            Class c;
            switch (layout.Repr.Kind)
            {
                case BackendReprKind.Scalar:
                    c = layout.Repr.A.IsFloat ? Class.Sse : Class.Int;
                    break;
                case BackendReprKind.SimdVector:
                    c = Class.Sse;
                    break;
                default:
                    for (int i = 0, n = layout.FieldCount; i < n; i++)
                        if (!Classify(cx.Field(layout, i), classes, offset + layout.FieldOffset(i))) return false;
                    if (layout.Variants == VariantsKind.Multiple)
                        for (int v = 0; v < layout.VariantLayouts.Length; v++)
                            if (!Classify(layout.ForVariant(v), classes, offset)) return false;
                    return true;
            }
            for (ulong at = offset / 8, last = (offset + layout.Size - 1) / 8; at <= last; at++)
            {
                ref var known = ref classes[(int)at];
                if (known == Class.None || c < known) known = c;
                if (c == Class.Sse) c = Class.SseUp;
            }
            return true;
        }

        private static Reg? Component(ReadOnlySpan<Class> classes, ref int at, ulong size)
        {
            if (at >= classes.Length) return null;
            switch (classes[at])
            {
                case Class.None: return null;
                case Class.Int:
                    at++;
                    return new Reg(RegKind.Integer, Math.Min(size, 8));
                case Class.Sse:
                    {
                        int n = 1;
                        while (at + n < classes.Length && classes[at + n] == Class.SseUp) n++;
                        at += n;
                        return n > 1 ? new Reg(RegKind.Vector, 8 * (ulong)n) : new Reg(RegKind.Float, size == 4 ? 4u : 8u);
                    }
                default: throw new BugException("the upper half of a vector register without its lower half");
            }
        }

        private static CastTarget Target(ReadOnlySpan<Class> classes, ulong size)
        {
            int at = 0;
            var low = Component(classes, ref at, size) ?? throw new BugException("an argument of a size without classes");
            ulong offset = 8 * (ulong)at;
            if (size > offset && Component(classes, ref at, size - offset) is { } high) return new CastTarget([low], high, high.Size, null, default);
            return new CastTarget([], low, low.Size, null, default);
        }
    }
}

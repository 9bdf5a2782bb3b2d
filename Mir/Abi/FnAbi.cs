namespace Mirlink.Mir.Abi;

[Flags]
public enum ArgAttribute : ushort { None = 0, CapturesNone = 1, CapturesAddress = 2, CapturesReadOnly = 4, NoAlias = 8, NonNull = 16, ReadOnly = 32, InReg = 64, NoUndef = 128, Writable = 256 }

public enum ArgExtension : byte { None, Zext, Sext }

/// <summary>rustc_target::callconv::ArgAttributes. PointeeSize: dereferenceable bytes; PointeeAlign: bytes, 0 unknown.</summary>
public readonly record struct ArgAttributes(ArgAttribute Regular = 0, ArgExtension Ext = 0, ulong PointeeSize = 0, ulong PointeeAlign = 0);

public enum RegKind : byte { Integer, Float, Vector }

/// <summary>A register-sized piece: kind and size in bytes.</summary>
public readonly record struct Reg(RegKind Kind, ulong Size);

/// <summary>rustc_target::callconv::CastTarget: prefix registers, then Total bytes (from RestOffset if given) in units of Rest.</summary>
public sealed record CastTarget(Reg[] Prefix, Reg Rest, ulong RestTotal, ulong? RestOffset, ArgAttributes Attrs)
{
    /// <summary>All registers in order: prefix, then the rest split in units (the last one smaller for a remainder).</summary>
    public IEnumerable<(Reg Reg, ulong Offset)> Pieces()
    {
        ulong at = 0;
        foreach (var p in Prefix)
        {
            yield return (p, at);
            at += p.Size;
        }
        if (RestOffset is { } o) at = o;
        ulong left = RestTotal;
        while (left > 0)
        {
            ulong n = Math.Min(left, Rest.Size);
            yield return (Rest with { Size = n }, at);
            at += n;
            left -= n;
        }
    }
}

public enum PassModeKind : byte { Ignore, Direct, Pair, Cast, Indirect }

/// <summary>rustc_target::callconv::PassMode. Pair: A and B. Indirect: A of the pointer, B of the metadata if HasMeta (unsized), OnStack: byval.</summary>
public sealed record PassMode(PassModeKind Kind, ArgAttributes A = default, ArgAttributes B = default, CastTarget? Cast = null, bool HasMeta = false, bool OnStack = false)
{
    public static readonly PassMode Ignore = new(PassModeKind.Ignore);
}

public sealed record ArgAbi(TyAndLayout Layout, PassMode Mode);

/// <summary>rustc_abi::CanonAbi, as far as x86-64 has them.</summary>
public enum CanonAbi : byte { C, Rust, RustCold, RustPreserveNone, Custom, Win64, SysV64, X86Interrupt, EfiApi, Vectorcall, Fastcall, Stdcall, Thiscall }

/// <summary>How a function is called.</summary>
public sealed record FnAbi(ArgAbi[] Args, ArgAbi Ret, bool CVariadic, int FixedCount, CanonAbi Conv, bool CanUnwind);

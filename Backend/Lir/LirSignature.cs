namespace Mirlink.Backend.Lir;

[Flags]
public enum ParamFlags : ushort
{
    None = 0, ZExt = 1, SExt = 2, NoAlias = 4, NonNull = 8, NoUndef = 16, NoCapture = 32, ReadOnly = 64, InReg = 128,
    /// <summary>Pointer to the caller's buffer for the result; <see cref="LirParam.PointeeSize"/> bytes.</summary>
    SRet = 256,
    /// <summary>Argument passed in memory by value (C ABI): the callee sees a pointer to a copy of <see cref="LirParam.PointeeSize"/> bytes on the stack.</summary>
    ByVal = 512,
    WriteOnly = 1024,
    /// <summary>The callee may keep the pointer only to read through it (LLVM captures(address, read_provenance)).</summary>
    CapturesReadOnly = 2048,
    DeadOnUnwind = 4096,
    /// <summary>The callee may keep the address, and not what it points to (LLVM captures(address)).</summary>
    CapturesAddress = 8192,
    /// <summary>Nothing reads the memory after the callee returned: a copy that was made for it.</summary>
    DeadOnReturn = 16384,
}

/// <summary>One machine-level parameter or result with the facts that callers and callees may rely on.</summary>
/// <param name="Dereferenceable">Bytes known to be dereferenceable, 0 if none.</param>
/// <param name="Align">Known alignment in bytes of a pointer (or of a ByVal/SRet buffer), 0 if none.</param>
/// <param name="PointeeSize">Size in bytes of a ByVal or SRet buffer.</param>
/// <param name="Range">Valid values of an integer, null for all (rustc emits LLVM's range attribute from the scalar's valid range).</param>
public readonly record struct LirParam(LirType Type, ParamFlags Flags = ParamFlags.None, ulong Dereferenceable = 0, uint Align = 0, ulong PointeeSize = 0, LirRange? Range = null);

public enum LirCallConv : byte { C, Cold, PreserveMost, PreserveNone, SysV64, Win64, X86Interrupt, Fast, StdCall, FastCall, ThisCall, VectorCall, TailCC }

/// <summary>An ABI-lowered signature. More than one result means LLVM's first-class struct of them (two registers in the x86-64 conventions).</summary>
public sealed class LirSignature : IEquatable<LirSignature>
{
    public required LirParam[] Params { get; init; }
    public required LirParam[] Returns { get; init; }
    public LirCallConv CallConv { get; init; }
    /// <summary>C varargs: the fixed parameters are <see cref="Params"/>; a call may pass more.</summary>
    public bool Variadic { get; init; }

    public LirType FirstReturn => Returns.Length == 0 ? LirType.Void : Returns[0].Type;

    public bool Equals(LirSignature? o) => o is not null && CallConv == o.CallConv && Variadic == o.Variadic
        && Params.AsSpan().SequenceEqual(o.Params) && Returns.AsSpan().SequenceEqual(o.Returns);
    public override bool Equals(object? obj) => Equals(obj as LirSignature);
    public override int GetHashCode()
    {
        var h = new HashCode();
        h.Add(CallConv); h.Add(Variadic);
        foreach (var p in Params) h.Add(p);
        foreach (var r in Returns) h.Add(r);
        return h.ToHashCode();
    }
}

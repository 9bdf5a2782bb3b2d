using System.Text;

namespace Mirlink.Mir.Interpret.Program;

internal delegate void ForeignFunction(in ForeignCall call);

/// <summary>A call of a function that is not MIR: its arguments, and the ways to end it.</summary>
internal readonly ref struct ForeignCall(ProgramMachine machine, InterpCx cx, ReadOnlySpan<Op> args, in MPlace dest, int target, UnwindAction unwind)
{
    public ProgramMachine Machine { get; } = machine;
    public InterpCx Cx { get; } = cx;
    public ReadOnlySpan<Op> Args { get; } = args;
    public UnwindAction Unwind { get; } = unwind;
    private readonly MPlace _dest = dest;
    private readonly int _target = target;

    /// <summary>An argument's scalar: of a newtype around a pointer as well.</summary>
    public Scalar Scalar(int i)
    {
        var op = Args.Length > i ? Args[i] : throw InterpError.Ub($"calling a function with {Args.Length} arguments that needs {i + 1}");
        return Cx.ReadScalar(op);
    }

    public ulong U64(int i) => (ulong)Cx.ToInt(Scalar(i)).Bits;
    public int I32(int i) => (int)(uint)U64(i);
    public Pointer Ptr(int i) => Scalar(i).ToPointer();
    public bool IsNull(int i) => U64(i) == 0;
    public int DestSize => (int)_dest.Layout.Size;
    public double Float(int i, int size) => ProgramMachine.Read(Cx, size, Args[i]);

    public void Return() => Cx.ReturnToBlock(_target);

    public void Return(Scalar value)
    {
        if (_dest.Layout.Size > 0) Cx.WriteScalar(value.Size == (int)_dest.Layout.Size ? value : Interpret.Scalar.Of(value.RawBits, (int)_dest.Layout.Size), _dest);
        Return();
    }

    public void Return(long value) => Return(Interpret.Scalar.Of((I128)value, Math.Max(1, (int)_dest.Layout.Size)));
    public void Return(Pointer value) => Return(value.ToScalar());

    public void ReturnFloat(double value, int size)
    {
        ProgramMachine.Write(Cx, size, value, _dest);
        Return();
    }

    /// <summary>-1, with errno.</summary>
    public void Fail(int errno)
    {
        Machine.Errno(Cx).WriteScalar(0, Interpret.Scalar.Of((U128)(uint)errno, 4));
        Return(-1);
    }

    public ReadOnlySpan<byte> Bytes(Pointer ptr, ulong size) => Cx.ReadBytes(ptr, size, stripProvenance: true);

    public void Write(Pointer ptr, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0) Cx.Access(ptr, (ulong)bytes.Length, write: true).WriteBytes((int)ptr.Offset, bytes);
    }

    /// <summary>The length of a C string.</summary>
    public ulong StringLength(Pointer ptr)
    {
        ulong n = 0;
        while (Bytes(ptr.Add(n), 1)[0] != 0) n++;
        return n;
    }

    public string String(Pointer ptr) => Encoding.UTF8.GetString(Bytes(ptr, StringLength(ptr)));

    public void Continue(Scalar payload) => Cx.Unwind(payload, Unwind);
}

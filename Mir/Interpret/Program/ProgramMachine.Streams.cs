namespace Mirlink.Mir.Interpret.Program;

/// <summary>Standard streams, and the numbers that stand for chance.</summary>
internal sealed partial class ProgramMachine
{
    private readonly MemoryStream _c = new();
    private int _read;

    /// <summary>Nanoseconds that the program has slept.</summary>
    public long Slept { get; set; }

    /// <summary>Values of thread-specific keys.</summary>
    public List<Scalar> ThreadKeys { get; } = [];
    private ulong _random = 0x9e3779b97f4a7c15;

    /// <summary>A write to file descriptor 1 or 2.</summary>
    public void Output(int fd, ReadOnlySpan<byte> bytes)
    {
        (fd == 1 ? Stdout : Stderr).Write(bytes);
        _options.Output?.Invoke(fd, bytes.ToArray());
    }

    /// <summary>What C's stdio holds back until the program ends or asks for it.</summary>
    public void BufferedOutput(ReadOnlySpan<byte> bytes) => _c.Write(bytes);

    public void FlushC()
    {
        if (_c.Length == 0) return;
        Output(1, _c.GetBuffer().AsSpan(0, (int)_c.Length));
        _c.SetLength(0);
    }

    public ReadOnlyMemory<byte> Input(int max)
    {
        var part = _options.Stdin.Slice(_read, Math.Min(max, _options.Stdin.Length - _read));
        _read += part.Length;
        return part;
    }

    public byte NextRandomByte()
    {
        _random = unchecked(_random * 6364136223846793005 + 1442695040888963407);
        return (byte)(_random >> 56);
    }
}

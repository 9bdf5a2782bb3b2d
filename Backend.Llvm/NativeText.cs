using System.Runtime.InteropServices;
using System.Text;

namespace Mirlink.Backend.Llvm;

/// <summary>A growing native buffer for one NUL-terminated UTF-8 string at a time.</summary>
internal sealed unsafe class NativeText : IDisposable
{
    private byte* _buffer = (byte*)NativeMemory.Alloc(256);
    private int _capacity = 256;

    /// <summary>Bytes of the string last put in, without the NUL.</summary>
    public int Length { get; private set; }

    /// <summary>The strings after one another, NUL-terminated; valid until the next call.</summary>
    public byte* Put(string a, string b = "")
    {
        int most = (a.Length + b.Length) * 3 + 1;
        if (most > _capacity)
        {
            _capacity = Math.Max(most, _capacity * 2);
            _buffer = (byte*)NativeMemory.Realloc(_buffer, (nuint)_capacity);
        }
        var span = new Span<byte>(_buffer, _capacity);
        int n = Encoding.UTF8.GetBytes(a, span);
        n += Encoding.UTF8.GetBytes(b, span[n..]);
        _buffer[n] = 0;
        Length = n;
        return _buffer;
    }

    public void Dispose()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
    }
}

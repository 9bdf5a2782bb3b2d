using Mirlink.Backend.Lir;

namespace Mirlink.Backend.Cranelift;

/// <summary>Writes the blob of one function in the form of native/src/decode.rs: the head is collected beside the instructions and put before them.</summary>
internal sealed class ClifBlob
{
    private uint[] _code = new uint[1024];
    private int _length;
    private readonly List<uint> _signatures = [], _functions = [], _globals = [], _slots = [], _variables = [];
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _nameIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Name, int Signature), int> _functionIndex = [];
    private readonly Dictionary<(int Name, bool Tls), int> _globalIndex = [];
    private readonly Dictionary<SignatureKey, int> _signatureIndex = [];
    private uint[] _ownSignature = [];
    private int _signatureCount, _functionCount, _globalCount, _slotCount, _variableCount, _values;
    private uint[] _blob = [];

    /// <summary>Symbol names that relocations refer to.</summary>
    public IReadOnlyList<string> Names => _names;
    public int BlockCount { get; private set; }

    public void Clear()
    {
        _length = 0;
        _signatures.Clear(); _functions.Clear(); _globals.Clear(); _slots.Clear(); _variables.Clear();
        _names.Clear(); _nameIndex.Clear(); _functionIndex.Clear(); _globalIndex.Clear(); _signatureIndex.Clear();
        _signatureCount = _functionCount = _globalCount = _slotCount = _variableCount = _values = 0;
        BlockCount = 0;
    }

    // -- head --------------------------------------------------------------------------------------------------------------------------------

    private readonly record struct SignatureKey(uint[] Words)
    {
        public bool Equals(SignatureKey other) => Words.AsSpan().SequenceEqual(other.Words);
        public override int GetHashCode()
        {
            var h = new HashCode();
            foreach (uint w in Words) h.Add(w);
            return h.ToHashCode();
        }
    }

    public void SetSignature(uint[] words) => _ownSignature = words;

    public int Signature(uint[] words)
    {
        var key = new SignatureKey(words);
        if (_signatureIndex.TryGetValue(key, out int i)) return i;
        _signatures.AddRange(words);
        _signatureIndex.Add(key, _signatureCount);
        return _signatureCount++;
    }

    private int Name(string name)
    {
        if (!_nameIndex.TryGetValue(name, out int i)) { i = _names.Count; _names.Add(name); _nameIndex.Add(name, i); }
        return i;
    }

    public int Function(string name, int signature)
    {
        var key = (Name(name), signature);
        if (_functionIndex.TryGetValue(key, out int i)) return i;
        _functions.Add((uint)key.Item1);
        _functions.Add((uint)signature);
        _functionIndex.Add(key, _functionCount);
        return _functionCount++;
    }

    public int Global(string name, bool tls)
    {
        var key = (Name(name), tls);
        if (_globalIndex.TryGetValue(key, out int i)) return i;
        _globals.Add((uint)key.Item1);
        _globals.Add(tls ? 1u : 0u);
        _globals.Add(0);
        _globals.Add(0);
        _globalIndex.Add(key, _globalCount);
        return _globalCount++;
    }

    public int Slot(uint size, int alignShift)
    {
        _slots.Add(size);
        _slots.Add((uint)alignShift);
        return _slotCount++;
    }

    public int Variable(ClifType type)
    {
        _variables.Add((uint)type);
        return _variableCount++;
    }

    public int NewBlock() => BlockCount++;

    // -- instructions ------------------------------------------------------------------------------------------------------------------------

    public void Word(uint w)
    {
        if (_length == _code.Length) Array.Resize(ref _code, _length * 2);
        _code[_length++] = w;
    }

    public void Words(ReadOnlySpan<int> words)
    {
        foreach (int w in words) Word((uint)w);
    }

    public void Wide(ulong v)
    {
        Word((uint)v);
        Word((uint)(v >> 32));
    }

    /// <summary>Starts an instruction that defines <paramref name="results"/> values; its operands follow. Returns the first value.</summary>
    public int Begin(ClifOp op, ClifType type, int extra = 0, int results = 1)
    {
        Word((uint)op | (uint)type << 16 | (uint)extra << 24);
        int first = _values;
        _values += results;
        return first;
    }

    /// <summary>The whole blob; valid until the next call.</summary>
    public ReadOnlySpan<uint> Finish()
    {
        int size = _ownSignature.Length + 6 + _signatures.Count + _functions.Count + _globals.Count + _slots.Count + _variables.Count + _length;
        if (_blob.Length < size) _blob = new uint[Math.Max(size, _blob.Length * 2)];
        int at = 0;
        _ownSignature.CopyTo(_blob, 0);
        at += _ownSignature.Length;
        Put(_signatureCount, _signatures);
        Put(_functionCount, _functions);
        Put(_globalCount, _globals);
        Put(_slotCount, _slots);
        Put(_variableCount, _variables);
        _blob[at++] = (uint)BlockCount;
        _code.AsSpan(0, _length).CopyTo(_blob.AsSpan(at));
        return _blob.AsSpan(0, at + _length);

        void Put(int count, List<uint> words)
        {
            _blob[at++] = (uint)count;
            words.CopyTo(_blob, at);
            at += words.Count;
        }
    }
}

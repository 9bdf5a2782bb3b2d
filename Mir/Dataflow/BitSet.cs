namespace Mirlink.Mir.Dataflow;

/// <summary>A set of small numbers (locals, blocks), as bits.</summary>
public sealed class BitSet(int size)
{
    private readonly ulong[] _words = new ulong[(size + 63) >> 6];

    public bool this[int i]
    {
        get => (_words[i >> 6] & 1ul << i) != 0;
        set
        {
            if (value) _words[i >> 6] |= 1ul << i;
            else _words[i >> 6] &= ~(1ul << i);
        }
    }

    /// <summary>True if it was not in there before.</summary>
    public bool Add(int i)
    {
        ref ulong word = ref _words[i >> 6];
        ulong before = word;
        word |= 1ul << i;
        return word != before;
    }

    public void Clear() => Array.Clear(_words);
    public void CopyFrom(BitSet other) => other._words.CopyTo(_words, 0);

    /// <summary>True if something was added.</summary>
    public bool UnionWith(BitSet other)
    {
        ulong changed = 0;
        for (int i = 0; i < _words.Length; i++)
        {
            ulong before = _words[i];
            _words[i] = before | other._words[i];
            changed |= before ^ _words[i];
        }
        return changed != 0;
    }

    public bool Overlaps(BitSet other)
    {
        for (int i = 0; i < _words.Length; i++) if ((_words[i] & other._words[i]) != 0) return true;
        return false;
    }

    public void ExceptWith(BitSet other)
    {
        for (int i = 0; i < _words.Length; i++) _words[i] &= ~other._words[i];
    }
}

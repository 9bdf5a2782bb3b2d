using System.Text;
using Mirlink.Backend.Lir;

namespace Mirlink.Backend.Cranelift;

/// <summary>
/// Line tables as DWARF 4: one compile unit per object, a subprogram per function, and an inlined subroutine per scope that was inlined into it; no
/// variables and no types. (A debugger and std's backtraces read it.)
/// </summary>
internal sealed class DebugSections
{
    private const int TagCompileUnit = 0x11, TagSubprogram = 0x2e, TagInlinedSubroutine = 0x1d;
    private const int Name = 0x03, StmtList = 0x10, LowPc = 0x11, HighPc = 0x12, Language = 0x13, CompDir = 0x1b, Inline = 0x20, Producer = 0x25,
        AbstractOrigin = 0x31, DeclFile = 0x3a, DeclLine = 0x3b, Ranges = 0x55, CallColumn = 0x57, CallFile = 0x58, CallLine = 0x59, LinkageName = 0x6e;
    private const int Addr = 0x01, Data2 = 0x05, Data4 = 0x06, String = 0x08, Data1 = 0x0b, UData = 0x0f, Ref4 = 0x13, SecOffset = 0x17;
    private const int Unit = 1, Function = 2, FunctionWithInlined = 3, Abstract = 4, AbstractWithLinkage = 5, Inlined = 6, InlinedWithInlined = 7,
        Unnamed = 8, UnnamedWithInlined = 9;

    private readonly ElfObject _elf;
    private readonly ElfSection _info, _abbrev, _line, _ranges, _program;
    private readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
    private readonly List<string> _fileNames = [];
    private readonly Dictionary<(string File, string Name, int Line), int> _abstract = [];
    private readonly List<(ElfSection Section, int Start, int Size)> _functions = [];
    private readonly int _unitRanges;

    public DebugSections(ElfObject elf, string unit, string workingDirectory)
    {
        _elf = elf;
        _info = elf.NewSection(".debug_info", ElfSection.ProgBits, 0);
        _abbrev = elf.NewSection(".debug_abbrev", ElfSection.ProgBits, 0);
        _line = elf.NewSection(".debug_line", ElfSection.ProgBits, 0);
        _ranges = elf.NewSection(".debug_ranges", ElfSection.ProgBits, 0);
        // The line program is put behind its head, which lists the files, at the end.
        _program = new ElfSection("", ElfSection.ProgBits, 0);
        WriteAbbreviations();
        _info.Append32(0);
        _info.Append([4, 0]);
        Reference(_info, _abbrev, 0);
        _info.Append8(8);
        _info.AppendUleb(Unit);
        Text(_info, "mirlink");
        _info.Append([0x1c, 0]);
        Text(_info, unit);
        Reference(_info, _line, 0);
        Text(_info, workingDirectory);
        _info.Reserve(8);
        _unitRanges = _info.Length;
        _info.Append32(0);
        FileOf(unit);
    }

    private void WriteAbbreviations()
    {
        Abbreviation(Unit, TagCompileUnit, true, Producer, String, Language, Data2, Name, String, StmtList, SecOffset, CompDir, String, LowPc, Addr, Ranges, SecOffset);
        foreach (bool children in (bool[])[false, true])
            Abbreviation(children ? FunctionWithInlined : Function, TagSubprogram, children, LowPc, Addr, HighPc, Data4, LinkageName, String, Name, String, DeclFile, UData, DeclLine, UData);
        // A name that is no other than the symbol's would be a tenth of the program, said twice.
        foreach (bool children in (bool[])[false, true])
            Abbreviation(children ? UnnamedWithInlined : Unnamed, TagSubprogram, children, LowPc, Addr, HighPc, Data4, LinkageName, String, DeclFile, UData, DeclLine, UData);
        Abbreviation(Abstract, TagSubprogram, false, Name, String, DeclFile, UData, DeclLine, UData, Inline, Data1);
        Abbreviation(AbstractWithLinkage, TagSubprogram, false, LinkageName, String, DeclFile, UData, DeclLine, UData, Inline, Data1);
        foreach (bool children in (bool[])[false, true])
            Abbreviation(children ? InlinedWithInlined : Inlined, TagInlinedSubroutine, children, AbstractOrigin, Ref4, Ranges, SecOffset, CallFile, UData, CallLine, UData, CallColumn, UData);
        _abbrev.Append8(0);
    }

    private void Abbreviation(int code, int tag, bool children, params ReadOnlySpan<int> attributes)
    {
        _abbrev.AppendUleb((uint)code);
        _abbrev.AppendUleb((uint)tag);
        _abbrev.Append8(children ? (byte)1 : (byte)0);
        foreach (int a in attributes) _abbrev.AppendUleb((uint)a);
        _abbrev.Append([0, 0]);
    }

    private static void Text(ElfSection to, string text)
    {
        to.Append(Encoding.UTF8.GetBytes(text));
        to.Append8(0);
    }

    private void Reference(ElfSection from, ElfSection to, int offset)
    {
        from.Relocs.Add(new ElfRela((ulong)from.Length, _elf.SymbolOf(to), ElfReloc.Abs32, offset));
        from.Append32(0);
    }

    private void Address(ElfSection from, ElfSection code, long offset)
    {
        from.Relocs.Add(new ElfRela((ulong)from.Length, _elf.SymbolOf(code), ElfReloc.Abs64, offset));
        from.Reserve(8);
    }

    private int FileOf(string path)
    {
        // What was not written by anybody, such as drop glue. An empty name would end the table of files.
        if (path.Length == 0) path = "<unknown>";
        if (_files.TryGetValue(path, out int i)) return i;
        _fileNames.Add(path);
        _files.Add(path, _fileNames.Count);
        return _fileNames.Count;
    }

    // -- functions -----------------------------------------------------------------------------------------------------------------------------

    public void Add(LirFunction f, ElfSection code, int start, int size, ReadOnlySpan<Native.Line> lines)
    {
        _functions.Add((code, start, size));
        var scope = f.Scopes.Length != 0 ? f.Scopes[0] : new LirScope(_fileNames[0], f.Symbol.Name, 0, -1);
        AddRows(f, scope, code, start, size, lines);

        var ranges = InlinedRanges(f, lines);
        var used = new List<int>(ranges.Keys);
        used.Sort();
        foreach (int s in used) AbstractOf(f.Scopes[s]);
        bool named = scope.FunctionName != f.Symbol.Name;
        _info.AppendUleb(used.Count == 0 ? (named ? (uint)Function : Unnamed) : named ? (uint)FunctionWithInlined : UnnamedWithInlined);
        Address(_info, code, start);
        _info.Append32((uint)size);
        Text(_info, f.Symbol.Name);
        if (named) Text(_info, scope.FunctionName);
        _info.AppendUleb((uint)FileOf(scope.File));
        _info.AppendUleb((uint)Math.Max(0, scope.FunctionLine));
        if (used.Count == 0) return;
        AddInlined(f, 0, used, ranges, code, start);
        _info.Append8(0);
    }

    /// <summary>The code of every inlined scope, that of what is inlined into it included.</summary>
    private static Dictionary<int, List<(uint Start, uint End)>> InlinedRanges(LirFunction f, ReadOnlySpan<Native.Line> lines)
    {
        var ranges = new Dictionary<int, List<(uint Start, uint End)>>();
        foreach (ref readonly var l in lines)
        {
            if (l.Number >= (uint)f.Locs.Length || l.End <= l.Start) continue;
            for (int s = f.Locs[l.Number].Scope; s > 0; s = Parent(f, s))
            {
                if (!ranges.TryGetValue(s, out var list)) ranges.Add(s, list = []);
                if (list.Count != 0 && list[^1].End == l.Start) list[^1] = (list[^1].Start, l.End);
                else list.Add((l.Start, l.End));
            }
        }
        return ranges;
    }

    private static int Parent(LirFunction f, int scope) => f.Scopes[scope].InlinedAt is >= 0 and var at ? f.Locs[at].Scope : 0;

    private void AddInlined(LirFunction f, int parent, List<int> used, Dictionary<int, List<(uint Start, uint End)>> ranges, ElfSection code, int start)
    {
        foreach (int s in used)
        {
            if (Parent(f, s) != parent) continue;
            bool children = used.Exists(c => c != s && Parent(f, c) == s);
            _info.AppendUleb(children ? (uint)InlinedWithInlined : Inlined);
            _info.Append32((uint)AbstractOf(f.Scopes[s]));
            Reference(_info, _ranges, _ranges.Length);
            foreach (var (from, to) in ranges[s])
            {
                Address(_ranges, code, start + from);
                Address(_ranges, code, start + to);
            }
            _ranges.Reserve(16);
            var call = f.Scopes[s].InlinedAt >= 0 ? f.Locs[f.Scopes[s].InlinedAt] : default;
            _info.AppendUleb((uint)FileOf(f.Scopes[parent].File));
            _info.AppendUleb((uint)Math.Max(0, call.Line));
            _info.AppendUleb((uint)Math.Max(0, call.Column));
            if (!children) continue;
            AddInlined(f, s, used, ranges, code, start);
            _info.Append8(0);
        }
    }

    private int AbstractOf(LirScope s)
    {
        var key = (s.File, s.FunctionName, s.FunctionLine);
        if (_abstract.TryGetValue(key, out int at)) return at;
        at = _info.Length;
        _abstract.Add(key, at);
        // Readers demangle linkage names only.
        bool mangled = s.FunctionName.StartsWith("_R", StringComparison.Ordinal) || s.FunctionName.StartsWith("_ZN", StringComparison.Ordinal);
        _info.AppendUleb(mangled ? (uint)AbstractWithLinkage : Abstract);
        Text(_info, s.FunctionName);
        _info.AppendUleb((uint)FileOf(s.File));
        _info.AppendUleb((uint)Math.Max(0, s.FunctionLine));
        _info.Append8(1);
        return at;
    }

    // -- line program --------------------------------------------------------------------------------------------------------------------------

    private void AddRows(LirFunction f, LirScope scope, ElfSection code, int start, int size, ReadOnlySpan<Native.Line> lines)
    {
        _program.Append([0, 9, 2]);
        Address(_program, code, start);
        int file = 1, line = 1, column = 0;
        uint at = 0;
        Row(0, FileOf(scope.File), Math.Max(0, scope.FunctionLine), 0);
        foreach (ref readonly var l in lines)
        {
            var loc = l.Number < (uint)f.Locs.Length ? f.Locs[l.Number] : default;
            bool known = l.Number < (uint)f.Locs.Length;
            Row(l.Start, known ? FileOf(f.Scopes[loc.Scope].File) : file, known ? Math.Max(0, loc.Line) : 0, known ? Math.Max(0, loc.Column) : 0);
        }
        Advance((uint)size);
        _program.Append([0, 1, 1]);

        void Row(uint address, int newFile, int newLine, int newColumn)
        {
            Advance(address);
            if (newFile != file) { _program.Append8(4); _program.AppendUleb((uint)newFile); file = newFile; }
            if (newColumn != column) { _program.Append8(5); _program.AppendUleb((uint)newColumn); column = newColumn; }
            if (newLine != line) { _program.Append8(3); _program.AppendSleb(newLine - line); line = newLine; }
            _program.Append8(1);
        }

        void Advance(uint address)
        {
            if (address == at) return;
            _program.Append8(2);
            _program.AppendUleb(address - at);
            at = address;
        }
    }

    public void Finish()
    {
        _info.Append8(0);
        _info.Patch32(0, (uint)(_info.Length - 4));
        _info.Relocs.Add(new ElfRela((ulong)_unitRanges, _elf.SymbolOf(_ranges), ElfReloc.Abs32, _ranges.Length));
        foreach (var (section, start, size) in _functions)
        {
            Address(_ranges, section, start);
            Address(_ranges, section, start + size);
        }
        _ranges.Reserve(16);

        _line.Append32(0);
        _line.Append([4, 0]);
        int headerLength = _line.Length;
        _line.Append32(0);
        // Minimum instruction length 1, one operation per instruction, default is_stmt, line base -5, line range 14, opcode base 13 and operand counts.
        _line.Append([1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
        _line.Append8(0);
        foreach (string file in _fileNames)
        {
            Text(_line, file);
            _line.Append([0, 0, 0]);
        }
        _line.Append8(0);
        _line.Patch32(headerLength, (uint)(_line.Length - headerLength - 4));
        int shift = _line.Length;
        _line.Append(_program.Bytes);
        foreach (var r in _program.Relocs) _line.Relocs.Add(r with { Offset = r.Offset + (ulong)shift });
        _line.Patch32(0, (uint)(_line.Length - 4));
    }
}

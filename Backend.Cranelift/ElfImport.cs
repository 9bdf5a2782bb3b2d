using System.Buffers.Binary;
using System.Text;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

/// <summary>Takes over what the assembler made: sections that are loaded, their relocations, and its symbols as local ones unless told otherwise.</summary>
internal static class ElfImport
{
    private const int SymTab = 2, Rela = 4;

    public static void Into(ElfObject elf, ReadOnlySpan<byte> o, Dictionary<string, (byte Bind, byte Visibility)> linkage)
    {
        int headers = (int)U64(o, 40), count = U16(o, 60);
        var names = Section(o, headers, U16(o, 62));
        var sections = new ElfSection?[count];
        int symtab = -1;
        for (int i = 1; i < count; i++)
        {
            var h = o.Slice(headers + i * 64, 64);
            uint type = U32(h, 4);
            ulong flags = U64(h, 8);
            if (type == SymTab) symtab = i;
            if ((flags & ElfSection.Alloc) == 0 || type is Rela || U64(h, 32) == 0) continue;
            var s = elf.NewSection(Name(names, (int)U32(h, 0)), type, flags, U64(h, 56));
            s.AlignTo((uint)Math.Max(1, U64(h, 48)));
            if (type == ElfSection.NoBits) s.Reserve((int)U64(h, 32));
            else s.Append(Section(o, headers, i));
            sections[i] = s;
        }
        if (symtab < 0) throw new BugException("the assembler's output has no symbols");
        var symbols = Section(o, headers, symtab);
        var symbolNames = Section(o, headers, (int)U32(o, headers + symtab * 64 + 40));
        for (int k = 24; k < symbols.Length; k += 24)
        {
            int section = U16(symbols, k + 6), type = symbols[k + 4] & 15;
            string name = Name(symbolNames, (int)U32(symbols, k));
            if (section == 0 || section >= count || sections[section] is not { } s || name.Length == 0 || type == ElfObject.Section || name.StartsWith(".L", StringComparison.Ordinal)) continue;
            var (bind, visibility) = linkage.TryGetValue(name, out var l) ? l : (ElfObject.Local, ElfObject.Default);
            elf.Define(name, s, U64(symbols, k + 8), U64(symbols, k + 16), bind, (byte)type, visibility);
        }
        for (int i = 1; i < count; i++)
        {
            if (U32(o, headers + i * 64 + 4) != Rela || sections[U32(o, headers + i * 64 + 44)] is not { } s) continue;
            var relas = Section(o, headers, i);
            for (int k = 0; k < relas.Length; k += 24)
            {
                ulong info = U64(relas, k + 8);
                long addend = (long)U64(relas, k + 16);
                int at = (int)(info >> 32) * 24, section = U16(symbols, at + 6);
                string name = Name(symbolNames, (int)U32(symbols, at));
                int symbol;
                if (name.Length != 0 && !name.StartsWith(".L", StringComparison.Ordinal) && (symbols[at + 4] & 15) != ElfObject.Section) symbol = elf.SymbolOf(name);
                else
                {
                    symbol = elf.SymbolOf(sections[section] ?? throw new BugException("the assembler refers to a section that it does not load"));
                    addend += (long)U64(symbols, at + 8);
                }
                s.Relocs.Add(new ElfRela(U64(relas, k), symbol, (uint)info, addend));
            }
        }
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> o, int headers, int i)
    {
        var h = o.Slice(headers + i * 64, 64);
        return U32(h, 4) == ElfSection.NoBits ? [] : o.Slice((int)U64(h, 24), (int)U64(h, 32));
    }

    private static string Name(ReadOnlySpan<byte> names, int at) => Encoding.UTF8.GetString(names[at..(at + names[at..].IndexOf((byte)0))]);
    private static ushort U16(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt16LittleEndian(b[at..]);
    private static uint U32(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt32LittleEndian(b[at..]);
    private static ulong U64(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt64LittleEndian(b[at..]);
}

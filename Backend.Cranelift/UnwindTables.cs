using Mirlink.Backend.Lir;

namespace Mirlink.Backend.Cranelift;

/// <summary>
/// .eh_frame and .gcc_except_table of an object. Frames without landing pads have no personality, so that the unwinder passes them by; the others
/// name Rust's, which reads the call sites as rustc's own code has them.
/// </summary>
internal sealed class UnwindTables(ElfObject elf)
{
    private const byte PcRelSData4 = 0x1b, IndirectPcRelSData4 = 0x9b, Omit = 0xff, Uleb = 0x01;

    private readonly ElfSection _frames = elf.NewSection(".eh_frame", ElfSection.X86Unwind, ElfSection.Alloc);
    private ElfSection? _tables;
    private int _plainCie = -1, _personalityCie = -1;

    public void Add(ElfSection code, int start, int size, ReadOnlySpan<byte> cfi, ReadOnlySpan<Native.CallSite> sites)
    {
        bool pads = false;
        foreach (ref readonly var s in sites) pads |= s.Pad != 0;
        int lsda = pads ? CallSiteTable(sites, size) : -1;
        int cie = pads ? PersonalityCie() : PlainCie();

        int at = Begin();
        _frames.Append32((uint)(_frames.Length - cie));
        Relative(_frames, elf.SymbolOf(code), start);
        _frames.Append32((uint)size);
        _frames.AppendUleb(pads ? 4u : 0u);
        if (pads) Relative(_frames, elf.SymbolOf(_tables!), lsda);
        _frames.Append(cfi);
        End(at);
    }

    private static void Relative(ElfSection section, int symbol, long addend)
    {
        section.Relocs.Add(new ElfRela((ulong)section.Length, symbol, ElfReloc.Pc32, addend));
        section.Append32(0);
    }

    private int Begin()
    {
        int at = _frames.AlignTo(8);
        _frames.Append32(0);
        return at;
    }

    /// <summary>Pads with DW_CFA_nop, which is zero, and sets the length.</summary>
    private void End(int at)
    {
        _frames.AlignTo(8);
        _frames.Patch32(at, (uint)(_frames.Length - at - 4));
    }

    private int PlainCie()
    {
        if (_plainCie >= 0) return _plainCie;
        _plainCie = BeginCie("zR\0"u8);
        _frames.AppendUleb(1);
        _frames.Append8(PcRelSData4);
        EndCie(_plainCie);
        return _plainCie;
    }

    private int PersonalityCie()
    {
        if (_personalityCie >= 0) return _personalityCie;
        // The personality may be in a shared library: its address is read from a word of data.
        var reference = elf.NewSection(".data.rel.ro.mirlink.personality", ElfSection.ProgBits, ElfSection.Alloc | ElfSection.Write);
        reference.AlignTo(8);
        reference.Reserve(8);
        reference.Relocs.Add(new ElfRela(0, elf.SymbolOf("rust_eh_personality"), ElfReloc.Abs64, 0));
        _personalityCie = BeginCie("zPLR\0"u8);
        _frames.AppendUleb(7);
        _frames.Append8(IndirectPcRelSData4);
        Relative(_frames, elf.SymbolOf(reference), 0);
        _frames.Append8(PcRelSData4);
        _frames.Append8(PcRelSData4);
        EndCie(_personalityCie);
        return _personalityCie;
    }

    /// <summary>Code alignment 1, data alignment -8, return address in register 16; at entry the frame address is rsp + 8.</summary>
    private int BeginCie(ReadOnlySpan<byte> augmentation)
    {
        int at = Begin();
        _frames.Append32(0);
        _frames.Append8(1);
        _frames.Append(augmentation);
        _frames.Append([1, 0x78, 16]);
        return at;
    }

    private void EndCie(int at)
    {
        _frames.Append([0x0c, 7, 8, 0x80 | 16, 1]);
        End(at);
    }

    /// <summary>
    /// Ranges in order and without gaps: a call with its landing pad, everything else with none, since what is in no range must not unwind. Actions: 0
    /// cleanup, 1 catches everything, 3 is an empty filter.
    /// </summary>
    private int CallSiteTable(ReadOnlySpan<Native.CallSite> sites, int size)
    {
        _tables ??= elf.NewSection(".gcc_except_table", ElfSection.ProgBits, ElfSection.Alloc);
        int at = _tables.AlignTo(4);
        var ranges = new ElfSection("", ElfSection.ProgBits, 0);
        uint end = 0;
        foreach (ref readonly var s in sites)
        {
            if (s.Pad == 0) continue;
            uint call = s.ReturnAddress - 1;
            if (call > end) Range(end, call - end, 0, 0);
            Range(call, 1, s.Pad, (LandingPadKind)s.Tag switch { LandingPadKind.CatchAll => 1u, LandingPadKind.Filter => 3u, _ => 0u });
            end = s.ReturnAddress;
        }
        if ((uint)size > end) Range(end, (uint)size - end, 0, 0);
        var body = new ElfSection("", ElfSection.ProgBits, 0);
        body.Append8(Uleb);
        body.AppendUleb((uint)ranges.Length);
        body.Append(ranges.Bytes);
        // (type 1, end), (filter -1, end); type 1, which is null and matches everything; behind the types the filter's list, which is empty.
        body.Append([1, 0, 0x7f, 0]);
        body.Append32(0);
        _tables.Append([Omit, IndirectPcRelSData4]);
        _tables.AppendUleb((uint)body.Length);
        _tables.Append(body.Bytes);
        _tables.Append8(0);
        return at;

        void Range(uint start, uint length, uint pad, uint action)
        {
            ranges.AppendUleb(start);
            ranges.AppendUleb(length);
            ranges.AppendUleb(pad);
            ranges.AppendUleb(action);
        }
    }
}

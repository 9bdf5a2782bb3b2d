using System.Globalization;
using System.Text;
using Mirlink.Difftest.Generate;
using Mirlink.Linker;
using Mirlink.Mir;
using Mirlink.Rustc;

namespace Mirlink.Difftest.Bodies;

/// <summary>A program of a batch. Expected: what the interpreter computed.</summary>
public sealed record BodyProgram(ulong Seed, DefId Entry, bool Unwinds, int FirstItem, int ItemCount)
{
    public ulong? Expected { get; set; }
    /// <summary>What the interpreter did not accept: the generator's mistake, or the interpreter's.</summary>
    public string? Rejected { get; set; }
}

/// <summary>
/// Many programs as MIR in one crate, which is linked like any other: its `main` calls one after the other and prints number and hash of each. With n arguments
/// it starts at program n.
/// </summary>
public sealed class BodyBatch
{
    private readonly CommonItems _items;

    private BodyBatch(TyCtxt tcx, MemoryCrate crate, CommonItems items) => (Tcx, Crate, _items) = (tcx, crate, items);

    public TyCtxt Tcx { get; }
    public MemoryCrate Crate { get; }
    public List<BodyProgram> Programs { get; } = [];

    /// <summary>Opens the standard library and writes the programs of these seeds.</summary>
    public static BodyBatch Generate(RustcToolchain toolchain, IReadOnlyList<ulong> seeds)
    {
        var tcx = new TyCtxt();
        string std = Directory.EnumerateFiles(toolchain.LibDir, "libstd-*.rlib").Order(StringComparer.Ordinal).FirstOrDefault() ?? throw new MirlinkException($"no standard library in `{toolchain.LibDir}`");
        new CrateOpener().Open(tcx, Path.ChangeExtension(std, ".rmeta") is var meta && File.Exists(meta) ? meta : std, new CrateSearch([], [], toolchain));
        var crate = new MemoryCrate(tcx, "generated", 0x6d69726c696e6b00);
        // Generating asks for language items only; selection and layout come when all items are there.
        var items = new CommonItems(tcx, crate);
        var batch = new BodyBatch(tcx, crate, items);
        for (int i = 0; i < seeds.Count; i++)
        {
            int first = crate.DefCount;
            var writer = new ProgramWriter(items, new Choices(seeds[i]), string.Create(CultureInfo.InvariantCulture, $"p{i}"));
            var entry = writer.Write();
            batch.Programs.Add(new BodyProgram(seeds[i], entry, writer.Unwinds, first, crate.DefCount - first));
        }
        batch.WriteMain();
        return batch;
    }

    /// <summary>Runs each program in the interpreter. Needs attached services.</summary>
    public void Interpret()
    {
        foreach (var p in Programs)
        {
            try
            {
                p.Expected = GeneratedMachine.Run(Tcx, p.Entry);
            }
            catch (Exception e) when (e is MirlinkException or UnsupportedException or BugException)
            {
                p.Rejected = e.Message;
            }
        }
    }

    private void WriteMain()
    {
        var i = Tcx.Interner;
        var bytes = i.RawPtr(i.U8, Mutability.Not);
        var def = _items.AddFunction("main", [i.I32, i.RawPtr(bytes, Mutability.Not)], i.I32, InlineAttr.Never, ExternAbi.C, noMangle: true);
        var b = new BodyDraft(i.I32, [i.I32, i.RawPtr(bytes, Mutability.Not)]);
        var print = _items.Foreign("printf", [bytes], i.I32, variadic: true);
        var flush = _items.Foreign("fflush", [i.RawPtr(i.U8, Mutability.Mut)], i.I32);
        var format = _items.Bytes(Encoding.ASCII.GetBytes("%d %016lx\n\0"));
        int hash = b.NewLocal(_items.U64.Ty), ignored = b.NewLocal(i.I32), null_ = b.NewLocal(i.RawPtr(i.U8, Mutability.Mut));
        int start = b.Current;
        var blocks = new int[Programs.Count + 1];
        for (int p = 0; p < blocks.Length; p++) blocks[p] = b.NewBlock();
        b.Assign(null_, new Rvalue.Cast(CastKind.PointerWithExposedProvenance, CommonItems.Int(0, i.Usize), i.RawPtr(i.U8, Mutability.Mut)));
        b.Switch(Operand.Copy(new Place(1)), [.. Enumerable.Range(1, Programs.Count).Select(static n => (U128)n)], blocks);
        for (int p = 0; p < Programs.Count; p++)
        {
            b.Current = blocks[p];
            b.Call(_items.FunctionOperand(Programs[p].Entry), [], new Place(hash), UnwindAction.Continue);
            b.Call(print, [format, CommonItems.Int((U128)p, i.I32), Operand.Copy(new Place(hash))], new Place(ignored), UnwindAction.Continue);
            b.Call(flush, [Operand.Copy(new Place(null_))], new Place(ignored), UnwindAction.Continue);
            b.Goto(blocks[p + 1]);
        }
        b.Current = blocks[^1];
        b.Use(0, CommonItems.Int(0, i.I32));
        b.Return();
        _ = start;
        Crate[def].Body = b.Finish(def);
    }
}

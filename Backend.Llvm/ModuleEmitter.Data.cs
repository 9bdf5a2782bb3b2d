using System.Runtime.InteropServices;
using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

internal sealed unsafe partial class ModuleEmitter
{
    private void DeclareData(LirData d)
    {
        if (d.Symbol.Kind == LirSymbolKind.Tls != (d.Kind == LirDataKind.Tls)) throw new BugException($"{d.Symbol} is {d.Symbol.Kind}, its data {d.Kind}");
        nint v = LLVM.AddGlobal(Module, DataType(d), Text.Put(d.Symbol.Name));
        _symbols.Add(d.Symbol, v);
        ApplyLinkage(v, d.Symbol);
        LLVM.SetAlignment(v, Math.Max(1, d.Align));
        if (d.Kind == LirDataKind.ReadOnly) LLVM.SetGlobalConstant(v, 1);
        if (d.Kind == LirDataKind.Tls) LLVM.SetThreadLocalMode(v, GeneralDynamicTls);
        if (d.UnnamedAddr) LLVM.SetUnnamedAddress(v, GlobalUnnamedAddr);
        if (d.Section is not null) LLVM.SetSection(v, Text.Put(d.Section));
    }

    private static bool IsZero(LirData d) => d.Relocs.Length == 0 && !d.Bytes.AsSpan().ContainsAnyExcept((byte)0);

    private nint DataType(LirData d)
    {
        if (d.Relocs.Length == 0) return LLVM.ArrayType2(I8, (ulong)d.Bytes.Length);
        var fields = new List<nint>(d.Relocs.Length * 2 + 1);
        int at = 0;
        foreach (var r in d.Relocs)
        {
            if (r.Offset < at || r.Offset + 8 > d.Bytes.Length) throw new BugException($"relocation at {r.Offset} of {d.Symbol} overlaps or is out of its {d.Bytes.Length} bytes");
            if (r.Offset > at) fields.Add(LLVM.ArrayType2(I8, (ulong)(r.Offset - at)));
            fields.Add(Ptr);
            at = r.Offset + 8;
        }
        if (at < d.Bytes.Length) fields.Add(LLVM.ArrayType2(I8, (ulong)(d.Bytes.Length - at)));
        fixed (nint* p = CollectionsMarshal.AsSpan(fields)) return LLVM.StructTypeInContext(Context, p, (uint)fields.Count, 1);
    }

    private void EmitData()
    {
        var used = new List<nint>();
        foreach (var d in Unit.Data)
        {
            nint v = _symbols[d.Symbol];
            LLVM.SetInitializer(v, Initializer(d));
            if (d.Used) used.Add(v);
        }
        if (used.Count == 0) return;
        // As rustc's #[used] on ELF: kept in the object; --gc-sections may still drop it.
        fixed (byte* name = "llvm.compiler.used"u8, section = "llvm.metadata"u8)
        fixed (nint* p = CollectionsMarshal.AsSpan(used))
        {
            nint list = LLVM.AddGlobal(Module, LLVM.ArrayType2(Ptr, (ulong)used.Count), name);
            LLVM.SetInitializer(list, LLVM.ConstArray2(Ptr, p, (ulong)used.Count));
            LLVM.SetLinkage(list, AppendingLinkage);
            LLVM.SetSection(list, section);
        }
    }

    private nint Initializer(LirData d)
    {
        if (IsZero(d)) return LLVM.ConstNull(LLVM.ArrayType2(I8, (ulong)d.Bytes.Length));
        if (d.Relocs.Length == 0) return Bytes(d.Bytes, 0, d.Bytes.Length);
        var fields = new List<nint>(d.Relocs.Length * 2 + 1);
        int at = 0;
        foreach (var r in d.Relocs)
        {
            if (r.Offset > at) fields.Add(Bytes(d.Bytes, at, r.Offset - at));
            fields.Add(Address(r.Target, r.Addend));
            at = r.Offset + 8;
        }
        if (at < d.Bytes.Length) fields.Add(Bytes(d.Bytes, at, d.Bytes.Length - at));
        fixed (nint* p = CollectionsMarshal.AsSpan(fields)) return LLVM.ConstStructInContext(Context, p, (uint)fields.Count, 1);
    }

    private nint Bytes(byte[] bytes, int start, int count)
    {
        fixed (byte* p = bytes) return LLVM.ConstStringInContext2(Context, p + start, (nuint)count, 1);
    }

    /// <summary>Constant address of a symbol plus bytes.</summary>
    public nint Address(LirSymbol symbol, long addend)
    {
        nint v = Global(symbol);
        if (addend == 0) return v;
        nint offset = ConstI64(addend);
        return LLVM.ConstGEP2(I8, v, &offset, 1);
    }
}

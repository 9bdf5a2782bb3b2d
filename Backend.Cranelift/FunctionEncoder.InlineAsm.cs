using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Cranelift;

internal sealed partial class FunctionEncoder
{
    /// <summary>An asm! block is a call of a function made of it, with the address of a buffer that holds the inputs and receives the outputs.</summary>
    private Value EncodeAsm(int i, in LirInst inst)
    {
        var asm = _f.Asms[inst.A];
        var inputs = new LirType[inst.C];
        for (int k = 0; k < inst.C; k++) inputs[k] = T(_f.Pool[inst.B + k]);
        var wrapper = AsmWrapper.Make(asm, inputs, s => _f.Symbols[s].Name);
        int buffer = SlotAddress(NewSlot((ulong)wrapper.BufferSize, 16), 16);
        for (int k = 0; k < inst.C; k++) StoreValue(_f.Pool[inst.B + k], buffer, wrapper.InputOffsets[k], MayNotVanish);
        CallLibrary(Asm!.Add(wrapper), ClifType.None, [ClifType.I64], buffer);
        if (wrapper.Outputs.Count == 0) return default;
        var results = new Value[wrapper.Outputs.Count];
        for (int k = 0; k < results.Length; k++)
        {
            var (type, offset) = wrapper.Outputs[k];
            results[k] = LoadValue(type, buffer, offset, MayNotVanish);
            if (type == LirType.I1) results[k] = new Value(Op(ClifOp.Band, ClifType.I8, results[k].Id, Const(ClifType.I8, 1L)));
        }
        if (results.Length > 1) _moreResults[i] = results[1..];
        return results[0];
    }
}

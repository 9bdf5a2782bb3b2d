using Mirlink.Backend.Lir;
using Mirlink.Mir;

namespace Mirlink.Backend.Llvm;

internal sealed unsafe partial class FunctionEmitter
{
    private nint EmitCall(int i, in LirInst inst, nint callee, LirSymbol? symbol)
    {
        var signature = _f.Signatures[inst.Imm];
        var sig = _m.Signature(signature);
        nint call = BuildCall(in inst, callee, sig);
        Decorate(call, sig, (CallFlags)inst.Flags, symbol, signature);
        return signature.Returns.Length > 1 ? First(i, call) : call;
    }

    private nint BuildCall(in LirInst inst, nint callee, SignatureInfo sig)
    {
        if (_debug is not null) EnsureLocation();
        nint* args = stackalloc nint[inst.C];
        for (int k = 0; k < inst.C; k++) args[k] = V(_f.Pool[inst.B + k]);
        return LLVM.BuildCall2(_b, sig.FunctionType, callee, args, (uint)inst.C, NoName);
    }

    private nint EmitInvoke(int i, in LirInst inst, nint callee, LirSymbol? symbol)
    {
        var signature = _f.Signatures[inst.Imm];
        var sig = _m.Signature(signature);
        if (_debug is not null) EnsureLocation();
        nint* args = stackalloc nint[inst.C];
        for (int k = 0; k < inst.C; k++) args[k] = V(_f.Pool[inst.B + k]);
        nint normal = _blocks[_f.Pool[inst.B + inst.C]], unwind = _blocks[_f.Pool[inst.B + inst.C + 1]];
        nint call = LLVM.BuildInvoke2(_b, sig.FunctionType, callee, args, (uint)inst.C, normal, unwind, NoName);
        Decorate(call, sig, (CallFlags)inst.Flags, symbol, signature);
        if (signature.Returns.Length <= 1) return call;
        _aggregates[i] = call;
        return 0;
    }

    /// <summary>Attributes and convention of a call. Facts that stand at the callee's declaration are not repeated: LLVM looks there too.</summary>
    private void Decorate(nint call, SignatureInfo sig, CallFlags flags, LirSymbol? symbol, LirSignature signature)
    {
        if (sig.CallConv != 0) LLVM.SetInstructionCallConv(call, sig.CallConv);
        foreach (var a in sig.Abi) LLVM.AddCallSiteAttribute(call, a.Index, a.Attribute);
        if (sig.Facts.Length != 0 && (symbol is null || !ModuleEmitter.IsDeclaredAs(symbol, signature)))
            foreach (var a in sig.Facts) LLVM.AddCallSiteAttribute(call, a.Index, a.Attribute);
        if (flags == 0) return;
        if ((flags & CallFlags.NoUnwind) != 0) Add(_m.NoUnwind);
        if ((flags & CallFlags.Cold) != 0) Add(_m.Cold);
        if ((flags & CallFlags.NoReturn) != 0) Add(_m.NoReturn);
        if ((flags & CallFlags.NoInline) != 0) Add(_m.NoInline);
        if ((flags & CallFlags.ReadNone) != 0) Add(_m.ReadNone);

        void Add(nint attribute) => LLVM.AddCallSiteAttribute(call, ModuleEmitter.FunctionIndex, attribute);
    }

    private nint EmitTailCall(in LirInst inst, nint callee, LirSymbol? symbol)
    {
        var signature = _f.Signatures[inst.Imm];
        var sig = _m.Signature(signature);
        nint call = BuildCall(in inst, callee, sig);
        Decorate(call, sig, (CallFlags)inst.Flags, symbol, signature);
        LLVM.SetTailCallKind(call, MustTail);
        if (signature.Returns.Length == 0) LLVM.BuildRetVoid(_b);
        else LLVM.BuildRet(_b, call);
        return 0;
    }

    private const int MustTail = 2;

    /// <summary>A call in a function with debug info must have a location, or LLVM could not inline it.</summary>
    private void EnsureLocation()
    {
        if (_loc < 0) LLVM.SetCurrentDebugLocation2(_b, _debug!.Location(_loc = -1));
    }
}

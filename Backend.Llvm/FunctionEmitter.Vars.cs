using Mirlink.Backend.Lir;

namespace Mirlink.Backend.Llvm;

/// <summary>
/// Register variables. A variable with one definition that dominates its uses is that value. Any other is an alloca for SROA to take apart, and within
/// a block a read after a write or another read is the value already at hand, which saves most loads when nothing optimizes.
/// </summary>
internal sealed unsafe partial class FunctionEmitter
{
    private struct Var
    {
        public nint Alloca;
        public nint Value;
        /// <summary>Block in which <see cref="Value"/> holds; for a direct variable unused.</summary>
        public int ValueBlock;
        public int Definitions, DefinitionBlock, DefinitionInst;
        public bool Direct;
    }

    private Var[] _vars = [];

    private void PrepareVars()
    {
        var f = _f;
        int n = f.Vars.Length;
        if (n == 0) return;
        if (_vars.Length < n) _vars = new Var[Math.Max(n, _vars.Length * 2)];
        else Array.Clear(_vars, 0, n);

        for (int b = 0; b < f.Blocks.Length; b++)
        {
            for (int i = f.Blocks[b].Start; i < f.Blocks[b].End; i++)
            {
                if (f.Insts[i].Op != LirOp.DefVar) continue;
                ref var v = ref _vars[f.Insts[i].A];
                v.Definitions++;
                v.DefinitionBlock = b;
                v.DefinitionInst = i;
            }
        }
        for (int k = 0; k < n; k++)
        {
            _vars[k].Direct = _vars[k].Definitions == 1;
            _vars[k].ValueBlock = -1;
        }
        LirDominators? dominators = null;
        for (int b = 0; b < f.Blocks.Length; b++)
        {
            for (int i = f.Blocks[b].Start; i < f.Blocks[b].End; i++)
            {
                if (f.Insts[i].Op != LirOp.UseVar) continue;
                ref var v = ref _vars[f.Insts[i].A];
                if (!v.Direct) continue;
                if (v.DefinitionBlock == b) v.Direct = v.DefinitionInst < i;
                else v.Direct = (dominators ??= new LirDominators(f)).Dominates(v.DefinitionBlock, b);
            }
        }
        for (int k = 0; k < n; k++)
        {
            if (_vars[k].Direct || _vars[k].Definitions == 0) continue;
            _vars[k].Alloca = LLVM.BuildAlloca(_b, _m.Type(f.Vars[k]), NoName);
        }
    }

    private nint UseVar(int index)
    {
        ref var v = ref _vars[index];
        if (v.Direct || v.ValueBlock == _block) return v.Value;
        if (v.Definitions == 0) return LLVM.GetUndef(_m.Type(_f.Vars[index]));
        v.Value = LLVM.BuildLoad2(_b, _m.Type(_f.Vars[index]), v.Alloca, NoName);
        v.ValueBlock = _block;
        return v.Value;
    }

    private void DefVar(int index, nint value)
    {
        ref var v = ref _vars[index];
        v.Value = value;
        v.ValueBlock = _block;
        if (!v.Direct) LLVM.BuildStore(_b, value, v.Alloca);
    }
}

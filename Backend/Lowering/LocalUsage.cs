using Mirlink.Mir;

namespace Mirlink.Backend.Lowering;

internal sealed partial class FunctionLowering
{
    /// <summary>
    /// Which locals need an address, and which are assigned exactly once where that assignment dominates every use (their value needs no variable).
    /// </summary>
    private sealed class LocalUsage(FunctionLowering f, List<int> order, List<int>[] successors)
    {
        private const int NoDefinition = -2, SeveralDefinitions = -3, Entry = -1;

        private readonly Body _body = f._body;
        public readonly bool[] NeedsMemory = new bool[f._body.Locals.Length];
        public readonly bool[] Mentioned = new bool[f._body.Locals.Length];
        /// <summary>Block of the only definition, or one of the constants above.</summary>
        private readonly int[] _defBlock = new int[f._body.Locals.Length];
        /// <summary>Statement of the only definition; -1: before the block's first statement.</summary>
        private readonly int[] _defStatement = new int[f._body.Locals.Length];
        private readonly bool[] _usedElsewhere = new bool[f._body.Locals.Length];
        private int[] _rpoIndex = [];
        private int[] _idom = [];
        private List<int>[] _predecessors = [];
        private bool _collecting;
        private int _block, _statement;

        public bool IsValue(int local) => _defBlock[local] >= Entry && !_usedElsewhere[local];

        public void Run()
        {
            Array.Fill(_defBlock, NoDefinition);
            for (int i = 1; i <= _body.ArgCount; i++) Define(i, Entry, -1);
            ComputeDominators();
            // The definitions of everything first, then every use against them.
            _collecting = true;
            Visit();
            _collecting = false;
            Visit();
        }

        private void Define(int local, int block, int statement)
        {
            Mentioned[local] = true;
            if (_defBlock[local] != NoDefinition) { _defBlock[local] = SeveralDefinitions; return; }
            _defBlock[local] = block;
            _defStatement[local] = statement;
        }

        private void Visit()
        {
            foreach (int block in order)
            {
                _block = block;
                ref var data = ref _body.Blocks[block];
                for (_statement = 0; _statement < data.Statements.Length; _statement++) VisitStatement(data.Statements[_statement]);
                VisitTerminator(data.Terminator);
            }
        }

        // -- uses ------------------------------------------------------------------------------------------------------------------------------------

        private void Use(int local)
        {
            if (_collecting) { Mentioned[local] = true; return; }
            int at = _defBlock[local];
            if (at == Entry || _usedElsewhere[local]) return;
            bool dominated = at >= 0 && (at == _block ? _defStatement[local] < _statement : Dominates(at, _block));
            if (!dominated) _usedElsewhere[local] = true;
        }

        private void Address(int local)
        {
            Mentioned[local] = true;
            NeedsMemory[local] = true;
        }

        /// <summary>A place that is read.</summary>
        private void Read(in Place place)
        {
            Use(place.Local);
            VisitProjection(place);
        }

        /// <summary>A place whose address is needed: to write a part of it, to borrow it, to drop it.</summary>
        private void Locate(in Place place)
        {
            bool behindPointer = false;
            foreach (var elem in place.Projection) behindPointer |= elem.Kind == ProjectionKind.Deref;
            if (behindPointer) Use(place.Local); else Address(place.Local);
            VisitProjection(place);
        }

        private void VisitProjection(in Place place)
        {
            bool behindPointer = false;
            foreach (var elem in place.Projection)
            {
                switch (elem.Kind)
                {
                    case ProjectionKind.Deref: behindPointer = true; break;
                    case ProjectionKind.Index or ProjectionKind.ConstantIndex or ProjectionKind.Subslice:
                        if (elem.Kind == ProjectionKind.Index) Use(elem.Index);
                        if (!behindPointer) Address(place.Local);
                        break;
                }
            }
        }

        private void Read(in Operand operand)
        {
            if (operand.IsPlace) Read(operand.Place);
        }

        // -- definitions --------------------------------------------------------------------------------------------------------------------------------

        private void Write(in Place place)
        {
            if (!place.IsLocal) { Locate(place); return; }
            if (_collecting) Define(place.Local, _block, _statement);
        }

        /// <summary>A call's result: it exists on the edge to the target only.</summary>
        private void WriteOnReturn(in Place place, int target)
        {
            if (!place.IsLocal) { Locate(place); return; }
            if (!_collecting) return;
            if (target < 0) { Mentioned[place.Local] = true; return; }
            bool edgeDominates = true;
            foreach (int p in _predecessors[target]) edgeDominates &= p == _block || Dominates(target, p);
            if (edgeDominates) Define(place.Local, target, -1);
            else { Define(place.Local, target, -1); _defBlock[place.Local] = SeveralDefinitions; }
        }

        private void VisitStatement(in Statement s)
        {
            switch (s.Kind)
            {
                case StatementKind.Assign:
                    VisitRvalue(s.Rvalue!);
                    Write(s.Place);
                    break;
                case StatementKind.SetDiscriminant:
                    Locate(s.Place);
                    break;
                case StatementKind.Assume or StatementKind.CopyNonOverlapping:
                    foreach (var o in s.Operands!) Read(o);
                    break;
            }
        }

        private void VisitRvalue(Rvalue rvalue)
        {
            switch (rvalue)
            {
                case Rvalue.Use r: Read(r.Operand); break;
                case Rvalue.Repeat r: Read(r.Operand); break;
                case Rvalue.Ref r: Locate(r.Place); break;
                case Rvalue.RawPtr r: Locate(r.Place); break;
                case Rvalue.Cast r: Read(r.Operand); break;
                case Rvalue.BinaryOp r: Read(r.Left); Read(r.Right); break;
                case Rvalue.UnaryOp r: Read(r.Operand); break;
                case Rvalue.Discriminant r: Read(r.Place); break;
                case Rvalue.CopyForDeref r: Read(r.Place); break;
                case Rvalue.WrapUnsafeBinder r: Read(r.Operand); break;
                case Rvalue.Aggregate r: foreach (var o in r.Operands) Read(o); break;
            }
        }

        private void VisitTerminator(Terminator terminator)
        {
            switch (terminator)
            {
                case Terminator.SwitchInt t:
                    if (f._decided[_block] < 0) Read(t.Discr);
                    break;
                case Terminator.Return:
                    Use(0);
                    break;
                case Terminator.Drop t:
                    Locate(t.Place);
                    break;
                case Terminator.Call t:
                    Read(t.Func);
                    foreach (var a in t.Args) Read(a);
                    WriteOnReturn(t.Destination, t.Target);
                    break;
                case Terminator.TailCall t:
                    Read(t.Func);
                    foreach (var a in t.Args) Read(a);
                    break;
                case Terminator.Assert t:
                    if (f._decided[_block] >= 0) break;
                    Read(t.Cond);
                    foreach (var o in t.Operands) Read(o);
                    break;
                case Terminator.InlineAsm t:
                    foreach (var o in t.Operands)
                    {
                        if (o.In is { } input) Read(input);
                        if (o.OutPlace is not { } output) continue;
                        if (t.Targets.Length == 1) WriteOnReturn(output, t.Targets[0]); else Locate(output);
                    }
                    break;
            }
        }

        // -- dominators (Cooper, Harvey, Kennedy) ---------------------------------------------------------------------------------------------------------

        private void ComputeDominators()
        {
            int blocks = _body.Blocks.Length;
            _rpoIndex = new int[blocks];
            Array.Fill(_rpoIndex, -1);
            for (int i = 0; i < order.Count; i++) _rpoIndex[order[i]] = i;
            _predecessors = new List<int>[blocks];
            foreach (int b in order) _predecessors[b] = [];
            foreach (int b in order) foreach (int s in successors[b]) _predecessors[s].Add(b);
            _idom = new int[blocks];
            Array.Fill(_idom, -1);
            _idom[0] = 0;
            for (bool changed = true; changed;)
            {
                changed = false;
                for (int i = 1; i < order.Count; i++)
                {
                    int b = order[i], dom = -1;
                    foreach (int p in _predecessors[b])
                    {
                        if (_idom[p] < 0) continue;
                        dom = dom < 0 ? p : Intersect(dom, p);
                    }
                    if (_idom[b] == dom) continue;
                    _idom[b] = dom;
                    changed = true;
                }
            }
        }

        private int Intersect(int a, int b)
        {
            while (a != b)
            {
                while (_rpoIndex[a] > _rpoIndex[b]) a = _idom[a];
                while (_rpoIndex[b] > _rpoIndex[a]) b = _idom[b];
            }
            return a;
        }

        private bool Dominates(int a, int b)
        {
            while (_rpoIndex[b] > _rpoIndex[a]) b = _idom[b];
            return a == b;
        }
    }
}

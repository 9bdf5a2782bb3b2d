using Mirlink.Backend.Lir;
using Mirlink.Linker.Merging;

namespace Mirlink.Linker.Tests;

/// <summary>Which functions and data get one body, and which must not.</summary>
public sealed class SymbolMergerTests
{
    private readonly LirSymbolTable _symbols = new();
    private static readonly LirSignature s_signature = new() { Params = [], Returns = [new LirParam(LirType.I32)] };

    private LirSymbol Symbol(string name, LirSymbolKind kind = LirSymbolKind.Function, LirLinkage linkage = LirLinkage.Hidden)
    {
        var s = _symbols.Get(name, kind);
        s.Linkage = linkage;
        return s;
    }

    /// <summary>fn name() -> i32 { callee(); value }</summary>
    private LirFunction Function(string name, int value, params string[] callees)
    {
        var b = new LirBuilder();
        b.SwitchTo(b.NewBlock());
        foreach (string c in callees) b.Call(Symbol(c), s_signature, []);
        b.Ret([b.IConst(LirType.I32, (long)value)]);
        return b.Finish(Symbol(name), s_signature);
    }

    private LirFunction TakesAddress(string name, string of)
    {
        var b = new LirBuilder();
        b.SwitchTo(b.NewBlock());
        b.SymbolAddr(Symbol(of));
        b.Ret([b.IConst(LirType.I32, 0L)]);
        return b.Finish(Symbol(name), s_signature);
    }

    private LirData Data(string name, bool vtable, params string[] targets) => new()
    {
        Symbol = Symbol(name, LirSymbolKind.Data), Bytes = new byte[8 * targets.Length], Align = 8, Kind = LirDataKind.ReadOnly, UnnamedAddr = true, IsVtable = vtable,
        Relocs = [.. targets.Select((t, i) => new LirReloc(8 * i, Symbol(t), 0))],
    };

    private static string[] Names(MergeResult r) => [.. r.Functions.Select(f => f.Symbol.Name)];

    [Fact]
    public void EqualFunctionsMergeUnderTheFirstName() =>
        Assert.Equal(["a", "c"], Names(SymbolMerger.Merge([Function("b", 1), Function("a", 1), Function("c", 2)], [])));

    [Fact]
    public void CallersOfMergedFunctionsMergeToo()
    {
        var r = SymbolMerger.Merge([Function("leaf1", 1), Function("leaf2", 1), Function("mid1", 5, "leaf1"), Function("mid2", 5, "leaf2"), Function("top", 9, "mid1", "mid2")], []);
        Assert.Equal(["leaf1", "mid1", "top"], Names(r));
        Assert.Equal(["mid1", "mid1"], r.Functions[2].Symbols.Select(s => s.Name).ToArray());
        Assert.Equal(2, r.RemovedFunctions);
    }

    [Fact]
    public void MutuallyRecursiveFunctionsMerge() =>
        Assert.Equal(["even1", "odd1"], Names(SymbolMerger.Merge([Function("even1", 1, "odd1"), Function("odd1", 2, "even1"), Function("even2", 1, "odd2"), Function("odd2", 2, "even2")], [])));

    [Fact]
    public void CallersOfDifferentFunctionsStayApart() =>
        Assert.Equal(["a", "b", "x", "y"], Names(SymbolMerger.Merge([Function("x", 1), Function("y", 2), Function("a", 5, "x"), Function("b", 5, "y")], [])));

    [Fact]
    public void AFunctionWhoseAddressIsTakenKeepsItsOwn() =>
        Assert.Equal(["a", "b", "z"], Names(SymbolMerger.Merge([Function("a", 1), Function("b", 1), TakesAddress("z", "b")], [])));

    [Fact]
    public void VtablesMergeWithTheirMethods()
    {
        var r = SymbolMerger.Merge([Function("m1", 1), Function("m2", 1)], [Data("v1", true, "m1"), Data("v2", true, "m2")]);
        Assert.Equal(["m1"], Names(r));
        Assert.Equal("v1", Assert.Single(r.Data).Symbol.Name);
    }

    [Fact]
    public void FunctionsInOrdinaryDataKeepTheirAddresses() =>
        Assert.Equal(["m1", "m2"], Names(SymbolMerger.Merge([Function("m1", 1), Function("m2", 1)], [Data("t1", false, "m1"), Data("t2", false, "m2")])));

    [Fact]
    public void ExportedFunctionsAreLeftAlone()
    {
        var a = Function("a", 1);
        var b = Function("b", 1);
        b.Symbol.Linkage = LirLinkage.Export;
        Assert.Equal(["a", "b"], Names(SymbolMerger.Merge([a, b], [])));
    }

    [Fact]
    public void TheOrderOfTheInputDoesNotMatter()
    {
        LirFunction[] functions = [Function("leaf1", 1), Function("leaf2", 1), Function("mid1", 5, "leaf1"), Function("mid2", 5, "leaf2")];
        Assert.Equal(Names(SymbolMerger.Merge([.. functions], [])), Names(SymbolMerger.Merge([.. functions.Reverse()], [])));
    }
}

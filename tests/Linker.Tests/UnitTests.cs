using Mirlink.Backend.Lir;

namespace Mirlink.Linker.Tests;

/// <summary>How a program is cut into units, and what of a unit nobody else sees.</summary>
public sealed class UnitTests
{
    private readonly LirSymbolTable _symbols = new();
    private static readonly LirSignature s_signature = new() { Params = [], Returns = [new LirParam(LirType.I32)] };

    private LirSymbol Symbol(string name, LirSymbolKind kind = LirSymbolKind.Function)
    {
        var s = _symbols.Get(name, kind);
        s.Linkage = LirLinkage.Hidden;
        return s;
    }

    /// <summary>A function that calls others and has some instructions beside.</summary>
    private LirFunction Function(string name, int size, params string[] callees)
    {
        var b = new LirBuilder();
        b.SwitchTo(b.NewBlock());
        foreach (string c in callees) b.Call(Symbol(c), s_signature, []);
        int sum = b.IConst(LirType.I32, 0L);
        for (int i = callees.Length + 2; i < size; i++) sum = b.Binary(LirOp.Add, sum, sum);
        b.Ret([sum]);
        return b.Finish(Symbol(name), s_signature);
    }

    private LirData Data(string name, params string[] targets) => new()
    {
        Symbol = Symbol(name, LirSymbolKind.Data), Bytes = new byte[8 * targets.Length], Align = 8, Kind = LirDataKind.ReadOnly, UnnamedAddr = true, IsVtable = true,
        Relocs = [.. targets.Select((t, i) => new LirReloc(8 * i, Symbol(t), 0))],
    };

    /// <summary>The names of each unit in order.</summary>
    private static string[] Names(List<LirUnit> units) => [.. units.Select(u => string.Join(' ', u.Functions.Select(f => f.Symbol.Name).Concat(u.Data.Select(d => d.Symbol.Name))))];

    private List<LirUnit> Program(bool reversed = false)
    {
        List<LirFunction> functions =
        [
            Function("a_main", 2000, "m_left", "b_right"), Function("b_right", 3000, "z_helper", "y_shared"), Function("m_left", 3000, "c_helper", "y_shared"), Function("c_helper", 2000),
            Function("z_helper", 2000), Function("y_shared", 1000), Function("k_method", 2500), Function("d_method", 2500), Function("e_other", 6100), Function("f_other", 6100),
        ];
        List<LirData> data = [Data("n_vtable", "k_method", "d_method")];
        if (reversed) functions.Reverse();
        return Partitioner.Partition("p", functions, data, 2, optimize: true);
    }

    [Fact]
    public void What_refers_to_each_other_is_in_one_unit()
    {
        string[] units = Names(Program());
        Assert.Equal(2, units.Length);
        // Names would have put them apart.
        foreach (string together in (string[])["b_right z_helper", "m_left c_helper", "k_method d_method n_vtable"])
            Assert.Contains(units, u => together.Split(' ').All(n => u.Split(' ').Contains(n)));
    }

    [Fact]
    public void Units_are_of_about_one_size()
    {
        foreach (var u in Program()) Assert.InRange(u.Functions.Sum(f => f.Insts.Length), 12000, 18500);
    }

    [Fact]
    public void The_order_in_which_functions_were_found_does_not_matter() => Assert.Equal(Names(Program()), new UnitTests().ReversedNames());

    private string[] ReversedNames() => Names(Program(reversed: true));

    private static LirUnit Unit(string name, LirFunction[] functions, LirData[]? data = null, LirFunction[]? inlinable = null) => new() { Name = name, Functions = functions, Data = data ?? [], Inlinable = inlinable ?? [] };

    private string[] Internal() => [.. new[] { "main", "one", "two", "both", "exported", "method", "deep" }.Where(n => _symbols.Get(n, LirSymbolKind.Function).Linkage == LirLinkage.Internal)];

    [Fact]
    public void What_one_unit_alone_refers_to_is_internal()
    {
        var exported = Function("exported", 4);
        Internalizer.Run([Unit("0", [Function("main", 9, "one", "both"), Function("one", 4), exported]), Unit("1", [Function("two", 4, "both"), Function("both", 4)])], new HashSet<LirSymbol> { exported.Symbol });
        // Nobody calls `main` and `two`: they go.
        Assert.Equal(["main", "one", "two"], Internal());
    }

    [Fact]
    public void What_another_units_vtable_refers_to_is_not()
    {
        Internalizer.Run([Unit("0", [Function("one", 4)], [Data("vtable", "method")]), Unit("1", [Function("method", 4)])], new HashSet<LirSymbol>());
        Assert.Equal(["one"], Internal());
        Assert.Equal(LirLinkage.Internal, _symbols.Get("vtable", LirSymbolKind.Data).Linkage);
    }

    [Fact]
    public void What_a_copy_of_a_function_refers_to_is_not()
    {
        var both = Function("both", 4, "deep");
        Internalizer.Run([Unit("0", [both, Function("deep", 4)]), Unit("1", [Function("one", 4, "both")], inlinable: [both])], new HashSet<LirSymbol>());
        Assert.Equal(["one"], Internal());
    }

    [Fact]
    public void Items_with_a_section_and_items_that_are_used_stay()
    {
        var used = new LirData { Symbol = Symbol("used", LirSymbolKind.Data), Bytes = [1], Align = 1, Kind = LirDataKind.ReadOnly, Relocs = [], Used = true };
        var placed = new LirData { Symbol = Symbol("placed", LirSymbolKind.Data), Bytes = [1], Align = 1, Kind = LirDataKind.ReadOnly, Relocs = [], Section = ".init_array" };
        Internalizer.Run([Unit("0", [], [used, placed])], new HashSet<LirSymbol>());
        Assert.Equal((LirLinkage.Hidden, LirLinkage.Hidden), (used.Symbol.Linkage, placed.Symbol.Linkage));
    }
}

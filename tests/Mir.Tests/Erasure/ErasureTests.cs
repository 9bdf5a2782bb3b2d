using Mirlink.Mir.Erasure;
using Xunit;

namespace Mirlink.Mir.Tests.Erasure;

/// <summary>Which types generic code can tell apart, and which instances become one.</summary>
public sealed class ErasureTests : IClassFixture<ErasureTests.Source>
{
    public sealed class Source
    {
        internal Session Session { get; } = new(Path.Combine(AppContext.BaseDirectory, "Erasure", "needs.rs"), optimize: true, "-Copt-level=0");
    }

    private readonly Session _session;
    private readonly NeedsAnalysis _needs;

    public ErasureTests(Source source)
    {
        _session = source.Session;
        _needs = new NeedsAnalysis(_session.Tcx);
    }

    [Theory]
    [InlineData("slice_len"), InlineData("size"), InlineData("replace"), InlineData("pop"), InlineData("nth"), InlineData("count")]
    [InlineData("reads")]
    public void OnlyMoves(string function) => Assert.Equal([ParamNeeds.None], _needs.OfFunction(_session.Item(function)).ToArray());

    [Theory]
    [InlineData("assign"), InlineData("drop_vec"), InlineData("drop_later"), InlineData("mutual_a"), InlineData("mutual_b")]
    public void Drops(string function) => Assert.Equal([ParamNeeds.Drop], _needs.OfFunction(_session.Item(function)).ToArray());

    [Theory]
    [InlineData("name"), InlineData("id"), InlineData("cloned"), InlineData("sum"), InlineData("object"), InlineData("address"), InlineData("name_in_callee")]
    [InlineData("mutual_name_a"), InlineData("mutual_name_b"), InlineData("peeked"), InlineData("calls_c_abi")]
    public void NeedsTheType(string function) => Assert.True(_needs.OfFunction(_session.Item(function))[0].HasFlag(ParamNeeds.Identity));

    [Fact]
    public void EachParameterForItself()
    {
        Assert.Equal([false, true], Array.ConvertAll(_needs.OfFunction(_session.Item("second_only")).ToArray(), static n => n.HasFlag(ParamNeeds.Identity)));
        Assert.Equal([true, false, true], Array.ConvertAll(_needs.OfFunction(_session.Item("map")).ToArray(), static n => n.HasFlag(ParamNeeds.Identity)));
    }

    private Instance Erase(string function, params Ty[] args) =>
        new TypeEraser(_session.Tcx).Erase(Instance.Item(_session.Item(function), _session.Tcx.Interner.Args(args)));

    private Ty Adt(string name) => _session.Tcx.Interner.Adt(_session.Item(name), _session.Tcx.Interner.NoArgs);

    [Fact]
    public void TypesOfOneClassShareAnInstance()
    {
        var i = _session.Tcx.Interner;
        Assert.Equal(Erase("pop", i.U32), Erase("pop", Adt("Plain")));
        Assert.Equal(Erase("pop", i.Ref(i.U8, Mutability.Not)), Erase("pop", i.Ref(Adt("Pair"), Mutability.Mut)));
        Assert.Equal(Erase("slice_len", Adt("Dropped")), Erase("pop", Adt("Dropped")) with { Def = _session.Item("slice_len") });
    }

    /// <summary>Niches, sizes, registers and drop glue are what code that only moves values can tell.</summary>
    [Fact]
    public void OtherClassesDoNot()
    {
        var i = _session.Tcx.Interner;
        Assert.NotEqual(Erase("pop", i.U8), Erase("pop", i.Bool));
        Assert.NotEqual(Erase("pop", i.U32), Erase("pop", i.Float(FloatTy.F32)));
        Assert.NotEqual(Erase("pop", i.U32), Erase("pop", i.Char));
        Assert.NotEqual(Erase("pop", i.Uint(UintTy.U64)), Erase("pop", Adt("Pair")));
        Assert.NotEqual(Erase("pop", i.RawPtr(i.U8, Mutability.Not)), Erase("pop", i.Ref(i.U8, Mutability.Not)));
        Assert.NotEqual(Erase("pop", i.U32), Erase("pop", Adt("Dropped")));
    }

    [Fact]
    public void TypesWithDropGlueStayWhereItRuns()
    {
        var dropped = Instance.Item(_session.Item("assign"), _session.Tcx.Interner.Args([Adt("Dropped")]));
        Assert.Same(dropped, new TypeEraser(_session.Tcx).Erase(dropped));
        Assert.NotEqual(dropped, Erase("assign", Adt("Plain")));
    }

    [Fact]
    public void OtherAbisKeepTheirTypes()
    {
        var c = Instance.Item(_session.Item("by_c_abi"), _session.Tcx.Interner.Args([_session.Tcx.Interner.U32]));
        Assert.Same(c, new TypeEraser(_session.Tcx).Erase(c));
    }
}

namespace Mirlink.Linker.Tests;

public sealed class LldErrorTests
{
    [Fact]
    public void UndefinedSymbolsAreNamedWithWhoNeedsThem()
    {
        const string Text = """
            rust-lld: error: undefined symbol: frobnicate
            >>> referenced by app.rs:3
            >>>               /tmp/x/unit0.o:(app::main)
            rust-lld: error: undefined symbol: core::fmt::nonsense
            >>> referenced by /tmp/x/unit1.o:(app::other)
            """;
        string message = LldInvocation.Explain(Text, 1).Message;
        Assert.Equal("undefined symbols: `frobnicate` (needed by `app::main`); `core::fmt::nonsense` (needed by `app::other`)", message);
    }

    [Fact]
    public void OtherErrorsAreShownAsTheyAre()
    {
        Assert.Equal("lld failed with exit code 1; cannot open x.o: No such file", LldInvocation.Explain("ld.lld: error: cannot open x.o: No such file\n", 1).Message);
    }
}

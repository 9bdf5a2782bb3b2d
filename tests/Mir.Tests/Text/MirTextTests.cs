using Mirlink.Mir.Text;

namespace Mirlink.Mir.Tests.Text;

public class MirTextTests
{
    private const string HandWritten = """
        fn twice(_1: i32, _2: &mut [i32]) -> i32 {
            debug x => _1;
            let mut _0: i32;
            let mut _3: (i32, bool);
            scope 1 {
                debug sum => _4;
                let _4: i32;
            }

            bb0: {
                StorageLive(_4);
                _3 = AddWithOverflow(copy _1, const 1_i32);
                assert(!move (_3.1: bool), "attempt to compute `{} + {}`, which would overflow", copy _1, const 1_i32) -> [success: bb1, unwind: bb3];
            }

            bb1: {
                _4 = move (_3.0: i32);
                (*_2)[0 of 1] = copy _4;
                switchInt(copy _4) -> [0: bb2, 7: bb2, otherwise: bb1];
            }

            bb2: {
                _0 = copy _4 as i32 (IntToInt);
                StorageDead(_4);
                return;
            }

            bb3 (cleanup): {
                resume;
            }
        }

        """;

    [Fact]
    public void A_body_written_by_hand_is_parsed_and_printed_as_it_was()
    {
        var session = Session("pub fn twice(x: i32, _y: &mut [i32]) -> i32 { x }");
        var def = session.Item("twice");
        var body = MirParser.Parse(session.Tcx, new MirSymbols(), HandWritten, def);
        Assert.Equal(4, body.Blocks.Length);
        Assert.Equal(1, body.Locals[4].SourceInfo.Scope);
        var check = Assert.IsType<Terminator.Assert>(body.Blocks[0].Terminator);
        Assert.Equal((AssertKind.Overflow, BinOp.Add, 3), (check.Kind, check.Op, check.Unwind.Block));
        Assert.Equal(HandWritten, MirPrinter.Print(session.Tcx, body));
    }

    [Theory]
    [InlineData("_0 = const Unknown::THING;")]
    [InlineData("_0 = Frobnicate(copy _1);")]
    [InlineData("_0 = copy _1 as i32 (NoSuchCast);")]
    public void What_is_not_MIR_is_an_error_that_says_where(string statement)
    {
        var session = Session("pub fn f(x: i32) -> i32 { x }");
        string text = "fn f(_1: i32) -> i32 {\n    let mut _0: i32;\n\n    bb0: {\n        " + statement + "\n        return;\n    }\n}\n";
        Assert.Contains("line 5", Assert.Throws<MirlinkException>(() => MirParser.Parse(session.Tcx, new MirSymbols(), text, session.Item("f"))).Message, StringComparison.Ordinal);
    }

    private static Session Session(string source)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("mirlink-mir-text-").FullName, "case.rs");
        File.WriteAllText(file, source);
        try
        {
            return new Session(file, optimize: false);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }
}

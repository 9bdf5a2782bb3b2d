using Mirlink.Backend.Lir;
using Xunit;

namespace Mirlink.Backend.Tests;

public sealed unsafe class DataTests
{
    public static TheoryData<string> Levels => TestUnit.Levels("0", "2");

    [Theory, MemberData(nameof(Levels))]
    public void Relocations_sections_and_aliases(string level)
    {
        var u = new TestUnit("data");
        var text = u.Data("text", "hello"u8.ToArray(), align: 1, unnamed: true);
        var sixteen = u.Data("sixteen", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], unnamed: true);
        var counter = u.Data("counter", new byte[8], LirDataKind.Writable);
        var answer = u.Simple("answer", [LirType.I32], [], (b, a) => [b.IConst(LirType.I32, 42L)]);
        // A cycle of two objects, an odd offset, an addend, bytes before, between and after.
        var left = u.Symbols.Get("left", LirSymbolKind.Data);
        var right = u.Data("right", [.. new byte[9], 0x5a], relocs: [new LirReloc(1, left, 0)]);
        u.Data("left", [.. new byte[32]], LirDataKind.Writable, [new LirReloc(0, right, 9), new LirReloc(8, text, 1), new LirReloc(24, answer, 0)]);
        u.Alias("answer_too", answer);
        u.Simple("left_of", [LirType.Ptr], [], (b, a) => [b.Load(LirType.Ptr, b.SymbolAddr(right, 1), 1)]);
        u.Simple("left_address", [LirType.Ptr], [], (b, a) => [b.SymbolAddr(left)]);
        u.Simple("byte_of", [LirType.I8], [LirType.I64], (b, a) => [b.Load(LirType.I8, b.PtrAddDyn(b.SymbolAddr(sixteen), a[0]), 1)]);
        u.Simple("count", [LirType.I64], [], (b, a) =>
        {
            int p = b.SymbolAddr(counter), n = b.Binary(LirOp.Add, b.Load(LirType.I64, p, 8), b.IConst(LirType.I64, 1L));
            b.Store(n, p, 8);
            return [n];
        });
        var elsewhere = u.Import("elsewhere", kind: LirSymbolKind.Data);
        u.Simple("imported", [LirType.I32], [], (b, a) => [b.Load(LirType.I32, b.SymbolAddr(elsewhere, 4), 4)]);
        var missing = u.Import("not_there");
        missing.Linkage = LirLinkage.ExternWeak;
        u.Simple("is_missing", [LirType.I8], [], (b, a) => [b.Convert(LirOp.ZExt, LirType.I8, b.ICmp(IntCond.Eq, b.SymbolAddr(missing), b.Zero(LirType.Ptr)))]);
        using var so = u.Load(level, "int elsewhere[2] = {1, 2};");
        byte** p = (byte**)((delegate* unmanaged<void*>)so["left_of"])();
        Assert.True(p == ((delegate* unmanaged<void*>)so["left_address"])());
        Assert.Equal(0x5a, *p[0]);
        Assert.Equal((byte)'e', *p[1]);
        Assert.True(p[2] == null);
        Assert.Equal(42, ((delegate* unmanaged<int>)p[3])());
        Assert.True(so["answer_too"] == so["answer"]);
        Assert.Equal(12, ((delegate* unmanaged<long, byte>)so["byte_of"])(11));
        var count = (delegate* unmanaged<long>)so["count"];
        Assert.Equal((1L, 2L), (count(), count()));
        Assert.Equal(2, ((delegate* unmanaged<int>)so["imported"])());
        Assert.Equal(1, ((delegate* unmanaged<byte>)so["is_missing"])());
    }

    [Fact]
    public void Sections_by_content()
    {
        var u = new TestUnit("sections");
        var f = u.Simple("f", [LirType.I32], [], (b, a) => [b.IConst(LirType.I32, 1L)]);
        u.Function("g", TestUnit.Sig([]), b => b.Ret([]), flags: LirFunctionFlags.Cold);
        u.Data("plain", [1, 2, 3]);
        u.Data("constant", new byte[16], unnamed: true);
        u.Data("table", new byte[8], relocs: [new LirReloc(0, f, 0)]);
        u.Data("zero", new byte[8], LirDataKind.Writable);
        u.Data("full", [1], LirDataKind.Writable);
        u.Data("tls_zero", new byte[8], LirDataKind.Tls);
        u.Data("tls_full", [1], LirDataKind.Tls);
        using var files = new TestFolder();
        File.WriteAllBytes(files["u.o"], u.Compile("0"));
        string sections = TestFolder.Run("readelf", "-SW", files["u.o"]);
        foreach (string line in (string[])[".text.f PROGBITS AX", ".text.unlikely.g PROGBITS AX", ".rodata.plain PROGBITS A", ".rodata.cst16 PROGBITS AM", ".data.rel.ro.table PROGBITS WA",
            ".bss.zero NOBITS WA", ".data.full PROGBITS WA", ".tbss.tls_zero NOBITS WAT", ".tdata.tls_full PROGBITS WAT"])
        {
            string[] want = line.Split(' ');
            Assert.Contains(sections.Split('\n'), l => l.Contains($" {want[0]} ", StringComparison.Ordinal) && l.Contains($" {want[1]} ", StringComparison.Ordinal) && l.Contains($" {want[2]} ", StringComparison.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Thread_local_data(string level)
    {
        var u = new TestUnit("tls");
        var mine = u.Data("mine", [5, 0, 0, 0], LirDataKind.Tls, align: 4);
        var zero = u.Data("zero", new byte[4], LirDataKind.Tls, align: 4);
        var theirs = u.Import("theirs", kind: LirSymbolKind.Tls);
        u.Simple("bump", [LirType.I32], [], (b, a) =>
        {
            int sum = -1;
            foreach (var s in (LirSymbol[])[mine, zero, theirs])
            {
                int p = b.TlsAddr(s), v = b.Binary(LirOp.Add, b.Load(LirType.I32, p, 4), b.IConst(LirType.I32, 1L));
                b.Store(v, p, 4);
                sum = sum < 0 ? v : b.Binary(LirOp.Add, sum, v);
            }
            return [sum];
        });
        const string C = """
            #include <pthread.h>
            #include <stdio.h>
            __thread int theirs = 100;
            int bump(void);
            static void *thread(void *p) { printf("%d\n", bump()); return 0; }
            int main(void) {
              printf("%d\n", bump());
              printf("%d\n", bump());
              pthread_t t; pthread_create(&t, 0, thread, 0); pthread_join(t, 0);
              return 0;
            }
            """;
        Assert.Equal("108\n111\n108\n", u.RunExecutable(level, C));
    }

    [Theory, MemberData(nameof(Levels))]
    public void Line_tables(string level)
    {
        var u = new TestUnit("lines");
        var callee = u.Import("show_backtrace", TestUnit.Sig([]));
        u.Function("top", TestUnit.Sig([]), b =>
        {
            b.AddScope(new LirScope("/src/top.rs", "top", 10, -1));
            int site = b.AddLoc(new LirLoc(12, 5, 0));
            int inlined = b.AddScope(new LirScope("/src/helper.rs", "helper", 20, site));
            b.CurrentLoc = b.AddLoc(new LirLoc(21, 9, inlined));
            b.Call(callee, callee.Signature!, []);
            b.CurrentLoc = -1;
            b.Call(callee, callee.Signature!, []);
            b.Ret([]);
        });
        using var files = new TestFolder();
        File.WriteAllBytes(files["unit.o"], u.Compile(level, Backend.RelocModel.Pie, debugInfo: 1));
        string lines = TestFolder.Run("readelf", "--debug-dump=decodedline", files["unit.o"]);
        Assert.Contains("helper.rs", lines, StringComparison.Ordinal);
        Assert.Matches(@"helper\.rs +21 ", lines);
        string info = TestFolder.Run("readelf", "--debug-dump=info", files["unit.o"]);
        Assert.Contains("DW_TAG_inlined_subroutine", info, StringComparison.Ordinal);
        Assert.Matches(@"DW_AT_call_line\s*: 12", info);
    }
}

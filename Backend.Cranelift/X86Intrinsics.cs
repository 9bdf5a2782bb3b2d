using System.Collections.Frozen;

namespace Mirlink.Backend.Cranelift;

/// <summary>
/// LLVM's x86 intrinsics as the instructions that they stand for, for the functions of std::arch. In a template {0} is the result, {r} the second one,
/// {1} and on the arguments (:l low byte, :e 32 bits), #n an argument that is an immediate. A leading = ties the result to argument 1, a leading !reg
/// keeps a register free for the instruction's own use.
/// </summary>
internal static class X86Intrinsics
{
    private const string Prefix = "llvm.x86.";
    private static readonly FrozenDictionary<string, string> Templates = Build();

    public static string? Template(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? Templates.GetValueOrDefault(name[Prefix.Length..]) : null;

    private static FrozenDictionary<string, string> Build()
    {
        var t = new Dictionary<string, string>(StringComparer.Ordinal);
        void Add(string template, params ReadOnlySpan<string> names) { foreach (string n in names) t.Add(n, template); }
        // The instruction is the last part of the name: op result, argument 2, with the result in argument 1's register.
        void Destructive(string group, params ReadOnlySpan<(string Name, string Op)> ops) { foreach (var (name, op) in ops) t.Add(group + name, $"={op} {{0}}, {{2}}"); }
        void Unary(string group, params ReadOnlySpan<(string Name, string Op)> ops) { foreach (var (name, op) in ops) t.Add(group + name, $"{op} {{0}}, {{1}}"); }
        void Vex(string group, params ReadOnlySpan<(string Name, string Op)> ops) { foreach (var (name, op) in ops) t.Add(group + name, $"{op} {{0}}, {{1}}, {{2}}"); }

        Unary("sse.", ("cvtss2si", "cvtss2si"), ("cvtss2si64", "cvtss2si"), ("cvttss2si", "cvttss2si"), ("cvttss2si64", "cvttss2si"), ("rcp.ps", "rcpps"), ("rsqrt.ps", "rsqrtps"));
        Add("=rcpss {0}, {0}", "sse.rcp.ss");
        Add("=rsqrtss {0}, {0}", "sse.rsqrt.ss");
        Destructive("sse.", ("min.ps", "minps"), ("max.ps", "maxps"), ("min.ss", "minss"), ("max.ss", "maxss"));
        Add("=cmpps {0}, {2}, #3", "sse.cmp.ps");
        Add("=cmpss {0}, {2}, #3", "sse.cmp.ss");
        Add("stmxcsr dword ptr [{1}]", "sse.stmxcsr");
        Add("ldmxcsr dword ptr [{1}]", "sse.ldmxcsr");
        Unary("sse2.", ("cvtsd2si", "cvtsd2si"), ("cvtsd2si64", "cvtsd2si"), ("cvttsd2si", "cvttsd2si"), ("cvttsd2si64", "cvttsd2si"), ("cvtps2dq", "cvtps2dq"),
            ("cvttps2dq", "cvttps2dq"), ("cvtpd2dq", "cvtpd2dq"), ("cvttpd2dq", "cvttpd2dq"), ("cvtpd2ps", "cvtpd2ps"));
        Destructive("sse2.", ("cvtsd2ss", "cvtsd2ss"), ("min.pd", "minpd"), ("max.pd", "maxpd"), ("min.sd", "minsd"), ("max.sd", "maxsd"), ("psll.w", "psllw"), ("psll.d", "pslld"),
            ("psll.q", "psllq"), ("psrl.w", "psrlw"), ("psrl.d", "psrld"), ("psrl.q", "psrlq"), ("psra.w", "psraw"), ("psra.d", "psrad"), ("pmulh.w", "pmulhw"), ("pmulhu.w", "pmulhuw"),
            ("pavg.b", "pavgb"), ("pavg.w", "pavgw"));
        Add("=cmppd {0}, {2}, #3", "sse2.cmp.pd");
        Add("=cmpsd {0}, {2}, #3", "sse2.cmp.sd");
        Add("clflush [{1}]", "sse2.clflush");
        Destructive("sse3.", ("hadd.ps", "haddps"), ("hadd.pd", "haddpd"), ("hsub.ps", "hsubps"), ("hsub.pd", "hsubpd"), ("addsub.ps", "addsubps"), ("addsub.pd", "addsubpd"));
        Add("lddqu {0}, [{1}]", "sse3.ldu.dq");
        Destructive("ssse3.", ("pshuf.b.128", "pshufb"), ("phadd.w.128", "phaddw"), ("phadd.d.128", "phaddd"), ("phadd.sw.128", "phaddsw"), ("phsub.w.128", "phsubw"),
            ("phsub.d.128", "phsubd"), ("phsub.sw.128", "phsubsw"), ("pmadd.ub.sw.128", "pmaddubsw"), ("pmul.hr.sw.128", "pmulhrsw"), ("psign.b.128", "psignb"),
            ("psign.w.128", "psignw"), ("psign.d.128", "psignd"));
        Add("roundps {0}, {1}, #2", "sse41.round.ps");
        Add("roundpd {0}, {1}, #2", "sse41.round.pd");
        Add("=roundss {0}, {2}, #3", "sse41.round.ss");
        Add("=roundsd {0}, {2}, #3", "sse41.round.sd");
        Add("=dpps {0}, {2}, #3", "sse41.dpps");
        Add("=dppd {0}, {2}, #3", "sse41.dppd");
        Add("=insertps {0}, {2}, #3", "sse41.insertps");
        Add("=mpsadbw {0}, {2}, #3", "sse41.mpsadbw");
        Destructive("sse41.", ("packusdw", "packusdw"));
        Unary("sse41.", ("phminposuw", "phminposuw"));
        Add("ptest {1}, {2}\nsete {0:l}\nmovzx {0:e}, {0:l}", "sse41.ptestz");
        Add("ptest {1}, {2}\nsetc {0:l}\nmovzx {0:e}, {0:l}", "sse41.ptestc");
        Add("ptest {1}, {2}\nseta {0:l}\nmovzx {0:e}, {0:l}", "sse41.ptestnzc");
        Add("=crc32 {0}, {2}", "sse42.crc32.32.8", "sse42.crc32.32.16", "sse42.crc32.32.32", "sse42.crc32.64.64");
        Add("!cx pcmpistri {1}, {2}, #3\nmov {0}, ecx", "sse42.pcmpistri128");
        Add("!xmm0 pcmpistrm {1}, {2}, #3\nmovaps {0}, xmm0", "sse42.pcmpistrm128");
        Add("!ax !dx !cx mov eax, {2}\nmov edx, {4}\npcmpestri {1}, {3}, #5\nmov {0}, ecx", "sse42.pcmpestri128");
        Add("!ax !dx !xmm0 mov eax, {2}\nmov edx, {4}\npcmpestrm {1}, {3}, #5\nmovaps {0}, xmm0", "sse42.pcmpestrm128");
        foreach (var (flag, set) in ((string, string)[])[("a", "seta"), ("c", "setc"), ("o", "seto"), ("s", "sets"), ("z", "setz")])
        {
            Add($"!cx pcmpistri {{1}}, {{2}}, #3\n{set} {{0:l}}\nmovzx {{0:e}}, {{0:l}}", $"sse42.pcmpistri{flag}128");
            Add($"!ax !dx !cx mov eax, {{2}}\nmov edx, {{4}}\npcmpestri {{1}}, {{3}}, #5\n{set} {{0:l}}\nmovzx {{0:e}}, {{0:l}}", $"sse42.pcmpestri{flag}128");
        }

        Destructive("aesni.", ("aesenc", "aesenc"), ("aesenclast", "aesenclast"), ("aesdec", "aesdec"), ("aesdeclast", "aesdeclast"));
        Unary("aesni.", ("aesimc", "aesimc"));
        Add("aeskeygenassist {0}, {1}, #2", "aesni.aeskeygenassist");
        Add("=pclmulqdq {0}, {2}, #3", "pclmulqdq");
        Add("vpclmulqdq {0}, {1}, {2}, #3", "pclmulqdq.256");
        Destructive("", ("sha1msg1", "sha1msg1"), ("sha1msg2", "sha1msg2"), ("sha1nexte", "sha1nexte"), ("sha256msg1", "sha256msg1"), ("sha256msg2", "sha256msg2"));
        Add("=sha1rnds4 {0}, {2}, #3", "sha1rnds4");
        Add("!xmm0 =movaps xmm0, {3}\nsha256rnds2 {0}, {2}", "sha256rnds2");
        Vex("bmi.", ("bextr.32", "bextr"), ("bextr.64", "bextr"), ("bzhi.32", "bzhi"), ("bzhi.64", "bzhi"), ("pdep.32", "pdep"), ("pdep.64", "pdep"), ("pext.32", "pext"), ("pext.64", "pext"));
        Add("rdrand {0}\nsetc {r:l}\nmovzx {r:e}, {r:l}", "rdrand.16", "rdrand.32", "rdrand.64");
        Add("rdseed {0}\nsetc {r:l}\nmovzx {r:e}, {r:l}", "rdseed.16", "rdseed.32", "rdseed.64");
        Add("!ax !dx rdtsc\nshl rdx, 32\nor rax, rdx\nmov {0}, rax", "rdtsc");
        Add("!ax !dx !cx mov ecx, {1}\nxgetbv\nshl rdx, 32\nor rax, rdx\nmov {0}, rax", "xgetbv");

        Vex("avx.", ("min.ps.256", "vminps"), ("max.ps.256", "vmaxps"), ("min.pd.256", "vminpd"), ("max.pd.256", "vmaxpd"), ("hadd.ps.256", "vhaddps"), ("hadd.pd.256", "vhaddpd"),
            ("hsub.ps.256", "vhsubps"), ("hsub.pd.256", "vhsubpd"), ("addsub.ps.256", "vaddsubps"), ("addsub.pd.256", "vaddsubpd"), ("vpermilvar.ps", "vpermilps"),
            ("vpermilvar.pd", "vpermilpd"), ("vpermilvar.ps.256", "vpermilps"), ("vpermilvar.pd.256", "vpermilpd"));
        Unary("avx.", ("movmsk.ps.256", "vmovmskps"), ("movmsk.pd.256", "vmovmskpd"), ("rcp.ps.256", "vrcpps"), ("rsqrt.ps.256", "vrsqrtps"), ("cvt.ps2dq.256", "vcvtps2dq"),
            ("cvtt.ps2dq.256", "vcvttps2dq"), ("cvt.pd2dq.256", "vcvtpd2dq"), ("cvtt.pd2dq.256", "vcvttpd2dq"), ("cvt.pd2.ps.256", "vcvtpd2ps"));
        Add("vroundps {0}, {1}, #2", "avx.round.ps.256");
        Add("vroundpd {0}, {1}, #2", "avx.round.pd.256");
        Add("vcmpps {0}, {1}, {2}, #3", "avx.cmp.ps.256");
        Add("vcmppd {0}, {1}, {2}, #3", "avx.cmp.pd.256");
        Add("vdpps {0}, {1}, {2}, #3", "avx.dp.ps.256");
        Add("vptest {1}, {2}\nsete {0:l}\nmovzx {0:e}, {0:l}", "avx.ptestz.256");
        Add("vptest {1}, {2}\nsetc {0:l}\nmovzx {0:e}, {0:l}", "avx.ptestc.256");
        Add("vptest {1}, {2}\nseta {0:l}\nmovzx {0:e}, {0:l}", "avx.ptestnzc.256");
        Add("vlddqu {0}, [{1}]", "avx.ldu.dq.256");
        Add("vzeroupper", "avx.vzeroupper");
        Add("vzeroall", "avx.vzeroall");
        Unary("avx2.", ("pmovmskb", "vpmovmskb"));
        Vex("avx2.", ("pshuf.b", "vpshufb"), ("packsswb", "vpacksswb"), ("packssdw", "vpackssdw"), ("packuswb", "vpackuswb"), ("packusdw", "vpackusdw"), ("psad.bw", "vpsadbw"),
            ("pmadd.wd", "vpmaddwd"), ("pmadd.ub.sw", "vpmaddubsw"), ("pmul.hr.sw", "vpmulhrsw"), ("pmulh.w", "vpmulhw"), ("pmulhu.w", "vpmulhuw"), ("pavg.b", "vpavgb"),
            ("pavg.w", "vpavgw"), ("phadd.w", "vphaddw"), ("phadd.d", "vphaddd"), ("phadd.sw", "vphaddsw"), ("phsub.w", "vphsubw"), ("phsub.d", "vphsubd"), ("phsub.sw", "vphsubsw"),
            ("psign.b", "vpsignb"), ("psign.w", "vpsignw"), ("psign.d", "vpsignd"), ("psllv.d", "vpsllvd"), ("psllv.q", "vpsllvq"), ("psllv.d.256", "vpsllvd"),
            ("psllv.q.256", "vpsllvq"), ("psrlv.d", "vpsrlvd"), ("psrlv.q", "vpsrlvq"), ("psrlv.d.256", "vpsrlvd"), ("psrlv.q.256", "vpsrlvq"), ("psrav.d", "vpsravd"), ("psrav.d.256", "vpsravd"));
        // The indices come second, but first in the instruction.
        Add("vpermps {0}, {2}, {1}", "avx2.permps");
        Add("vpermd {0}, {2}, {1}", "avx2.permd");
        Add("vmpsadbw {0}, {1}, {2}, #3", "avx2.mpsadbw");
        return t.ToFrozenDictionary(StringComparer.Ordinal);
    }
}

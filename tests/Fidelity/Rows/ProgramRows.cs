using Mirlink.Fidelity.Programs;

namespace Mirlink.Fidelity;

public sealed class InstancesRow : IFidelityRow
{
    public int Order => 54;
    public string Name => "instances";
    public string How => "functions and statics of each program, ours against rustc's (`-Zprint-mono-items`, names from its LLVM IR)";
    public string MustBe => "100 %";
    public RowResult Run(Corpus corpus) => ProgramAnswers.Of("instances", corpus);
}

public sealed class AbiRow : IFidelityRow
{
    public int Order => 60;
    public string Name => "abi";
    public string How => "how every function declared or defined in the programs takes its arguments and returns its result, in both LLVM IRs";
    public string MustBe => "100 %";
    public RowResult Run(Corpus corpus) => ProgramAnswers.Of("abi", corpus);
}

public sealed class AttributesRow : IFidelityRow
{
    public int Order => 61;
    public string Name => "attributes";
    public string How => "what callers of those functions may rely on: attributes of parameters, results and functions";
    public string MustBe => "100 %, or explained";
    public RowResult Run(Corpus corpus) => ProgramAnswers.Of("attributes", corpus);
}

public sealed class VtablesRow : IFidelityRow
{
    public int Order => 70;
    public string Name => "vtables";
    public string How => "every vtable of the programs, entry by entry";
    public string MustBe => "100 %";
    public RowResult Run(Corpus corpus) => ProgramAnswers.Of("vtables", corpus);
}

public sealed class ConstantsRow : IFidelityRow
{
    public int Order => 80;
    public string Name => "constants";
    public string How => "every static and every anonymous allocation of the programs: bytes, relocations, alignment";
    public string MustBe => "100 %";
    public RowResult Run(Corpus corpus) => ProgramAnswers.Of("constants", corpus);
}

public sealed class BehaviourRow : IFidelityRow
{
    public int Order => 90;
    public string Name => "behaviour";
    public string How => "programs run, built by both at -O0 and -O2, by Mirlink with LLVM and with Cranelift: standard output, standard error, exit code; `tests/programs`, those of rustc's other two backends, and the scenarios of the applications, built by cargo";
    public string MustBe => "100 % of `tests/programs` and the applications, 95 % of the other backends' programs, each other one an error";
    public RowResult Run(Corpus corpus)
    {
        var result = BehaviourComparison.Run(corpus);
        long Of(Func<Count, bool> which, Func<Count, long> number) => result.Counts.Where(which).Sum(number);
        static bool Others(Count c) => c.Corpus.StartsWith("rustc_codegen", StringComparison.Ordinal);
        result.Holds &= Of(c => !Others(c), c => c.Equal) == Of(c => !Others(c), c => c.Asked) && Of(Others, c => c.Equal) * 100 >= Of(Others, c => c.Asked) * 95;
        return result;
    }
}

public sealed class LayoutRow : IFidelityRow
{
    public int Order => 52;
    public string Name => "layout";
    public string How => "every type that `-Zprint-type-sizes` names: size, alignment, offsets, variants, discriminants";
    public string MustBe => "100 %";
    public RowResult Run(Corpus corpus) => ProgramAnswers.Of("layout", corpus);
}

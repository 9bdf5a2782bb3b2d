using Mirlink.Backend;
using Mirlink.Backend.Cranelift;
using Mirlink.Backend.Llvm;
using Mirlink.Mir;

namespace Mirlink.Linker;

/// <summary>Which backend a link uses.</summary>
public static class BackendChoice
{
    public const string Llvm = "llvm", Cranelift = "cranelift";

    /// <summary>The variable that chooses where the command line does not.</summary>
    public const string Variable = "MIRLINK_BACKEND";

    /// <summary>What <see cref="Variable"/> says, null for nothing.</summary>
    public static string? Chosen => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen ? chosen : null;

    /// <summary>
    /// The backend of a cargo build for which nobody chose one: Cranelift for what is not optimized, LLVM for the rest.
    /// </summary>
    /// <param name="note">Told why it is LLVM when Cranelift is not installed.</param>
    public static LinkOptions ForBuild(LinkOptions options, Action<string> note)
    {
        if (Chosen is { } chosen) return options with { Backend = chosen };
        if (options.Optimize) return options with { Backend = Llvm };
        if (CraneliftLibrary.IsAvailable) return options with { Backend = Cranelift };
        note($"unoptimized code comes from LLVM, because the faster Cranelift backend is not installed; build.sh builds it, and {Variable}=llvm says that LLVM is meant");
        return options with { Backend = Llvm };
    }

    /// <exception cref="MirlinkException">There is no backend of that name.</exception>
    public static string Known(string name) => name is Llvm or Cranelift ? name : throw new MirlinkException($"unknown backend `{name}`") { Help = "the backends are: llvm, cranelift" };

    internal static ICodegenBackend Create(string name) => Known(name) == Llvm ? new LlvmBackend() : new CraneliftBackend();
}

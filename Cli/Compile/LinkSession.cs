using Mirlink.Linker;

namespace Mirlink.Cli.Compile;

/// <summary>Runs a link with the services that this tool is made of, and reports what was asked for.</summary>
internal static class LinkSession
{
    public static LinkResult Link(LinkOptions options)
    {
        LinkResult result;
        using (var progress = new ProgressLine($"linking {Path.GetFileName(options.CompileOnly ? options.Root : options.Output)}"))
            result = new LinkDriver(new CrateOpener(), new SessionServices()) { Progress = stage => progress.Stage(Describe(stage)) }.Link(options);
        if (options.Timings) Console.Error.Write(result.Timings.Format());
        return result;
    }

    private static string Describe(string stage) => stage switch
    {
        "load" => "opening crates",
        "collect" => "collecting and lowering",
        "merge" => "merging equal functions",
        "partition" => "dividing the work",
        "codegen" => "generating machine code",
        "lld" => "running lld",
        _ => stage,
    };
}

using Mirlink.Linker;

namespace Mirlink.Cli.Compile;

/// <summary>Runs a link with the services that this tool is made of, and reports what was asked for.</summary>
internal static class LinkSession
{
    public static void Link(LinkOptions options)
    {
        var result = new LinkDriver(new CrateOpener(), new SessionServices()).Link(options);
        if (options.Timings) Console.Error.Write(result.Timings.Format());
    }
}

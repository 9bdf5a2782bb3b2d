using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Mirlink.Cli.Commands;

/// <summary>Adds examples to what `--help` prints of a command.</summary>
internal static class CommandHelp
{
    /// <param name="examples">What it does and how it is written, in the order in which a user needs them.</param>
    public static T WithExamples<T>(this T command, params (string What, string How)[] examples) where T : Command
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null) command.Options.Add(help = new HelpOption());
        help.Action = new Examples((HelpAction)help.Action!, examples);
        return command;
    }

    private sealed class Examples(HelpAction inner, (string What, string How)[] examples) : SynchronousCommandLineAction
    {
        // `mirlink link --help` asks for help, not for what is missing from the command line.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int status = inner.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var (what, how) in examples)
            {
                output.WriteLine($"  # {what}");
                foreach (string line in how.Split('\n')) output.WriteLine($"  {line}");
                output.WriteLine();
            }
            return status;
        }
    }
}

using System.CommandLine;
using Mirlink.Cli.Compile;

namespace Mirlink.Cli.Commands;

/// <summary>`mirlink link`: the final link, with the options of rustc that matter there under rustc's names.</summary>
internal static class LinkCommand
{
    public static Command Create()
    {
        var link = new LinkArguments();
        var output = new Option<string>("-o") { Description = "The executable to write", Required = true, HelpName = "FILE" };
        var command = new Command("link", "Make an executable of a program's root crate and everything it depends on") { output }.WithExamples(
            ("a program that depends on std only, optimized", "mirlink link hello.rlib -o hello -O2"),
            ("with other crates, and without unwinding", "mirlink link app.rlib -L target/deps -o app -C panic=abort"),
            ("with a static C library", "mirlink link app.rlib -o app -L native=build -l static=zlib"),
            ("where the time goes", "mirlink link app.rlib -o app -O2 --timings"));
        link.AddTo(command);
        command.SetAction(parse =>
        {
            LinkSession.Link(link.Read(parse, parse.GetValue(output)!));
            return 0;
        });
        return command;
    }
}

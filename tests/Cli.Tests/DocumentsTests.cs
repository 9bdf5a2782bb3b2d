using System.Diagnostics;

namespace Mirlink.Cli.Tests;

/// <summary>Files that a script in tools generates are what it would write now.</summary>
public sealed class DocumentsTests
{
    [Theory]
    [InlineData("coverage.sh")] // the list of unsupported constructs, of the code
    [InlineData("printable.sh")] // the table of printable characters, of the compiler
    public void WhatIsGeneratedIsUpToDate(string script)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Tool.Root, "tools", script));
        start.ArgumentList.Add("--check");
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}

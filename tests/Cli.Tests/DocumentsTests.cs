using System.Diagnostics;

namespace Mirlink.Cli.Tests;

/// <summary>Documents that are generated from the code say what the code says.</summary>
public sealed class DocumentsTests
{
    [Fact]
    public void TheListOfUnsupportedConstructsIsUpToDate()
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Tool.Root, "tools", "coverage.sh"));
        start.ArgumentList.Add("--check");
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}

namespace Hutch.Cli.Tests.Scripts;

/// <summary>How a command or a script ended and what it printed.</summary>
internal sealed record ScriptResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test with everything it printed when it did not end well.</summary>
    internal ScriptResult AssertDone()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
        return this;
    }
}

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>How a command ended and what it printed.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test with everything it printed when it did not end well.</summary>
    public CommandResult AssertDone()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
        return this;
    }
}

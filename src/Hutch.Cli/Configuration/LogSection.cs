namespace Hutch.Cli.Configuration;

/// <summary>What is logged, and how. The log goes to standard error.</summary>
public sealed class LogSection
{
    /// <summary>Whether logs are JSON lines instead of text.</summary>
    public bool Json { get; init; }

    /// <summary>Whether each request is logged.</summary>
    public bool Verbose { get; init; }
}

namespace Hutch.Agent.Tests.Publishing;

/// <summary>The clock of the system, and so of the files, moved ahead by as much as a test wants.</summary>
internal sealed class AheadTime : TimeProvider
{
    public TimeSpan By { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
}

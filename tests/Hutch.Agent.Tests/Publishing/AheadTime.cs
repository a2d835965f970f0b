namespace Hutch.Agent.Tests.Publishing;

/// <summary>The clock of the system, and so of the files, moved ahead by as much as a test wants.</summary>
internal sealed class AheadTime : TimeProvider
{
    public TimeSpan By { get; set; }

    /// <summary>Whether whoever asks for the time fails, as a fault in the program would.</summary>
    public bool Fails { get; set; }

    public override DateTimeOffset GetUtcNow() => Fails ? throw new InvalidOperationException("a fault") : base.GetUtcNow() + By;
}

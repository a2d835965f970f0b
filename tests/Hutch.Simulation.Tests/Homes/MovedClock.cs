namespace Hutch.Simulation.Tests.Homes;

/// <summary>A clock that can be put ahead.</summary>
internal sealed class MovedClock : TimeProvider
{
    /// <summary>How far it is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + Ahead;
}

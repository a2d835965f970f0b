namespace Hutch.Federation.Tests.Support;

/// <summary>The clock of a machine that somebody has set wrong.</summary>
internal sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}

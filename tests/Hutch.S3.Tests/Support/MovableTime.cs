namespace Hutch.S3.Tests.Support;

/// <summary>The clock of the machine, and how far it is ahead; waits last as long as they say.</summary>
internal sealed class MovableTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
}

namespace Hutch.Site.Tests.Sites;

/// <summary>The system's clock: the test lets time pass, or puts the clock wrong.</summary>
internal sealed class SettableTime : TimeProvider
{
    private TimeSpan _passed;
    private TimeSpan _wrong;

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan by) => _passed += by;

    /// <summary>The clock is put forward or back, and no time passes.</summary>
    public void Jump(TimeSpan by) => _wrong += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _passed + _wrong;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(_passed.TotalSeconds * TimestampFrequency);
}

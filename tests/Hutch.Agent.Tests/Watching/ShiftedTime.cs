namespace Hutch.Agent.Tests.Watching;

/// <summary>The real clock, which can be put forward.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private TimeSpan _shift;

    /// <summary>Called whenever somebody asks how much time has passed.</summary>
    public Action? Asked { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _shift;

    public override long GetTimestamp()
    {
        Asked?.Invoke();
        return base.GetTimestamp() + (long)(_shift.TotalSeconds * TimestampFrequency);
    }

    public void Advance(TimeSpan by) => _shift += by;
}

namespace Hutch.DataLad.Tests.Support;

/// <summary>The machine's clock, which can be put forward.</summary>
internal sealed class LaterTime : TimeProvider
{
    private long _aheadTicks;

    public void Pass(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _aheadTicks));
}

namespace Hutch.Cli.Tests.BadInput;

/// <summary>A clock that can be put forward.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shiftTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _shiftTicks));

    internal void Forward(TimeSpan by) => Interlocked.Add(ref _shiftTicks, by.Ticks);
}

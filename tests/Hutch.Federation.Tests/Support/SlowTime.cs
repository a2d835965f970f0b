namespace Hutch.Federation.Tests.Support;

/// <summary>
/// A clock by which a pause of a second has not passed after a quarter of an hour, although its timers are those of the real one: what goes
/// on all the same, somebody has asked for.
/// </summary>
internal sealed class SlowTime : TimeProvider
{
    public override long GetTimestamp() => base.GetTimestamp() / 1000;
}

namespace Hutch.Site.Tests.Sites;

/// <summary>The system's clock, set forward by the test.</summary>
internal sealed class SettableTime : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
}

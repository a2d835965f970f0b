namespace Hutch.Storage.Tests;

/// <summary>A clock that stands still.</summary>
public sealed class FixedTime : TimeProvider
{
    public static readonly FixedTime Instance = new();

    public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);
}

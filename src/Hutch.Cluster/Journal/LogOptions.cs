namespace Hutch.Cluster.Journal;

/// <summary>The timeouts between the log and PostgreSQL.</summary>
public sealed record LogOptions
{
    /// <summary>The time without an answer after which a write is refused, or its outcome is unknown.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time after which PostgreSQL ends the connection of a silent server that has the turn: one stalled server must not stop the
    /// others.
    /// </summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The interval at which a server polls for appends of others without a notification: notifications may be lost.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>True to use a log that is being filled with a site from another place.</summary>
    public bool IsFilling { get; init; }

    /// <summary>The delay before a retry when PostgreSQL does not answer.</summary>
    public TimeSpan TryAgainAfter { get; init; } = TimeSpan.FromMilliseconds(100);
}

namespace Hutch.Cluster.Journal;

/// <summary>How long the log waits for PostgreSQL, and PostgreSQL for the servers.</summary>
public sealed record LogOptions
{
    /// <summary>Without an answer for so long a write is refused, or its outcome is unknown.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After so long PostgreSQL ends the connection of a server that has the turn and says nothing: one stalled server must not stop the
    /// others.
    /// </summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a server looks for what others appended when nobody tells it: notifications may be lost.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait before PostgreSQL is called again when it does not answer.</summary>
    public TimeSpan TryAgainAfter { get; init; } = TimeSpan.FromMilliseconds(100);
}

namespace Hutch.Cluster.Journal;

/// <summary>
/// Follows the rows of the log; each names its predecessor. A mismatch means that PostgreSQL has another past than this server has seen: it
/// was restored from a backup, or fell back to a standby that lacked the last commits.
/// </summary>
internal struct LogChain(LogPosition from, string where)
{
    public LogPosition Last { get; private set; } = from;

    public void Follow(in StoredRow row)
    {
        if (row.Number != Last.Number + 1 || row.PreviousId != Last.Id)
        {
            throw Broken();
        }

        Last = row.Position;
    }

    /// <summary>Checks that the log ends at the last followed row.</summary>
    public readonly void RequireEnd(LogPosition head)
    {
        if (head != Last)
        {
            throw Broken();
        }
    }

    private readonly LogWentBackException Broken() => new(where, Last);
}

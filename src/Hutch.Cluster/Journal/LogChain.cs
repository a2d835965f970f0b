namespace Hutch.Cluster.Journal;

/// <summary>
/// Follows the rows from one to the next: each names the one before it. Where it does not fit, PostgreSQL has another past than the
/// one that this server has seen: it was restored from a backup, or fell back to a standby that lacked the last commits.
/// </summary>
internal struct LogChain(LogPosition from, string where)
{
    /// <summary>The last row that was followed.</summary>
    public LogPosition Last { get; private set; } = from;

    /// <summary>Goes on to the next row.</summary>
    public void Follow(in StoredRow row)
    {
        if (row.Number != Last.Number + 1 || row.PreviousId != Last.Id)
        {
            throw Broken();
        }

        Last = row.Position;
    }

    /// <summary>Checks that the log ends where the last row was.</summary>
    public readonly void RequireEnd(LogPosition head)
    {
        if (head != Last)
        {
            throw Broken();
        }
    }

    private readonly LogWentBackException Broken() => new(where, Last);
}

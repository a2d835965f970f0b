namespace Hutch.Cluster;

/// <summary>
/// A server's view of the members in the rows of the log, on its own disk. The reader of the log keeps it up to date, and calls it from one
/// thread at a time.
/// </summary>
public interface ILogMembers
{
    /// <summary>The last applied row, also after a restart.</summary>
    LogPosition Applied { get; }

    /// <summary>
    /// Makes the directory of a row, which is stored unchanged with it and passed to every server's <see cref="Apply"/>. The bodies are
    /// stored in this order and without gaps.
    /// </summary>
    /// <param name="members">The members of the row, all of one lane; empty when it has records only.</param>
    /// <param name="reliedUpon">The fingerprints of stored members that the row's group relies on.</param>
    ReadOnlyMemory<byte> Describe(IReadOnlyList<LogMember> members, IReadOnlyList<ulong> reliedUpon);

    /// <summary>
    /// Notes at least one row. It receives each row of the log once and in order, including those of this server, after the commit and
    /// before the row's records are published.
    /// </summary>
    void Apply(IReadOnlyList<LogRow> rows);

    /// <summary>Forgets everything: the log is not the one that was applied.</summary>
    void Clear();
}

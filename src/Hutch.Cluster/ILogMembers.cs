using Hutch.Storage;

namespace Hutch.Cluster;

/// <summary>
/// What a server knows of the members in the rows of the log: a view on its own disk, brought up to date by whoever reads the log. The log
/// calls it from one thread at a time.
/// </summary>
public interface ILogMembers
{
    /// <summary>The last row that was applied, also after a restart.</summary>
    LogPosition Applied { get; }

    /// <summary>
    /// The directory of a row: kept with it as it is, and handed to every server's <see cref="Apply"/>. The bodies are stored one after the
    /// other, in this order and without gaps.
    /// </summary>
    /// <param name="members">The members of the row, all of one lane; empty when it has records only.</param>
    /// <param name="reliedUpon">The fingerprints of members that the row's group found stored and goes by.</param>
    ReadOnlyMemory<byte> Describe(IReadOnlyList<LogMember> members, IReadOnlyList<ulong> reliedUpon);

    /// <summary>
    /// Notes rows, at least one: each row of the log, one's own too, in order and once, when it is committed and before its records are
    /// published.
    /// </summary>
    void Apply(IReadOnlyList<LogRow> rows);

    /// <summary>Forgets everything: the log is not the one that was applied.</summary>
    void Clear();
}

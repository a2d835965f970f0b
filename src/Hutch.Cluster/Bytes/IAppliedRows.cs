namespace Hutch.Cluster.Bytes;

/// <summary>How far all servers are, for who deletes what they no longer look for.</summary>
public interface IAppliedRows
{
    /// <summary>
    /// The number of the row up to which every live server has applied the log, and everything is in packs: what rows up to there condemn
    /// is looked for by nobody, and what was moved out of it is in the bucket again.
    /// </summary>
    ValueTask<long> ReadLeastAppliedAsync(CancellationToken ct);

    /// <summary>Says that condemned objects were deleted, so that no server need remember them.</summary>
    Task NoteGoneAsync(IReadOnlyList<string> names, CancellationToken ct);
}

namespace Hutch.Cluster.Bytes;

/// <summary>The progress of all servers, for jobs that delete objects.</summary>
public interface IAppliedRows
{
    /// <summary>
    /// Reads the number of the row up to which every live server has applied the log, and everything is in packs. No server looks for
    /// objects that rows up to there condemn, and the members moved out of them are in the bucket again.
    /// </summary>
    ValueTask<long> ReadLeastAppliedAsync(CancellationToken ct);

    /// <summary>Records that condemned objects were deleted, so that servers can forget them.</summary>
    Task NoteGoneAsync(IReadOnlyList<string> names, CancellationToken ct);
}

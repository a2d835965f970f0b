namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>What a collection needs of the log that all servers share.</summary>
public interface ICollectionLog
{
    /// <summary>Waits until this server may collect, and no other does.</summary>
    Task<ICollectionTurn> TakeAsync(CancellationToken ct);

    /// <summary>
    /// Returns when no operation is under way at any server that began before the server had seen everything that was in the log at the
    /// call; those that begin later have seen it. The extents that those operations wrote are in the log then, whatever became of them. A
    /// server that is silent for too long is put out and no longer waited for: what it had begun can no longer be committed.
    /// </summary>
    Task WaitForOperationsAsync(CancellationToken ct);

    /// <summary>Up to which record <see cref="ICollectionTurn.NoteSweptAsync"/> said that nothing purged is left.</summary>
    ValueTask<long> ReadSweptAsync(CancellationToken ct);

    /// <summary>
    /// Waits for a while until every server has said that nothing of what was swept is on its own disk. Those that have not, for people.
    /// </summary>
    Task<IReadOnlyList<string>> WaitForCleanServersAsync(CancellationToken ct);
}

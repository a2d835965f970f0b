namespace Hutch.Cluster.Bytes.Collecting;

public interface ICollectionLog
{
    /// <summary>Waits until this server may collect and no other server does.</summary>
    Task<ICollectionLease> AcquireAsync(CancellationToken ct);

    /// <summary>
    /// Waits for the operations at all servers that may not have seen the log as it was at the call; later operations have seen it. When
    /// this returns, the extents that those operations wrote are in the log, whatever their outcome. A server that is silent for too long
    /// is removed and no longer waited for, and it can no longer commit its operations.
    /// </summary>
    Task WaitForOperationsAsync(CancellationToken ct);

    /// <summary>Reads the last record that <see cref="ICollectionLease.NoteSweptAsync"/> reported as swept.</summary>
    ValueTask<long> ReadSweptAsync(CancellationToken ct);

    /// <summary>Waits a limited time until all servers confirm a disk without swept data; returns the names of those missing.</summary>
    Task<IReadOnlyList<string>> WaitForCleanServersAsync(CancellationToken ct);
}

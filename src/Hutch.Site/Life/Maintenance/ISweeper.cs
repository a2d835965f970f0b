namespace Hutch.Site.Life.Maintenance;

/// <summary>The engine's half of mark and sweep: it locates members and frees their space.</summary>
public interface ISweeper
{
    /// <summary>
    /// Begins a collection: frees expired members, and determines what it examines. Members stored from now on are not condemned.
    /// </summary>
    /// <param name="purged">Datasets whose bytes must all go; usually none.</param>
    Task<ISweep> BeginAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct);

    /// <summary>
    /// Returns when every operation that was running at the call, at any server of the site, has ended. The records then have their
    /// commits; operations that begin later have seen everything that was in the log at the call.
    /// </summary>
    Task WaitForOperationsAsync(CancellationToken ct);

    /// <summary>
    /// Returns when every collection that had begun at another server before the call has finished freeing. Its freed members are then no
    /// longer found here, and one that begins later knows everything that was in the log at the call.
    /// </summary>
    Task WaitForCollectionAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Returns true if an earlier collection left no purged data, and purges wait only for servers to check their disks.</summary>
    ValueTask<bool> IsSweptAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct) => new(false);

    /// <summary>
    /// After the sweep of a purge: has each server wipe the rest on its own disk (<see cref="LocalPurge"/>). Returns the servers that have
    /// not confirmed it, for display.
    /// </summary>
    Task<IReadOnlyList<string>> WipeServersAsync(CancellationToken ct);
}

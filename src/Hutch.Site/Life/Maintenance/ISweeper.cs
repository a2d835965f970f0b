using Hutch.Model.Site;

namespace Hutch.Site.Life.Maintenance;

/// <summary>The engine's half of mark and sweep: it knows where members lie, and how their space is freed.</summary>
public interface ISweeper
{
    /// <summary>
    /// Begins a collection: frees what ended by itself, and settles what is looked at. What is stored from now on is not condemned.
    /// </summary>
    /// <param name="purged">Datasets of which nothing may be left; usually none.</param>
    Task<ISweep> BeginAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct);

    /// <summary>
    /// Returns when every operation has ended that was under way when this was called, at whichever server of the site. What they committed
    /// is in the records then; what begins later has seen everything that was in the log at the call.
    /// </summary>
    Task WaitForOperationsAsync(CancellationToken ct);

    /// <summary>
    /// Returns when no collection frees anything any more that had begun at another server when this was called. What it has freed is not
    /// found here any more then, and one that begins later knows everything that was in the log at the call.
    /// </summary>
    Task WaitForCollectionAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// Whether an earlier collection left nothing of purged datasets, and the purges wait only for servers to look to their own disks.
    /// </summary>
    ValueTask<bool> IsSweptAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct) => new(false);

    /// <summary>
    /// When a purge is swept: has each server wipe what is left of it on its own disk (<see cref="LocalTraces"/>). Returns those that have
    /// not said that they have, for people.
    /// </summary>
    Task<IReadOnlyList<string>> WipeServersAsync(CancellationToken ct);
}

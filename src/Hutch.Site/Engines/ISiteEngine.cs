using Hutch.Catalog.Site;
using Hutch.Messaging.InProcess;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Platform.Servers;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Storage;

namespace Hutch.Site.Engines;

/// <summary>
/// The engine of a site: its log, its bytes, and the upkeep of both, which depends on how they are stored. Opened before the site and
/// closed after it.
/// </summary>
public interface ISiteEngine : IAsyncDisposable
{
    ISiteLog Log { get; }

    ISiteBytes Bytes { get; }

    /// <summary>What the records are brought up to date from when the site is opened.</summary>
    IRecordsSource Records { get; }

    /// <summary>Who does what only one server may do at a time.</summary>
    IJobLeases Leases { get; }

    /// <summary>The jobs of all servers.</summary>
    IJobList Jobs { get; }

    /// <summary>The other servers of the site; null where there is one.</summary>
    IOtherServers? Others => null;

    /// <summary>Where the servers of a site keep how far queues have been read; null where one server has that in a file.</summary>
    ICursorStore? Cursors => null;

    /// <summary>The upkeep, for a site that stands on this engine; asked for once, when the site is opened.</summary>
    EngineUpkeep Keep(EngineSite site);

    /// <summary>How what it stands on is; takes a few seconds at most.</summary>
    Task<EngineReport> ReportAsync(CancellationToken ct) => Task.FromResult(EngineReport.OfFolder);

    /// <summary>For a graceful stop, after the last commit: whatever makes the next start quick. Nothing is lost without it.</summary>
    Task SealAsync(CancellationToken ct);
}

/// <summary>What the upkeep of an engine needs of the site that stands on it.</summary>
/// <param name="Committer">The site's one writer.</param>
/// <param name="Records">The view of the log.</param>
/// <param name="Checkpointer">Takes checkpoints, which stand in for the log before them.</param>
/// <param name="Touched">What commits rely upon while the collector runs.</param>
/// <param name="Operations">Which operations are under way at this server.</param>
/// <param name="Blobs">The memory of payloads, and who may move large parts.</param>
/// <param name="Options">All options.</param>
/// <param name="Clock">When things may end.</param>
/// <param name="Kept">Temporary bytes that must stay for now.</param>
/// <param name="Traces">What this server's own disk has of purged datasets.</param>
public sealed record EngineSite(
    Committer Committer,
    SiteDatabase Records,
    Checkpointer Checkpointer,
    TouchedMembers Touched,
    OperationTracker Operations,
    BlobStore Blobs,
    SiteOptions Options,
    SettledClock Clock,
    KeptBytes Kept,
    LocalTraces Traces);

/// <summary>The upkeep that each engine does in its own way.</summary>
/// <param name="Sweeper">Frees the space of what the collector did not mark.</param>
/// <param name="Scrubber">Reads everything again.</param>
/// <param name="Warnings">What an operator should see to.</param>
/// <param name="Files">The files in the data folder.</param>
/// <param name="Temporary">How much temporary data there is, and how it makes room.</param>
public sealed record EngineUpkeep(
    ISweeper Sweeper, IScrubber Scrubber, IEngineWarnings Warnings, IStoredFiles Files, ITemporaryBytes Temporary)
{
    /// <summary>What goes on beside the requests for as long as the server runs, at one server of the site.</summary>
    public IReadOnlyList<EngineLoop> Loops { get; init; } = [];

    /// <summary>What operators can have done, beside what every site can do.</summary>
    public IReadOnlyList<IMaintenanceTask> Tasks { get; init; } = [];
}

/// <summary>Upkeep of an engine that goes on by itself.</summary>
/// <param name="Job">What it does: the name of its lease, and for people.</param>
/// <param name="RunAsync">Does it until it is cancelled.</param>
public sealed record EngineLoop(string Job, Func<IJobLease, CancellationToken, Task> RunAsync);

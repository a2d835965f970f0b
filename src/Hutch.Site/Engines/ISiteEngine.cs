using Hutch.Catalog.Zone;
using Hutch.Messaging.InProcess;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Platform.Servers;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Engines;

/// <summary>The engine of a site: its log, its bytes, and their maintenance. Opened before the site and closed after it.</summary>
public interface ISiteEngine : IAsyncDisposable
{
    ISiteLog Log { get; }

    ISiteBytes Bytes { get; }

    /// <summary>The source for bringing the records up to date when the site is opened.</summary>
    IRecordsSource Records { get; }

    /// <summary>The leases of jobs that only one server may do at a time.</summary>
    IJobLeases Leases { get; }

    IJobList Jobs { get; }

    /// <summary>The other servers of the site; null where there is one.</summary>
    IOtherServers? Others => null;

    /// <summary>The positions of queues, shared by the servers of a site; null where one server keeps them in a file.</summary>
    ICursorStore? Cursors => null;

    /// <summary>True once another server has taken the data folder over: this one writes nothing more.</summary>
    bool IsTakenOver => false;

    /// <summary>The store outside this machine for copies of the accounts; null where the accounts are not kept elsewhere.</summary>
    IZoneSafe? Accounts => null;

    /// <summary>Returns the maintenance for a site on this engine; called once, when the site is opened.</summary>
    EngineMaintenance CreateMaintenance(EngineSite site);

    /// <summary>Returns the state of its stores; takes a few seconds at most.</summary>
    Task<EngineReport> ReportAsync(CancellationToken ct) => Task.FromResult(EngineReport.OfFolder);

    /// <summary>
    /// Has everything that was acknowledged before the call stored where other sites may rely on it, and everything freed before the call
    /// erased there. Refused while that is not possible.
    /// </summary>
    Task<Result<Done>> SecureAsync(CancellationToken ct) => Task.FromResult<Result<Done>>(Done.Value);

    /// <summary>Prepares for a quick start, after the last commit of a graceful stop. Nothing is lost without it.</summary>
    Task SealAsync(CancellationToken ct);
}

/// <param name="Checkpointer">Takes checkpoints, which replace the log before them.</param>
/// <param name="Barrier">Members that commits rely upon during a collection.</param>
/// <param name="Blobs">The memory of payloads, and the admission of large parts.</param>
/// <param name="Clock">Decides when data may end.</param>
/// <param name="Kept">Temporary bytes that must stay for now.</param>
/// <param name="Traces">The traces of purged datasets on this server's own disk.</param>
public sealed record EngineSite(
    Committer Committer,
    SiteDatabase Records,
    Checkpointer Checkpointer,
    GcWriteBarrier Barrier,
    OperationTracker Operations,
    BlobStore Blobs,
    SiteOptions Options,
    TrustedClock Clock,
    ProtectedBytes Kept,
    LocalPurge Traces);

/// <param name="Sweeper">Frees the bytes that the collector did not mark.</param>
/// <param name="Temporary">The temporary data, which can make room.</param>
public sealed record EngineMaintenance(
    ISweeper Sweeper, IScrubber Scrubber, IEngineWarnings Warnings, IStoredFiles Files, ITemporaryBytes Temporary)
{
    /// <summary>The background tasks that run at one server of the site for as long as the server runs.</summary>
    public IReadOnlyList<EngineLoop> Loops { get; init; } = [];

    /// <summary>The tasks that operators can start, in addition to those of every site.</summary>
    public IReadOnlyList<IMaintenanceTask> Tasks { get; init; } = [];
}

/// <param name="RunAsync">Runs until it is cancelled.</param>
public sealed record EngineLoop(string Job, Func<IJobLease, CancellationToken, Task> RunAsync);

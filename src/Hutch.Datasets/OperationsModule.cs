using Hutch.Datasets.Events;
using Hutch.Datasets.Servers;
using Hutch.Datasets.Upkeep;
using Hutch.Datasets.Versions;
using Hutch.Messaging;
using Hutch.Messaging.RabbitMq;

namespace Hutch.Datasets;

/// <summary>The services for operators: health, jobs, storage, activity, events.</summary>
public sealed class OperationsModule
{
    /// <param name="broker">What waits at the message broker; null without one.</param>
    /// <param name="queues">The queues of the bus; null without one.</param>
    /// <param name="watched">The parents of the facility's folders that this server watches at the moment.</param>
    public OperationsModule(
        ZoneServices zone, SiteServices site, ReadingModule reading, RunModule runs, BrokerDepths? broker, IQueueAdministration? queues,
        Func<IReadOnlyList<string>> watched, TimeProvider time)
    {
        Verify = new VerifyService(reading.Own.Entries, site.Verifier);
        site.Warnings.Add(() => zone.Damage is { } damage ? new SiteWarning("accounts-damaged", damage, zone.WayBack) : null);
        site.Warnings.Add(() => DoubtfulLinks.FindWarning(zone.Identities.Doubtful));
        Jobs = new JobService(site.Jobs, site.Warnings);
        Storage = new StorageService(zone.Accounts, site.Quotas, runs.Budgets, site.Files);
        DateTimeOffset started = time.GetUtcNow();
        Servers = new ServerStates(site.Engine.Others, () => StateOf(site, started, watched()), time);
        Activity = new ActivityService(zone.Authorizer, zone.Accounts, Servers, Storage, Jobs, time);
        Health = new HealthService(site.Engine, () => site.AppliedSequence, site.Committer, site.Warnings, Servers);
        Live = new LiveService(zone.Authorizer, runs.ClusterRunState, runs.Attempts, Health, Servers, broker, time);
        Queues = new QueueService(queues, zone.Accounts);
        Arrivals = new ArrivalService(reading.Own.Describer, site.Records);
        Events = new EventService(zone.Authorizer, zone.Authenticator, site.Records, site.Events, time);
        OwnedFiles = new OwnedFiles(site.Blobs, site.ReadIndex);
    }

    public JobService Jobs { get; }

    public StorageService Storage { get; }

    public ServerStates Servers { get; }

    /// <summary>Requests, transfers and jobs in progress.</summary>
    public ActivityService Activity { get; }

    public HealthService Health { get; }

    public LiveService Live { get; }

    public QueueService Queues { get; }

    public ArrivalService Arrivals { get; }

    public EventService Events { get; }

    /// <summary>Reads datasets again and compares their hashes.</summary>
    public VerifyService Verify { get; }

    /// <summary>Files in folders, for the other servers of the site, which have checked the caller's right.</summary>
    public OwnedFiles OwnedFiles { get; }

    private static ServerState StateOf(SiteServices site, DateTimeOffset started, IReadOnlyList<string> watched)
    {
        var own = new ServerLoads(site.Blobs.Work);
        return new ServerState
        {
            Version = typeof(OperationsModule).Assembly.GetName().Version!.ToString(3),
            Started = started,
            Applied = site.AppliedSequence,
            Failure = site.Committer.Failure,
            Watched = watched,
            Classes = own.Classes(),
            Transfers = own.Transfers(),
            Captures = site.Blobs.Work.Registry.Captures.Read(),
        };
    }
}

using Hutch.Datasets.Analyses;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Pushes;
using Hutch.Datasets.Servers;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Recipes;
using Hutch.Model.Analyses;
using Hutch.Processing;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Feeding;
using Hutch.Site.Write.Pushes;

namespace Hutch.Datasets;

public sealed class RunModule
{
    private readonly PartCommits _partCommits;

    /// <summary>Makes it; <paramref name="dispatcher"/> leases frames to workers, and is null where the server has no worker.</summary>
    public RunModule(
        ZoneServices zone, SiteServices site, ReadingModule reading, NameModule names, RunServices runs, StepCatalog steps,
        RunDispatcher? dispatcher, RecipeQueues queues, CallbackAddresses callbacks, TimeProvider time)
    {
        ClusterRunState = new ClusterRunState(dispatcher, site.Engine.Others);
        Analyses = new AnalysisService(
            zone.Authorizer, names.Reconciler, site.Heads, site.HeadCompactor, runs.Registry, new StepOffer(steps, dispatcher), queues,
            callbacks);
        Runs = new RunService(
            zone.Authorizer, runs, reading.Own.Runs, site.Heads, ClusterRunState, time);
        (Attempts, Budgets) = (runs.Attempts, runs.Budgets);
        Selections = new SelectionService(
            zone.Authorizer, names.Reconciler, site.Heads, site.HeadFiller, site.Blobs, site.Lifecycle, site.Operations, runs, steps);
        External = new ExternalRunService(zone.Authorizer, site.Heads, runs.Registry, runs.Parts);
        Work = new WorkerService(dispatcher, steps);
        (Records, _partCommits) = (runs, site.PartCommits);
    }

    public ClusterRunState ClusterRunState { get; }

    /// <summary>The records of runs.</summary>
    public RunServices Records { get; }

    public RunAttempts Attempts { get; }

    public RunBudgets Budgets { get; }

    public AnalysisService Analyses { get; }

    public RunService Runs { get; }

    public SelectionService Selections { get; }

    public ExternalRunService External { get; }

    public WorkerService Work { get; }

    /// <summary>The addresses by which services of others open frames; null where the server has no worker.</summary>
    public FrameAddresses? Addresses { get; init; }

    /// <summary>Makes the service for parts of runs, whose files come as pushes.</summary>
    public PartService PartsOf(PushService pushes) => new(Runs, Records.Registry, Records.Parts, pushes, _partCommits);
}

using Hutch.Datasets.Analyses;
using Hutch.Datasets.Registry;
using Hutch.Disk;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model.Analyses;
using Hutch.Processing;
using Hutch.Site;
using Hutch.Types.Catalog;
using Hutch.Zone;

namespace Hutch.Datasets.Tests.Analyses;

/// <summary>The modules that analyses need, without a worker and other sites.</summary>
internal sealed class RunningModules
{
    private readonly DatasetModule _datasets;
    private readonly RunModule _runs;

    public RunningModules(ZoneServices zone, SiteServices site, StepCatalog steps)
    {
        TimeProvider time = TimeProvider.System;
        var types = new TypeLibrary(LocalDisk.Instance, null, time);
        var runs = new RunServices(site, time);
        var reading = new ReadingModule(zone, site, new ReaderModule(zone, types, steps, null, null, null, null, null, time), null);
        var names = new NameModule(zone, site, null, time);
        Reader = reading.Own;
        var search = new SearchModule(zone, site, reading, types, null, time);
        _datasets = new DatasetModule(zone, site, new AccessModule(zone, site, time), reading, names, runs, search, null, time);
        _runs = new RunModule(
            zone, site, reading, names, runs, steps, null, new RecipeQueues(new BusOptions()),
            new CallbackAddresses(new CallbackOptions()), time);
    }

    public DatasetReader Reader { get; }

    public DatasetService Datasets => _datasets.Datasets;

    public CreationService Creation => _datasets.Creation;

    public LifecycleService Lifecycle => _datasets.Lifecycle;

    public AnalysisService Analyses => _runs.Analyses;

    public SelectionService Selections => _runs.Selections;

    public RunService Runs => _runs.Runs;
}

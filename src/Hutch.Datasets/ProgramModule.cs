using Hutch.Datasets.Analyses;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Replication.Sites;
using Hutch.Processing;
using Hutch.Programs;
using Hutch.Programs.Documents;
using Hutch.Programs.Engines;
using Microsoft.Extensions.Logging;

namespace Hutch.Datasets;

/// <summary>Programs that the server starts on behalf of users.</summary>
public sealed class ProgramModule : IAsyncDisposable
{
    private readonly IReadOnlyList<IProgramEngine> _engines;

    /// <param name="engines">The engines of this server, which the module owns from now on.</param>
    /// <param name="records">The records of runs, and the operations on them.</param>
    /// <param name="others">Hands starts over to other sites, null for a server without them; the key of this site.</param>
    public ProgramModule(
        ZoneServices zone, SiteServices site, (NameModule Names, DatasetReader Own) datasets,
        (RunServices Records, RunModule Module) records, TypeLibrary types, ProgramOptions options,
        IReadOnlyList<IProgramEngine> engines, (IStartHandOver? HandOver, ISiteSigner Signer) others,
        TimeProvider time, ILogger logger)
    {
        (RunServices runs, RunModule runModule) = records;
        _engines = engines;
        Library = new ProgramLibrary(LocalDisk.Instance, options.Folder, time);
        Queue = new ProgramQueue(engines, time);
        var fit = new ProgramFit(types, site.Heads);
        var fixer = new InputFixer(zone.Authorizer, site.Heads, site.HeadCompactor);
        var source = new MetadataSource(types, site.Metadata);
        Programs = new ProgramService(
            Library, zone.Authorizer, datasets.Names.Reconciler, site.Heads, fit,
            new StartPreparation(
                zone.Authorizer, site.Heads, fit, fixer,
                new InputChooser(zone.Authorizer, zone.Names, site.Heads, fixer, runs.Starts, types, source), source),
            runs, new SameResults(zone.Authorizer, runs.Registry, runs.Comparisons, runModule.Runs, site.Heads), Queue, options);
        Starter = new ProgramStarter(
            Programs, new ProgramSites(zone.Sites, zone.Copies, zone.SiteReaders, site.Heads, types, others.Signer),
            (runs.Starts, runs.Attempts), (zone.Authenticator, zone.Authorizer, zone.SiteReaders, zone.SiteLoginAuthorizer),
            datasets.Names.Reconciler, others.HandOver, time);
        Attempts = new AttemptService(runs.Attempts, site.Heads, site.HeadCompactor, site.Quotas, runModule.Runs, Queue);
        zone.Authenticator.RunAttempts = Attempts;
        Switches = new ProgramSwitches(Programs, zone.Authorizer, fit, site.Heads, runs.Starts, zone.Authenticator);
        var triggers = new ProgramTriggers(
            Library, fit, Programs, Starter, runs.Starts, site.Heads, zone.Authenticator, zone.Notices, time, logger);
        Reruns = new RerunService(
            Library, Programs, zone.Authorizer, runModule.Runs, runs.Comparisons, site.Heads, zone.Sites, others.Signer, time);
        var comparer = new RerunComparer(
            runs, datasets.Own, zone.Authenticator, others.Signer,
            new ResultRestorer(site.Evictions, site.Collector, site.Attester), options, time, logger);
        Checks = new EngineChecks(Library, Queue, time, logger);
        Dispatcher = new ProgramDispatcher(
            Library, runs, new StartPermission(zone.Authenticator, zone.Authorizer), triggers, comparer, Queue,
            zone.Notices, options, time, logger);
        runs.Starts.Closed += Queue.NoteClose;
        site.Warnings.AddMany(Programs.Warnings);
        site.Warnings.AddMany(Checks.Warnings);
        foreach (LocalEngine local in engines.OfType<LocalEngine>())
        {
            local.Changed = Queue.Wake;
        }
    }

    public ProgramLibrary Library { get; }

    public ProgramQueue Queue { get; }

    public ProgramService Programs { get; }

    public ProgramStarter Starter { get; }

    public ProgramSwitches Switches { get; }

    public AttemptService Attempts { get; }

    public RerunService Reruns { get; }

    public ProgramDispatcher Dispatcher { get; }

    /// <summary>The checks of the engines of this server.</summary>
    public EngineChecks Checks { get; }

    /// <summary>Ends all processes of the engines.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IProgramEngine engine in _engines)
        {
            await engine.DisposeAsync();
        }
    }
}

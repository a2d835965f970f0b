using Hutch.Datasets.Analyses;
using Hutch.Datasets.Programs;
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

    /// <param name="own">The programs of this server. The module owns their engines from now on.</param>
    public ProgramModule(
        ZoneServices zone, SiteServices site, NameModule names, ReadingModule reading, RunModule runs, TypeLibrary types,
        ConfiguredPrograms own, OtherSites others, TimeProvider time, ILogger logger)
    {
        (ProgramOptions options, _engines) = own;
        RunServices records = runs.Records;
        Library = new ProgramLibrary(LocalDisk.Instance, options.Folder, time);
        Queue = new ProgramQueue(_engines, time);
        var fit = new ProgramFit(types, site.Heads);
        var fixer = new InputFixer(zone.Authorizer, site.Heads, site.HeadCompactor);
        var source = new MetadataSource(types, site.Metadata);
        Programs = new ProgramService(
            Library, zone.Authorizer, names.Reconciler, site.Heads, fit,
            new StartPreparation(
                zone.Authorizer, site.Heads, fit, fixer,
                new InputChooser(zone.Authorizer, zone.Names, site.Heads, fixer, records.Starts, types, source), source),
            records, new SameResults(zone.Authorizer, records.Registry, records.Comparisons, runs.Runs, site.Heads), Queue, options);
        Starter = new ProgramStarter(
            Programs, new ProgramSites(zone.Sites, zone.Copies, zone.SiteReaders, site.Heads, types, others.Signer), records,
            zone.Authenticator, zone.Authorizer, zone.SiteReaders, zone.SiteLoginAuthorizer, names.Reconciler, others.HandOver, time);
        Attempts = new AttemptService(records.Attempts, site.Heads, site.HeadCompactor, site.Quotas, runs.Runs, Queue);
        zone.Authenticator.RunAttempts = Attempts;
        Switches = new ProgramSwitches(Programs, zone.Authorizer, fit, site.Heads, records.Starts, zone.Authenticator);
        var triggers = new ProgramTriggers(
            Library, fit, Programs, Starter, records.Starts, site.Heads, zone.Authenticator, zone.Notices, time, logger);
        Reruns = new RerunService(
            Library, Programs, zone.Authorizer, runs.Runs, records.Comparisons, site.Heads, zone.Sites, others.Signer, time);
        var comparer = new RerunComparer(
            records, reading.Own, zone.Authenticator, others.Signer,
            new ResultRestorer(site.Evictions, site.Collector, site.Attester), options, time, logger);
        Checks = new EngineChecks(Library, Queue, time, logger);
        Dispatcher = new ProgramDispatcher(
            Library, records, new StartPermission(zone.Authenticator, zone.Authorizer), triggers, comparer, Queue,
            zone.Notices, options, time, logger);
        records.Starts.Closed += Queue.NoteClose;
        site.Warnings.AddMany(Programs.Warnings);
        site.Warnings.AddMany(Checks.Warnings);
        foreach (LocalEngine local in _engines.OfType<LocalEngine>())
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

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

    /// <param name="engines">The engines of this server, which the module owns from now on.</param>
    public ProgramModule(
        ZoneServices zone, SiteServices site, NameModule names, RunModule runModule, RunServices runs, TypeLibrary types,
        ProgramOptions options, IReadOnlyList<IProgramEngine> engines, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(runModule);
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(options);
        _engines = engines;
        Library = new ProgramLibrary(LocalDisk.Instance, options.Folder, name => types.Current.LineageOf(name), time);
        Queue = new ProgramQueue(engines, time);
        var fit = new ProgramFit(types, site.Heads);
        var fixer = new InputFixer(zone.Authorizer, site.Heads, site.HeadCompactor);
        Programs = new ProgramService(
            Library, zone.Authorizer, names.Reconciler, (site.Heads, fixer, fit),
            (runs.Registry, runs.Attempts), Queue, options);
        Attempts = new AttemptService(runs.Attempts, site.Heads, runModule.Runs, Queue);
        zone.Authenticator.RunAttempts = Attempts;
        Switches = new ProgramSwitches(Programs, fit, site.Heads, runs.Starts);
        var triggers = new ProgramTriggers(
            Library, fit, Programs, runs.Starts, site.Heads, zone.Authenticator, zone.Notices, time, logger);
        Dispatcher = new ProgramDispatcher(
            Library, runs.Attempts, new StartPermission(zone.Authenticator, zone.Authorizer), triggers, Queue,
            zone.Notices, options, logger);
        site.Warnings.AddMany(Programs.Warnings);
        foreach (LocalEngine local in engines.OfType<LocalEngine>())
        {
            local.Changed = Queue.Wake;
        }
    }

    public ProgramLibrary Library { get; }

    public ProgramQueue Queue { get; }

    public ProgramService Programs { get; }

    public ProgramSwitches Switches { get; }

    public AttemptService Attempts { get; }

    public ProgramDispatcher Dispatcher { get; }

    /// <summary>Ends all processes of the engines.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IProgramEngine engine in _engines)
        {
            await engine.DisposeAsync();
        }
    }
}

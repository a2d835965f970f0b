using Hutch.Datasets.Analyses;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Datagrams;
using Hutch.Processing;
using Hutch.Processing.Feeding;
using Hutch.Processing.Sending;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Fairness;
using Hutch.Zone;

namespace Hutch.Worker;

/// <summary>Leases the frames of runs to workers, works on them in the server, and sends the rows on.</summary>
public sealed class WorkerModule : IDisposable
{
    private readonly CallbackClient _callbacks;
    private readonly DatagramSender _datagrams;

    public WorkerModule(
        ZoneServices zone, SiteServices site, RunServices runs, BusModule bus, RecipeQueues queues, CallbackOptions callbacks,
        DatagramOptions datagrams, AnalysisWorkerOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        Callbacks = new CallbackAddresses(callbacks);
        _callbacks = new CallbackClient(callbacks, time);
        _datagrams = new DatagramSender(datagrams, time);
        var destinations = new RowDestinations(
            runs.Inputs, bus.Bus, queues, Callbacks, _callbacks, _datagrams, time, loggers.CreateLogger<RowDestinations>());
        var sender = new RowSender(runs.Results, runs.Inputs, bus.Cursors, destinations, time);
        var permission = new RunPermission(zone.Authenticator, zone.Authorizer);
        Dispatcher = new RunDispatcher(
            runs.Registry, runs.Inputs, runs.Outputs, site.Blobs, bus.Bus, permission, sender, options, time,
            loggers.CreateLogger<RunDispatcher>());
        Addresses = new FrameAddresses(runs, site.Blobs, Dispatcher, permission, time);
        Images = new ImageMemory(options.UsedImageBytes, options.UsedAccountImageBytes, static () => RequestScope.User);
        var worker = new AnalysisWorker(
            new LocalFrameLeases(Dispatcher, site.Blobs, time), AnalysisSteps.All, Images, options, time,
            loggers.CreateLogger<AnalysisWorker>());
        var loops = new LoopFactory(site.Warnings, site.Engine.Leases, time, loggers.CreateLogger<WorkerModule>());
        BackgroundTask working = loops.Everywhere("worker", worker.RunAsync);
        Loops =
        [
            loops.Leased(RunDispatcher.Job, Dispatcher.RunAsync),
            .. options.Enabled ? [working] : (BackgroundTask[])[],
            .. bus.Depth is { } depth
                ? [loops.Everywhere(
                    "frames to queues",
                    new FrameFeeder(
                        Dispatcher, runs, Addresses, queues, bus.Bus, depth, time, loggers.CreateLogger<FrameFeeder>()).RunAsync)]
                : (BackgroundTask[])[],
        ];
    }

    public RunDispatcher Dispatcher { get; }

    /// <summary>The addresses by which services of others open frames.</summary>
    public FrameAddresses Addresses { get; }

    /// <summary>The addresses to which results may be sent by HTTP.</summary>
    public CallbackAddresses Callbacks { get; }

    public ImageMemory Images { get; }

    public IReadOnlyList<BackgroundTask> Loops { get; }

    /// <summary>Closes what results are sent over.</summary>
    public void Dispose()
    {
        _datagrams.Dispose();
        _callbacks.Dispose();
    }
}

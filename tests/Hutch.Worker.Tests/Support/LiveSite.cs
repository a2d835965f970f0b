using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Messaging;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Datagrams;
using Hutch.Messaging.InProcess;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Processing;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Processing.Sending;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Events;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Testing.Disks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Worker.Tests.Support;

/// <summary>A site with a bus in a folder of its own, and a worker that can be stopped and started.</summary>
internal sealed class LiveSite : IAsyncDisposable
{
    private static readonly SiteOptions Usual = new() { Segments = new SegmentOptions { ReserveBytes = 1 << 20 } };

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-live-").FullName;
    private CursorFile? _cursors;
    private CallbackClient? _callbacks;
    private DatagramSender? _datagrams;
    private CancellationTokenSource? _stop;
    private Task _working = Task.CompletedTask;

    private LiveSite()
    {
    }

    public SiteServices Site { get; private set; } = null!;

    public RunServices Runs => new(Site, TimeProvider.System);

    public string Folder => _folder;

    public CountingDisk Disk { get; } = new(leastBytes: 128 << 10);

    public FakePermission Permission { get; } = new();

    public IMessageBus Bus { get; private set; } = null!;

    /// <summary>The one that works.</summary>
    public RunDispatcher? Dispatcher { get; private set; }

    /// <summary>What is configured of a broker. Messages go over the bus inside the process in any case.</summary>
    public SiteOptions Options { get; init; } = Usual;

    public BusOptions Broker { get; init; } = new();

    /// <summary>Where results may be sent by HTTP.</summary>
    public CallbackOptions Callbacks { get; init; } = new();

    /// <summary>Where results go as datagrams.</summary>
    public DatagramOptions Datagrams { get; init; } = new();

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens a site whose disk says how often it is read.</summary>
    public static async Task<LiveSite> OpenAsync(
        BusOptions? broker = null, CallbackOptions? callbacks = null, DatagramOptions? datagrams = null, SiteOptions? options = null)
    {
        var live = new LiveSite
        {
            Options = options ?? Usual,
            Broker = broker ?? new BusOptions(),
            Callbacks = callbacks ?? new CallbackOptions(),
            Datagrams = datagrams ?? new DatagramOptions(),
        };
        await live.OpenSiteAsync();
        return live;
    }

    /// <summary>Starts a worker.</summary>
    public void Work(params IAnalysisStep[] steps)
    {
        var options = new AnalysisWorkerOptions { Threads = 2, RetryMilliseconds = 10 };
        RunDispatcher dispatcher = NewDispatcher(options);
        Dispatcher = dispatcher;
        var worker = new AnalysisWorker(
            new LocalFrameLeases(dispatcher, Site.Blobs, TimeProvider.System), steps, new ImageMemory(options.UsedImageBytes), options, TimeProvider.System, NullLogger<AnalysisWorker>.Instance);
        _stop = new CancellationTokenSource();
        _working = Task.WhenAll(dispatcher.RunAsync(_stop.Token), worker.RunAsync(_stop.Token));
    }

    /// <summary>A dispatcher, as of a server that has just started.</summary>
    public RunDispatcher NewDispatcher(RunDispatchOptions options, TimeProvider? time = null) => new(
        Runs.Registry, Runs.Inputs, Runs.Outputs, Site.Blobs, Bus, Permission,
        new RowSender(Runs.Results, Runs.Inputs, _cursors!, Destinations(), TimeProvider.System), options,
        time ?? TimeProvider.System, NullLogger<RunDispatcher>.Instance);

    /// <summary>Stops the worker where it is, and opens the site anew as after a restart of the process.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await Site.DisposeAsync();
        await OpenSiteAsync();
    }

    public async Task StopAsync()
    {
        if (_stop is null)
        {
            return;
        }

        await _stop.CancelAsync();
        try
        {
            await _working;
        }
        catch (OperationCanceledException)
        {
            // That is how it stops.
        }

        _stop.Dispose();
        _stop = null;
    }

    public async Task<SiteDataset> CreateAsync(string slug) => (await Site.Lifecycle.CreateAsync(
        new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = slug, By = "anna" }, Ct)).Value;

    public async Task PutAsync(DatasetId dataset, string path, ReadOnlyMemory<byte> content, Entry? like = null)
    {
        Lane lane = (await Site.Lanes.ForWritingAsync(dataset, Ct)).Value;
        var body = PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(content));
        RecentBlob? awaited = FrameName.TryParse(path, out _) ? Site.Blobs.RecentBlobs.Begin(dataset) : null;
        using ReceivedBlob blob = (await Site.Intake.ReceiveAsync(body, content.Length, lane, awaited, Ct)).Value;
        Entry entry = (like ?? Entry.File(blob.Hash, blob.Size)) with { Hash = blob.Hash, Size = blob.Size };
        Assert.True((await Site.Entries.PutAsync(dataset, DatasetPath.Parse(path).Value, entry, blob, EntryCondition.None, Ct)).IsOk);
    }

    public Task PutFrameAsync(DatasetId dataset, int number) => PutAsync(dataset, FrameName.For(number), Encoding.UTF8.GetBytes($"frame {number}"));

    public async Task PutFramesAsync(DatasetId dataset, int from, int to)
    {
        for (int number = from; number <= to; number++)
        {
            await PutFrameAsync(dataset, number);
        }
    }

    /// <summary>Puts frames by one push: they have no events of their own.</summary>
    public async Task PushFramesAsync(DatasetId dataset, int from, int to)
    {
        SiteSession session = (await Site.Pushes.StartAsync(dataset, null, "anna", Ct)).Value;
        var changes = new List<TreeChange>();
        for (int number = from; number <= to; number++)
        {
            byte[] content = Encoding.UTF8.GetBytes($"frame {number}");
            var body = PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(content));
            using ReceivedBlob blob = (await Site.Intake.ReceiveAsync(body, content.Length, Lane.Main, Ct)).Value;
            Assert.True((await Site.Pushes.AddAsync(session.Id, [blob], Ct)).IsOk);
            changes.Add(new TreeChange(DatasetPath.Parse(FrameName.For(number)).Value, Entry.File(blob.Hash, blob.Size)));
        }

        Assert.True((await Site.PushCommits.CommitAsync(session, changes, "frames", Ct)).IsOk);
    }

    public async Task CloseAsync(DatasetId dataset) => Assert.True((await Site.Lifecycle.CloseAsync(dataset, "anna", null, Ct)).IsOk);

    /// <summary>Begins a run: of the newest version, or following.</summary>
    public async Task<SiteRun> StartRunAsync(
        DatasetId input, bool follow, string program = FakeStep.Name, string parameters = """{"algorithm":"dispersion","follow":false}""",
        StepDeclaration? step = null)
    {
        SiteSnapshot? snapshot = follow
            ? null
            : (await Site.HeadCompactor.CompactAsync(input, new CompactionRequest(SnapshotReason.Run, "anna", null), Ct)).Value;
        SiteDataset dataset = (await Site.Heads.DatasetAsync(input, Ct)).Value;
        var run = new NewRun
        {
            Id = Guid.NewGuid(),
            Description = new RunDescription(program, "1", null, JsonElement.Parse(parameters), RunEnvironment.Capture(), "anna", "tok1") { Step = step },
            Inputs = [new VersionReference(input, snapshot?.Number, snapshot?.Root.Page)],
            Output = new NewDataset
            {
                Id = new DatasetId(Guid.NewGuid()),
                Owner = "anna",
                Slug = dataset.Slug + "-spots",
                By = "anna",
                Parents = [new ParentVersion(input, null)],
                Following = dataset.Closed is null,
            },
        };
        return (await Runs.Registry.StartAsync(run, Ct)).Value;
    }

    /// <summary>Waits until the progress of a run is as wished.</summary>
    public async Task<RunProgress> ProgressAsync(SiteRun run, Func<RunProgress, bool> isReached)
    {
        // No event announces these numbers: every client polls them, as this method does.
        while (true)
        {
            if (Dispatcher!.Progress(run.Id) is { } progress && isReached(progress))
            {
                return progress;
            }

            await Task.Delay(10, Ct);
        }
    }

    /// <summary>Waits until a run is over.</summary>
    public async Task<SiteRun> EndOfAsync(SiteRun run)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        while (true)
        {
            Task next = Site.Events.NextAsync(limit.Token);
            SiteRun now = (await Runs.Registry.GetAsync(run.Id, limit.Token)).Value;
            if (now.Finished is not null)
            {
                return now;
            }

            await next;
        }
    }

    /// <summary>Waits until the results of a run are a file, and reads it.</summary>
    public async Task<string> KeptAsync(SiteRun run)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        while (true)
        {
            Task next = Site.Events.NextAsync(limit.Token);
            if (await ReadAsync(run.Outputs[0], "results.jsonl") is { } file)
            {
                return Encoding.UTF8.GetString(file);
            }

            await next;
        }
    }

    /// <summary>Waits until so many rows are there.</summary>
    public async Task<List<JsonElement>> RowsAsync(SiteRun run, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        var rows = new List<JsonElement>();
        if (count == 0)
        {
            return rows;
        }

        SiteDataset output = (await Site.Heads.DatasetAsync(run.Outputs[0], Ct)).Value;
        await foreach (SiteResult row in Runs.Results.ReadAsync(output, run.Id, 0, follow: true, limit.Token))
        {
            using JsonDocument document = JsonDocument.Parse(row.Row);
            rows.Add(document.RootElement.Clone());
            if (rows.Count == count)
            {
                break;
            }
        }

        return rows;
    }

    /// <summary>All rows of a finished run, by frame.</summary>
    public async Task<List<JsonElement>> AllRowsAsync(SiteRun run) =>
        [.. (await RowsAsync(run, int.MaxValue)).OrderBy(row => row.GetProperty("file-number").GetInt32())];

    public async Task<byte[]?> ReadAsync(DatasetId dataset, string path)
    {
        TreeView view = (await Site.Heads.ResolveAsync(dataset, null, Ct)).Value;
        Entry? entry = await Site.Heads.FindAsync(view, DatasetPath.Parse(path).Value, Ct);
        return entry is null ? null : await (await Site.Blobs.FindAsync(entry.Hash, Ct))!.ReadAllAsync(int.MaxValue, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Site.DisposeAsync();
        _cursors?.Dispose();
        _callbacks?.Dispose();
        _datagrams?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private RowDestinations Destinations() => new(
        Runs.Inputs, Bus, new RecipeQueues(Broker), new CallbackAddresses(Callbacks), _callbacks ??= new CallbackClient(Callbacks, TimeProvider.System),
        _datagrams ??= new DatagramSender(Datagrams, TimeProvider.System), TimeProvider.System, NullLogger<RowDestinations>.Instance);

    private async Task OpenSiteAsync()
    {
        Site = await SiteServices.OpenAsync(Disk, _folder, Options, TimeProvider.System, NullLoggerFactory.Instance, Ct);
        _cursors?.Dispose();
        _cursors = new CursorFile(_folder);
        Bus = new OutboxBus(Site.Outbox, _cursors);
    }
}

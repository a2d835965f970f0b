using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Disk;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Datagrams;
using Hutch.Messaging.InProcess;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;
using Hutch.Model.Records;
using Hutch.Processing;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Processing.Sending;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Events;
using Hutch.Storage;
using Hutch.Worker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Bench.Live;

/// <summary>
/// From a stored frame (durable and visible) to its result row (durable and visible), with an analysis that does nothing, at the pace of a fast
/// detector. Beside it RabbitMQ with a step in the way of python-workflows, and what the disk alone takes for a row: one small write and one
/// sync.
/// </summary>
internal sealed class LiveLatencyBenchmark : IBenchmark
{
    private const int Frames = 2000;
    private const int WarmUpFrames = 200;

    /// <summary>Bytes of a frame, frames, frames a second: the first beside the peers; then frames as large as detectors send them.</summary>
    private static readonly (int Bytes, int Frames, int Rate)[] Cells =
        [(16 << 10, Frames, 200), (16 << 10, 3000, 500), (300_000, 3000, 500), (1_300_000, 1000, 100), (5_500_000, 500, 20)];

    public string Name => "live-latency";

    public string Group => "live";

    public string Description => "frame stored -> result row durable, empty analysis, 200 frames/s, beside RabbitMQ with a Python step and beside one write + sync; aim p99 < 2 ms, 1/10 of RabbitMQ";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        (double[] whole, double[] ours) = await HutchAsync(context.Folder, Cells[0], cancellationToken);
        await ReportLargerAsync(context, cancellationToken);
        double[] disk = Raw(context.Folder);
        double[] rabbit = await RabbitAsync(context, cancellationToken);
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"hutch p50 {At(ours, 0.5):0.00} ms, p99 {At(ours, 0.99):0.00} ms, worst {ours.Max():0.00} ms; write + sync alone p50 {At(disk, 0.5):0.00} ms, p99 {At(disk, 0.99):0.00} ms; ratio p50 {At(ours, 0.5) / At(disk, 0.5):0.0} x, aim p99 < 2 ms"));
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"from the frame handed over: hutch p50 {At(whole, 0.5):0.00} ms, p99 {At(whole, 0.99):0.00} ms; RabbitMQ and a Python step p50 {At(rabbit, 0.5):0.00} ms, p99 {At(rabbit, 0.99):0.00} ms; ratio p50 {At(rabbit, 0.5) / At(whole, 0.5):0.0} x, p99 {At(rabbit, 0.99) / At(whole, 0.99):0.0} x, aim >= 10 x"));
    }

    private static async Task ReportLargerAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        foreach ((int Bytes, int Frames, int Rate) cell in Cells[1..])
        {
            string folder = Directory.CreateDirectory(Path.Combine(context.Folder, $"cell-{cell.Bytes}-{cell.Rate}")).FullName;
            (double[] whole, double[] ours) = await HutchAsync(folder, cell, cancellationToken);
            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{cell.Bytes / 1e6:0.00} MB at {cell.Rate} frames/s: from the stored frame p50 {At(ours, 0.5):0.00} ms, p99 {At(ours, 0.99):0.00} ms, aim p99 < 2 ms; from the frame handed over p50 {At(whole, 0.5):0.00} ms, p99 {At(whole, 0.99):0.00} ms"));
        }
    }

    /// <summary>Debian's Python has pika; another one on the path may not.</summary>
    private static async Task<double[]> RabbitAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateDirectory(Path.Combine(context.Folder, "rabbitmq")).FullName;
        string script = Path.Combine(context.PeersFolder, "rabbitmq_latency.py");
        string[] arguments = [script, folder, Frames.ToString(CultureInfo.InvariantCulture), WarmUpFrames.ToString(CultureInfo.InvariantCulture)];
        string printed = await BenchmarkContext.RunProgramAsync("/usr/bin/python3", arguments, cancellationToken);
        return [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }

    /// <summary>Milliseconds until the result row is durable: from handing each frame over, and from when it was stored.</summary>
    private static async Task<(double[] Whole, double[] FromStored)> HutchAsync(
        string folder, (int Bytes, int Frames, int Rate) cell, CancellationToken cancellationToken)
    {
        await using SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, folder, new SiteOptions { Segments = new SegmentOptions { ReserveBytes = 0 } }, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        var runs = new RunServices(site, TimeProvider.System);
        using var cursors = new CursorFile(folder);
        var options = new AnalysisWorkerOptions();
        var bus = new OutboxBus(site.Outbox, cursors);
        using var callbacks = new CallbackClient(new CallbackOptions(), TimeProvider.System);
        using var datagrams = new DatagramSender(new DatagramOptions(), TimeProvider.System);
        var destinations = new RowDestinations(
            runs.Inputs, bus, new RecipeQueues(new BusOptions()), new CallbackAddresses(new CallbackOptions()), callbacks, datagrams,
            TimeProvider.System, NullLogger<RowDestinations>.Instance);
        var dispatcher = new RunDispatcher(
            runs.Registry, runs.Inputs, runs.Outputs, site.Blobs, bus, new Allowed(),
            new RowSender(runs.Results, runs.Inputs, cursors, destinations, TimeProvider.System), options,
            TimeProvider.System, NullLogger<RunDispatcher>.Instance);
        var worker = new AnalysisWorker(
            new LocalFrameLeases(dispatcher, site.Blobs, TimeProvider.System), [new EmptyStep()], new ImageMemory(options.UsedImageBytes), options, TimeProvider.System,
            NullLogger<AnalysisWorker>.Instance);
        var handed = new ConcurrentDictionary<long, long>();
        var stored = new ConcurrentDictionary<long, long>();
        var done = new ConcurrentDictionary<long, long>();
        site.Committer.Committed += records => Record(records, stored, done);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task working = Task.WhenAll(dispatcher.RunAsync(stop.Token), worker.RunAsync(stop.Token));
        DatasetId input = await StartAsync(site, runs.Registry, cancellationToken);
        var body = new byte[cell.Bytes];
        long began = Stopwatch.GetTimestamp();
        for (int frame = 1; frame <= cell.Frames; frame++)
        {
            TimeSpan early = TimeSpan.FromSeconds((double)frame / cell.Rate) - Stopwatch.GetElapsedTime(began);
            await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero, cancellationToken);
            handed[frame] = Stopwatch.GetTimestamp();
            await PutAsync(site, input, frame, body, cancellationToken);
        }

        while (done.Count < cell.Frames)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
        }

        await stop.CancelAsync();
        await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (Since(handed), Since(stored));

        double[] Since(ConcurrentDictionary<long, long> begun) =>
            [.. done.Where(pair => pair.Key > WarmUpFrames).Select(pair => Stopwatch.GetElapsedTime(begun[pair.Key], pair.Value).TotalMilliseconds)];
    }

    private static void Record(IReadOnlyList<JournalRecord> records, ConcurrentDictionary<long, long> stored, ConcurrentDictionary<long, long> done)
    {
        long now = Stopwatch.GetTimestamp();
        foreach (JournalRecord record in records)
        {
            if (record is JournalRecord.EntryPut put && FrameName.TryParse(put.Path.Value, out int number))
            {
                stored[number] = now;
            }
            else if (record is JournalRecord.ResultRow row)
            {
                done[row.Frame] = now;
            }
        }
    }

    private static async Task<DatasetId> StartAsync(SiteServices site, RunRegistry runs, CancellationToken cancellationToken)
    {
        var input = new DatasetId(runs.NewId());
        await site.Lifecycle.CreateAsync(new NewDataset { Id = input, Owner = "bench", Slug = "frames", By = "bench" }, cancellationToken);
        var run = new NewRun
        {
            Id = runs.NewId(),
            Description = new RunDescription(EmptyStep.Name, "1", null, null, null, "bench", null),
            Inputs = [new VersionReference(input, null, null)],
            Output = new NewDataset
            {
                Id = new DatasetId(runs.NewId()),
                Owner = "bench",
                Slug = "frames-spots",
                By = "bench",
                Parents = [new ParentVersion(input, null)],
                Following = true,
            },
        };
        _ = (await runs.StartAsync(run, cancellationToken)).Value;
        return input;
    }

    private static async Task PutAsync(SiteServices site, DatasetId input, int frame, byte[] body, CancellationToken cancellationToken)
    {
        BitConverter.TryWriteBytes(body, frame);
        using ReceivedBlob blob = (await site.Intake.ReceiveAsync(
            PipeReader.Create(new ReadOnlySequence<byte>(body)), body.Length, Lane.Main, site.Blobs.RecentBlobs.Begin(input), cancellationToken)).Value;
        _ = (await site.Entries.PutAsync(
            input, DatasetPath.Parse(FrameName.For(frame)).Value, Entry.File(blob.Hash, blob.Size), blob, EntryCondition.None, cancellationToken)).Value;
    }

    /// <summary>Milliseconds of one write of a row's length and one sync, into a file whose space is taken.</summary>
    private static double[] Raw(string folder)
    {
        using IDiskFile file = LocalDisk.Instance.Open(Path.Combine(folder, "raw"), DiskAccess.CreateNew);
        var row = new byte[1024];
        file.Write(new byte[Frames * row.Length], 0);
        file.Sync();
        var times = new double[Frames];
        for (int i = 0; i < Frames; i++)
        {
            int offset = i * row.Length;
            times[i] = BenchmarkContext.Time(() =>
            {
                file.Write(row, offset);
                file.Sync();
            });
        }

        return times;
    }

    private static double At(double[] values, double part) => values.Order().ElementAt((int)((values.Length - 1) * part));

    private sealed class EmptyStep : IAnalysisStep, IPreparedStep
    {
        public const string Name = "bench/empty";

        public StepDeclaration Declaration { get; } = new()
        {
            Name = "empty",
            Title = "Empty",
            Description = "Does nothing.",
            Program = Name,
            OutputSuffix = "empty",
            OutputTitle = "Nothing",
            Columns = [],
        };

        public int FramesAtOnce => int.MaxValue;

        public long MaxFrameBytes => 1 << 30;

        public Task<Result<IPreparedStep>> PrepareAsync(
            EntryReader read, ParameterValues values, ImageMemory memory, int frames, CancellationToken cancellationToken) =>
            Task.FromResult(Result<IPreparedStep>.Ok(this));

        public void Dispose()
        {
            // It has nothing.
        }

        public HutchError? Process(RawFrame frame, RowWriter row) => null;
    }

    private sealed class Allowed : IRunPermission
    {
        public ValueTask<Result<Done>> CheckAsync(ActiveRun run, CancellationToken ct) => new(Done.Value);
    }
}

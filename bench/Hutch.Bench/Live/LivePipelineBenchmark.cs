using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.S3;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Detectors.DectrisStream;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;
using Hutch.Simulator;

namespace Hutch.Bench.Live;

/// <summary>
/// From a frame that was handed to the network until a client of the server has its result: detector, `hutch capture`, server, spot finding,
/// row, stream of results, at 10 and 100 frames a second and at the highest rate at which the lag stays bounded. Beside it the same bytes
/// through an object store, a broker and a Python consumer, and through files and a polling watcher, both with an analysis that does nothing.
/// </summary>
internal sealed class LivePipelineBenchmark : IBenchmark
{
    private const int Backlog = 256;

    /// <summary>A standing queue whose frames wait longer than this is no live analysis, whether it grows or not.</summary>
    private const double MaxMilliseconds = 1000;

    /// <summary>The rate of the series before the first, with which a server that was just started warms up.</summary>
    private const int WarmUpRate = 35;
    private const int Seconds = 4;
    private const int WarmUpSeconds = 3;

    /// <summary>Frames a second; from the first at which the lag grows on, none is tried.</summary>
    private static readonly int[] Rates = [10, 20, 35, 60, 100, 170, 300, 500];

    private static readonly int[] PeerRates = [10, 100];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public string Name => "live-pipeline";

    public string Group => "live";

    public string Description => "frame handed over -> result published, 1M, 4M and 16M, at 10 and 100 frames/s and the highest rate with bounded lag, beside Ceph + RabbitMQ + Python and beside a polling file watcher; aim: <= 1/5 of the former's median";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var sizes = new List<(string What, int Bytes)>();
        foreach ((string what, string detector) in new[] { ("1M", "eiger2-1m"), ("4M", "eiger2-4m"), ("16M", "eiger2-16m") })
        {
            sizes.Add((what, await MeasureAsync(context, what, detector, cancellationToken)));
        }

        if (!context.IsAlone)
        {
            string[] cells = [.. sizes.SelectMany(size => PeerRates.Select(rate => Text($"{size.Bytes}:{rate}:{rate * (WarmUpSeconds + Seconds)}:{rate * WarmUpSeconds}")))];
            await PipelineAsync(context, cells, cancellationToken);
            string folder = Directory.CreateDirectory(Path.Combine(context.Folder, "watched")).FullName;
            Report(context, "files and a polling watcher", await BenchmarkContext.RunProgramAsync(
                "/usr/bin/python3", [Path.Combine(context.PeersFolder, "file_watcher.py"), folder, .. cells], cancellationToken));
        }
    }

    private static async Task<int> MeasureAsync(BenchmarkContext context, string what, string detector, CancellationToken ct)
    {
        var options = new SimulationOptions { Detector = DetectorModel.Find(detector).Value, Images = Rates[^1] * (WarmUpSeconds + Seconds) };
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(context.Folder, "live-" + what), ct);
        using StreamReceiver capture = await StreamReceiver.CaptureAsync(context, server, waits: true, ct);
        using var client = new HutchClient(server.Address, await server.ReadAdminTokenAsync(ct));
        SimulatedStream Simulate(string name) => SimulatedStream.Simulate(options, new StreamSeriesName(1, name), null, [], ct).Value;
        int bytes = (int)Simulate("sizes").ImageBytes;
        string? best = null;
        _ = await TryAsync(Simulate("live-first"), "live-first", capture, client, WarmUpRate, ct);
        foreach (int rate in Rates)
        {
            Trial trial = await TryAsync(Simulate(Text($"live-{rate}")), Text($"live-{rate}"), capture, client, rate, ct);
            string line = Text($"{what} ({bytes / 1e6:0.0} MB) at {rate} frames/s: p50 {At(trial.Milliseconds, 0.5):0.0} ms, p99 {At(trial.Milliseconds, 0.99):0.0} ms");
            if (!trial.IsBounded)
            {
                context.Report(Text($"{line}; the lag is not bounded"));
                break;
            }

            best = line;
            if (PeerRates.Contains(rate))
            {
                context.Report(line);
            }
        }

        context.Report("highest rate with bounded lag: " + (best ?? what + ": none of those tried"));
        return bytes;
    }

    /// <summary>One series at a rate: milliseconds of each frame after the first seconds, and whether they stay what they are.</summary>
    private static async Task<Trial> TryAsync(
        SimulatedStream stream, string name, StreamReceiver capture, HutchClient client, int rate, CancellationToken ct)
    {
        int frames = rate * (WarmUpSeconds + Seconds);
        var sent = new long[frames + 1];
        var done = new long[frames + 1];
        using StreamSocket socket = StreamSocket.OpenPush(capture.Address, binds: true, Backlog, TimeSpan.FromSeconds(10)).Value;
        var detector = new SimulatedDetector(stream, socket, TimeProvider.System);
        long began = 0;
        Task sending = detector.RunAsync(
            frames, rate, isRealTime: false,
            new Sent(image =>
            {
                sent[image] = Stopwatch.GetTimestamp();
                began = began == 0 ? sent[image] : began;
            }),
            ct);
        Task<string?> recorded = capture.Output.ReadLineAsync(ct).AsTask();
        DatasetInfo input = await FindAsync(client, "admin/" + name, ct);
        AnalysisInfo run = await client.StartAnalysisAsync(input.Id, new StartAnalysis { Follow = true }, ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        int rows = 0;
        await foreach ((ResultRow? row, _) in client.FollowResultsAsync(run.Dataset, run.Run, null, follow: true, limit.Token))
        {
            if (row is { FileNumber: var number })
            {
                done[number] = Stopwatch.GetTimestamp();
                if (++rows == frames)
                {
                    break;
                }
            }
        }

        await sending;
        double took = Stopwatch.GetElapsedTime(began, sent[frames]).TotalSeconds;
        _ = await recorded;
        await client.CloseDatasetAsync(input.Id, new CloseDataset(), ct);
        double[] latencies = [.. Enumerable.Range((rate * WarmUpSeconds) + 1, rate * Seconds).Select(frame => Stopwatch.GetElapsedTime(sent[frame], done[frame]).TotalMilliseconds)];
        return new Trial(latencies, took < 1.05 * (frames - 1) / rate && !Grows(latencies) && At(latencies, 0.5) < MaxMilliseconds);
    }

    /// <summary>Whether the last quarter took much longer than the first.</summary>
    private static bool Grows(double[] latencies)
    {
        const double MoreMilliseconds = 50;
        int quarter = latencies.Length / 4;
        return At(latencies[^quarter..], 0.5) > (2 * At(latencies[..quarter], 0.5)) + MoreMilliseconds;
    }

    private static async Task<DatasetInfo> FindAsync(HutchClient client, string name, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                DatasetInfo found = await client.ResolveAsync(name, ct);
                if (await client.GetEntryHashAsync(found.Id, null, "header", ct) is not null)
                {
                    return found;
                }
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                // Its series has just begun.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), ct);
        }
    }

    private static async Task PipelineAsync(BenchmarkContext context, string[] cells, CancellationToken ct)
    {
        if (await CephGateway.StartAsync(context, ct) is not var (ceph, target))
        {
            context.Report("Ceph's gateway is not installed: no peer.");
            return;
        }

        await using (ceph)
        {
            string folder = Directory.CreateDirectory(Path.Combine(context.Folder, "broker")).FullName;
            string[] arguments = [Path.Combine(context.PeersFolder, "live_pipeline.py"), folder, $"http://{target.Address}", target.Key!.Value.Access, target.Key.Value.Secret, .. cells];
            Report(context, "Ceph, RabbitMQ and Python", await BenchmarkContext.RunProgramAsync("/usr/bin/python3", arguments, ct));
        }
    }

    private static void Report(BenchmarkContext context, string peer, string printed)
    {
        foreach (string[] line in printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')))
        {
            int[] cell = [.. line[0].Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
            double took = double.Parse(line[1], CultureInfo.InvariantCulture);
            double[] latencies = [.. line[2..].Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            string state = took < 1.05 * cell[2] / cell[1] && !Grows(latencies) ? "" : "; the lag grows";
            context.Report(Text($"{peer}, {cell[0] / 1e6:0.0} MB at {cell[1]} frames/s: p50 {At(latencies, 0.5):0.0} ms, p99 {At(latencies, 0.99):0.0} ms{state}"));
        }
    }

    private static double At(double[] values, double part) => values.Order().ElementAt((int)((values.Length - 1) * part));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Trial(double[] Milliseconds, bool IsBounded);

    private sealed class Sent(Action<int> action) : IProgress<int>
    {
        public void Report(int value) => action(value);
    }
}

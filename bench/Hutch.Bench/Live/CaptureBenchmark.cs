using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Bench.Disks;
using Hutch.Detectors.DectrisStream;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Simulator;

namespace Hutch.Bench.Live;

/// <summary>
/// From a detector's socket to the disk: the shipped `hutch capture` and server, beside a receiver in Python that writes each message to a
/// file and syncs it, and beside what bounds both: SHA-256 of one core, and a writer that syncs every 8 MiB. The simulated detector sends as fast as it is read; then at a
/// fixed rate, dropping what nobody reads, to find the rate at which nothing is lost.
/// </summary>
internal sealed class CaptureBenchmark : IBenchmark
{
    private const int Backlog = 16;
    private const int RealTimeBacklog = 256;
    private const int Rounds = 3;
    private const int GroupBytes = 8 << 20;
    private static readonly double[] PartsOfBest = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];

    private static int _series;

    public string Name => "live-capture";

    public string Group => "live";

    public string Description => "capture alone: a simulated detector to durable frames, beside a Python receiver that writes and syncs each, one core's SHA-256 and a synced writer of 8 MiB; aim: >= 0.4 x the slower of the last two";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        DiskKind.Report(context);
        foreach ((string what, string detector, int frames) in new[] { ("1M", "eiger2-1m", 600), ("4M", "eiger2-4m", 240), ("16M", "eiger2-16m", 60) })
        {
            await MeasureAsync(context, what, detector, context.IsQuick ? frames / 3 : frames, cancellationToken);
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, string what, string detector, int frames, CancellationToken ct)
    {
        var options = new SimulationOptions { Detector = DetectorModel.Find(detector).Value, Images = frames };
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(context.Folder, what), ct);
        List<double> ours = [], capturing = [], serving = [], theirs = [], theirProcessor = [];
        double bytes = 0;
        DiskUse? disk = null;
        using (StreamReceiver capture = await StreamReceiver.CaptureAsync(context, server, waits: true, ct))
        {
            using Process serverProcess = Process.GetProcessById(server.ProcessId);
            for (int round = -1; round < (context.IsQuick ? 1 : Rounds); round++)
            {
                SimulatedStream stream = Simulate(options, $"{what}-{round}", ct);
                bytes = stream.ImageBytes;
                (TimeSpan capturedBefore, TimeSpan servedBefore) = (capture.Processor, StreamReceiver.ProcessorOf(serverProcess));
                Func<DiskUse> used = DiskUse.Watch(context.Folder);
                (double seconds, JsonElement record) = await SendAsync(stream, capture, frames, null, ct);
                disk = used();
                Check(record, frames);
                if (round >= 0) // the first warms up
                {
                    ours.Add(frames / seconds);
                    capturing.Add((capture.Processor - capturedBefore).TotalMilliseconds / frames);
                    serving.Add((StreamReceiver.ProcessorOf(serverProcess) - servedBefore).TotalMilliseconds / frames);
                }
            }
        }

        double best = BenchmarkContext.Median(ours);
        double? lossless = await LosslessAsync(context, server, options, best, frames, what, ct);
        if (!context.IsAlone)
        {
            using StreamReceiver peer = StreamReceiver.Peer(context);
            for (int round = -1; round < (context.IsQuick ? 1 : Rounds); round++)
            {
                TimeSpan before = peer.Processor;
                (double seconds, _) = await SendAsync(Simulate(options, $"{what}-peer", ct), peer, frames, null, ct);
                if (round >= 0)
                {
                    theirs.Add(frames / seconds);
                    theirProcessor.Add((peer.Processor - before).TotalMilliseconds / frames);
                }
            }
        }

        context.Report(Text($"{what} ({bytes / 1e6:0.0} MB a frame): hutch {best:0} frames/s ({best * bytes / 1e6:0} MB/s); processor time of a frame: capture {BenchmarkContext.Median(capturing):0.00} ms, server {BenchmarkContext.Median(serving):0.00} ms; nothing lost at {(lossless is { } rate ? Text($"{rate:0} frames/s") : "none of the rates that were tried")}; {disk}"));
        if (theirs.Count > 0)
        {
            double peer = BenchmarkContext.Median(theirs);
            context.Report(Text($"{what}, Python, a file and a sync for each: {peer:0} frames/s ({peer * bytes / 1e6:0} MB/s), processor time of a frame {BenchmarkContext.Median(theirProcessor):0.00} ms; ratio {best / peer:0.00} x"));
            double hash = Sha256(), writer = SyncedWriter.BytesPerSecond(context.Folder, (long)(bytes * frames), GroupBytes) ?? double.NaN;
            context.Report(Text($"{what}, one core's SHA-256 {hash / 1e6:0} MB/s, one writer of 8 MiB, each synced {writer / 1e6:0} MB/s: ratio to the slower {best * bytes / Math.Min(hash, writer):0.00} x, aim >= 0.4 x"));
        }
    }

    /// <summary>The highest rate of some at which a copy that is read beside others arrives whole; null if none does.</summary>
    private static async Task<double?> LosslessAsync(
        BenchmarkContext context, ServerProcess server, SimulationOptions options, double best, int frames, string what, CancellationToken ct)
    {
        using StreamReceiver capture = await StreamReceiver.CaptureAsync(context, server, waits: false, ct);
        foreach (double part in PartsOfBest)
        {
            (_, JsonElement record) = await SendAsync(Simulate(options, $"{what}-at-{part}", ct), capture, frames, best * part, ct);
            if (record.GetProperty("stored").GetInt32() == frames)
            {
                return best * part;
            }
        }

        return null;
    }

    private static SimulatedStream Simulate(SimulationOptions options, string name, CancellationToken ct)
    {
        SimulatedStream stream = SimulatedStream.Simulate(options, new StreamSeriesName(1, name), null, [], ct).Value;
        stream.Mark = Interlocked.Increment(ref _series); // a server would not store equal frames again
        return stream;
    }

    /// <summary>Sends a series; the seconds from its first message to its last frame being durable, and what the receiver printed.</summary>
    private static async Task<(double Seconds, JsonElement Printed)> SendAsync(
        SimulatedStream stream, StreamReceiver receiver, int frames, double? rate, CancellationToken ct)
    {
        using StreamSocket socket = StreamSocket.OpenPush(
            receiver.Address, binds: receiver.Connects, rate is null ? Backlog : RealTimeBacklog, TimeSpan.FromSeconds(10)).Value;
        long began = 0;
        var detector = new SimulatedDetector(stream, socket, TimeProvider.System);
        await detector.RunAsync(frames, rate, rate is not null, new Began(() => began = began == 0 ? Stopwatch.GetTimestamp() : began), ct);
        string line = await receiver.Output.ReadLineAsync(ct) ?? throw new InvalidOperationException("The receiver ended.");
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, JsonDocument.Parse(line).RootElement is { ValueKind: JsonValueKind.Object } printed
            ? printed.GetProperty("capture")
            : default);
    }

    private static void Check(JsonElement record, int frames)
    {
        if (record.GetProperty("stored").GetInt32() != frames)
        {
            throw new InvalidOperationException($"Not all frames were stored: {record}.");
        }
    }

    /// <summary>Bytes a second.</summary>
    private static double Sha256()
    {
        byte[] data = new byte[64 << 20];
        byte[] hash = new byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, hash);
        return data.Length / (BenchmarkContext.Time(() => SHA256.HashData(data, hash)) / 1000);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Began(Action action) : IProgress<int>
    {
        public void Report(int value) => action();
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Hutch.Bench.Agent;

/// <summary>
/// Hashing of the files in a facility's folder by a real server: how fast it can be, beside sha256sum; how much it reads a second when the
/// option bounds it; and what is left to a program that writes beside it.
/// </summary>
internal sealed class HashBenchmark : IBenchmark
{
    private const string Unbounded = "1099511627776";
    private const int Files = 8;
    private const int Rounds = 3;
    private const int BoundMegabytes = 50;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    public string Name => "agent-hash";

    public string Group => "agent";

    public string Description =>
        "files in a folder hashed in the background: as fast as it can, beside sha256sum; and with a bound: what is read a second, and what a writer beside it gets; aim: 0.8 x sha256sum, and never more than the bound";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int megabytes = context.IsQuick ? 64 : 256;
        List<double> ours = [], peer = [];
        for (int round = 0; round < Rounds; round++)
        {
            string parent = await FillAsync(context, $"round-{round}", megabytes, cancellationToken);
            if (!context.IsAlone)
            {
                peer.Add(await SumAsync(parent, cancellationToken));
            }

            ours.Add((await HashAsync(context, $"server-{round}", parent, Unbounded, cancellationToken)).Seconds);
            Directory.Delete(parent, recursive: true);
        }

        double rate = Files * megabytes / BenchmarkContext.Median(ours);
        context.Report(string.Create(CultureInfo.InvariantCulture, $"{Files} files of {megabytes} MB, no bound: {rate:0} MB/s")
            + (peer.Count == 0 ? "" : string.Create(
                CultureInfo.InvariantCulture,
                $", sha256sum {Files * megabytes / BenchmarkContext.Median(peer):0} MB/s, {BenchmarkContext.MedianRatio(peer, ours):0.00} x")));
        await MeasureBoundAsync(context, megabytes, cancellationToken);
    }

    /// <summary>What a writer gets alone, beside hashing within a bound, and beside hashing without one.</summary>
    private static async Task MeasureBoundAsync(BenchmarkContext context, int megabytes, CancellationToken ct)
    {
        string bound = (BoundMegabytes * 1_000_000L).ToString(CultureInfo.InvariantCulture);
        double alone = await WriteAsync(context, TimeSpan.FromSeconds(5), ct);
        foreach ((string what, string option) in new[] { ($"bound of {BoundMegabytes} MB/s", bound), ("no bound", Unbounded) })
        {
            string parent = await FillAsync(context, "bound", megabytes, ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task<double> writer = WriteAsync(context, Timeout.InfiniteTimeSpan, stop.Token);
            (double seconds, double mean, double most) = await HashAsync(context, $"server-{option}", parent, option, ct);
            await stop.CancelAsync();
            double beside = await writer;
            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: read {mean:0.0} MB/s, at most {most:0.0} in a second, {seconds:0.0} s; a writer beside it {beside:0} MB/s, alone {alone:0} MB/s"));
            Directory.Delete(parent, recursive: true);
        }
    }

    private static async Task<string> FillAsync(BenchmarkContext context, string name, int megabytes, CancellationToken ct)
    {
        string parent = Path.Combine(context.Folder, name);
        string movies = Directory.CreateDirectory(Path.Combine(parent, "session", "Movies")).FullName;
        byte[] bytes = new byte[1_000_000];
        Random.Shared.NextBytes(bytes);
        foreach (int i in Enumerable.Range(0, Files))
        {
            await using FileStream file = File.Create(Path.Combine(movies, $"{i}.mrc"));
            for (int j = 0; j < megabytes; j++)
            {
                bytes[j % bytes.Length]++;
                await file.WriteAsync(bytes, ct);
            }
        }

        // Only what has been quiet for a while is hashed.
        await Task.Delay(TimeSpan.FromSeconds(3), ct);
        return parent;
    }

    private static async Task<double> SumAsync(string parent, CancellationToken ct)
    {
        long start = Stopwatch.GetTimestamp();
        _ = await BenchmarkContext.RunProgramAsync("sha256sum", Directory.GetFiles(Path.Combine(parent, "session", "Movies")), ct);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>How long hashing takes, from the first byte that is read to the hash of the last file; and MB read a second.</summary>
    private static async Task<(double Seconds, double Mean, double Most)> HashAsync(
        BenchmarkContext context, string name, string parent, string bytesPerSecond, CancellationToken ct)
    {
        string folder = Directory.CreateDirectory(Path.Combine(context.Folder, name)).FullName;
        await using FacilityServer server = await FacilityServer.StartAsync(
            folder, parent, [$"site.folders.hashBytesPerSecond={bytesPerSecond}"], ct);
        string metadata = Path.Combine(parent, "session", "SPA.yml");
        long first = server.BytesRead();
        await File.WriteAllTextAsync(metadata, "DataId: a\n", ct);
        await Poll.UntilAsync(() => server.BytesRead() - first >= 4_000_000, TimeSpan.FromMilliseconds(1), ct);

        long start = Stopwatch.GetTimestamp();
        first = server.BytesRead();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<double> most = MostAsync(server, stop.Token);
        string dataset = await FacilityServer.DatasetAsync(metadata, ct);
        await Poll.UntilAsync(() => server.IsHashedAsync(dataset, $"Movies/{Files - 1}.mrc", ct), TimeSpan.FromMilliseconds(10), ct);

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double mean = (server.BytesRead() - first) / 1e6 / seconds;
        await stop.CancelAsync();
        return (seconds, mean, await most);
    }

    /// <summary>The most that is read within a second, MB/s, of all whole seconds.</summary>
    private static async Task<double> MostAsync(FacilityServer server, CancellationToken stop)
    {
        double most = 0;
        (long time, long bytes) = (Stopwatch.GetTimestamp(), server.BytesRead());
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Window, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            (long now, long read) = (Stopwatch.GetTimestamp(), server.BytesRead());
            double seconds = Stopwatch.GetElapsedTime(time, now).TotalSeconds;
            most = seconds < Window.TotalSeconds * 0.9 ? most : Math.Max(most, (read - bytes) / 1e6 / seconds);
            (time, bytes) = (now, read);
        }

        return most;
    }

    /// <summary>Writes and syncs movies of 64 MB one after the other; MB/s.</summary>
    private static Task<double> WriteAsync(BenchmarkContext context, TimeSpan limit, CancellationToken stop) => Task.Run(
        () =>
        {
            string path = Path.Combine(context.Folder, "beside.mrc");
            byte[] bytes = new byte[64_000_000];
            Random.Shared.NextBytes(bytes);
            long start = Stopwatch.GetTimestamp();
            long written = 0;
            while (!stop.IsCancellationRequested && (limit < TimeSpan.Zero || Stopwatch.GetElapsedTime(start) < limit))
            {
                using FileStream file = File.Create(path);
                file.Write(bytes);
                file.Flush(flushToDisk: true);
                written += bytes.Length;
            }

            File.Delete(path);
            return written / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
        },
        CancellationToken.None);
}

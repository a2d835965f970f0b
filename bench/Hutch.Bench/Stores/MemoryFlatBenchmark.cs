using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.Stores;

/// <summary>The memory of server and client while one large file goes in and comes out, by clone and by GET, and while many small ones do.</summary>
internal sealed class MemoryFlatBenchmark : IBenchmark
{
    private static readonly FileSet Small = new("1 x 1 GiB", 1, 1L << 30);
    private static readonly FileSet Large = new("1 x 10 GiB", 1, 10L << 30);

    private static readonly FileSet Few = new("20 000 x 16 B", 20_000, 16);
    private static readonly FileSet Many = new("200 000 x 16 B", 200_000, 16);

    public string Name => "memory-flat";

    public string Description =>
        "resident memory of server and client while 10 GiB go in and out, beside 1 GiB, and 200 000 files, beside 20 000; aim: the same";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        foreach (FileSet files in new[] { Small, Large, Few, Many })
        {
            string source = Path.Combine(context.Folder, "source");
            string target = Path.Combine(context.Folder, "target");
            await files.WriteAsync(source, seed: 1, cancellationToken);
            await using (HutchStore store = new(Directory.CreateDirectory(Path.Combine(context.Folder, "store")).FullName))
            {
                await MeasureAsync(context, store, files, source, target, cancellationToken);
            }

            foreach (string folder in Directory.EnumerateDirectories(context.Folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task MeasureAsync(
        BenchmarkContext context, HutchStore store, FileSet files, string source, string target, CancellationToken cancellationToken)
    {
        await store.PrepareAsync(source, cancellationToken);
        double idle = ProcessMemory.ResidentMegabytes(store.Server.ProcessId);
        context.Report($"{files.Name,-14} server at rest {idle.ToString("0", CultureInfo.InvariantCulture)} MB");
        context.Report(await WatchAsync(store, "push", () => store.PushAsync(source, cancellationToken)));
        context.Report(await WatchAsync(store, "status", () => store.StatusAsync(source, cancellationToken)));
        context.Report(await WatchAsync(store, "clone", () => store.CloneAsync(target, cancellationToken)));
        if (files.Count == 1)
        {
            context.Report(await WatchAsync(store, "GET", () => GetAsync(store, files.Bytes, cancellationToken)));
        }

        await FileSet.RequireEqualAsync(source, target, cancellationToken);
    }

    private static async Task<string> WatchAsync(HutchStore store, string what, Func<Task<Measurement>> work)
    {
        using CancellationTokenSource stop = new();
        string client = Path.GetFileName(HutchExecutable.Path);
        Task<List<(double Seconds, double Megabytes)>> server = ProcessMemory.SampleAsync(store.Server.ProcessId, stop.Token);
        Task<List<(double Seconds, double Megabytes)>> clients = ProcessMemory.SampleAsync(() => ProcessMemory.ResidentOfClient(client), stop.Token);
        Measurement took = await work();
        await stop.CancelAsync();
        double serverPeak = (await server).Max(sample => sample.Megabytes);
        double clientPeak = (await clients).Max(sample => sample.Megabytes);
        return string.Create(
            CultureInfo.InvariantCulture, $"  {what,-6} {took.Seconds,6:0.0} s, most in the server {serverPeak,4:0} MB, most in the client {clientPeak,4:0} MB");
    }

    /// <summary>Reads the one file through the REST door and throws it away.</summary>
    private static async Task<Measurement> GetAsync(HutchStore store, long bytes, CancellationToken ct)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpClient http = new() { BaseAddress = new Uri(store.Server.Address, "api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await store.Server.ReadAdminTokenAsync(ct));
        using JsonDocument datasets = JsonDocument.Parse(await http.GetStringAsync(new Uri("datasets", UriKind.Relative), ct));
        string id = datasets.RootElement.GetProperty("items")[0].GetProperty("id").GetString()!;
        await using Stream body = await http.GetStreamAsync(new Uri($"datasets/{id}/entries/000/00000.bin", UriKind.Relative), ct);
        byte[] buffer = new byte[1 << 20];
        long read = 0;
        for (int count; (count = await body.ReadAsync(buffer, ct)) > 0;)
        {
            read += count;
        }

        return read == bytes
            ? new Measurement(Stopwatch.GetElapsedTime(start).TotalSeconds, 0)
            : throw new InvalidOperationException($"GET gave {read} bytes, not {bytes}.");
    }
}

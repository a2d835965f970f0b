using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hutch.Bench.Stores;

namespace Hutch.Bench.Agent;

/// <summary>A RIA store and a tree of folders become datasets where they are, on a real server.</summary>
internal sealed class AdoptBenchmark : IBenchmark
{
    private const int KeysOfDataset = 10_000;

    public string Name => "adopt";

    public string Group => "agent";

    public string Description =>
        "a RIA store of 200 000 keys in 20 datasets is adopted: until it is listed, hashed, and scanned again; bytes of database a key; beside find, and md5sum";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int datasets = context.IsQuick ? 2 : 20;
        int keys = datasets * KeysOfDataset;
        string store = Path.Combine(context.Folder, "store");
        _ = await BenchmarkContext.RunProgramAsync(
            "/usr/bin/python3", [Path.Combine(context.PeersFolder, "ria_store.py"), store, Count(datasets), Count(KeysOfDataset)], cancellationToken);
        string data = Directory.CreateDirectory(Path.Combine(context.Folder, "server")).FullName;
        await using FacilityServer server = await FacilityServer.StartAsync(data, null, store, ["site.folders.quietSeconds=1"], cancellationToken);
        long empty = DatabaseBytes(data);

        double plan = await TimeAsync(() => server.AdoptAsync(store, dryRun: true, cancellationToken));
        long start = Stopwatch.GetTimestamp();
        await server.AdoptAsync(store, dryRun: false, cancellationToken);
        await WaitAsync(server, keys, toHash: long.MaxValue, cancellationToken);
        double listed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await WaitAsync(server, keys, toHash: 0, cancellationToken);
        double hashed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double memory = ProcessMemory.ResidentMegabytes(server.ProcessId);
        long bytes = DatabaseBytes(data) - empty;
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"{keys} keys in {datasets} datasets: plan {plan:0.0} s; listed after {listed:0.0} s, {keys / listed:0} a second; hashed after {hashed:0.0} s; "
            + $"{(double)bytes / keys:0} bytes of database a key; {memory:0} MB"));
        if (!context.IsAlone)
        {
            await MeasurePeersAsync(context, store, cancellationToken);
        }
    }

    private static async Task MeasurePeersAsync(BenchmarkContext context, string store, CancellationToken ct)
    {
        double found = await TimeAsync(() => BenchmarkContext.RunProgramAsync("find", [store, "-type", "f", "-printf", "%P %s %T@ %C@ %i\\n"], ct));
        double summed = await TimeAsync(() => BenchmarkContext.RunProgramAsync(
            "bash", ["-c", $"find '{store}' -path '*/annex/objects/*' -type f -print0 | xargs -0 md5sum"], ct));
        context.Report(string.Create(CultureInfo.InvariantCulture, $"find {found:0.0} s, md5sum {summed:0.0} s"));
    }

    private static async Task WaitAsync(FacilityServer server, int keys, long toHash, CancellationToken ct) => await Poll.UntilAsync(
        async () =>
        {
            JsonElement[] folders = await server.AdoptedAsync(ct);
            return folders.All(static folder => folder.GetProperty("state").GetString() == "published")
                && folders.Sum(static folder => folder.GetProperty("files").GetInt64()) >= keys
                && folders.Sum(static folder => folder.GetProperty("pendingHashes").GetInt64()) <= toHash;
        },
        TimeSpan.FromMilliseconds(500),
        ct);

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static long DatabaseBytes(string data) =>
        Directory.EnumerateFiles(Path.Combine(data, "data"), "*.db*").Sum(static file => new FileInfo(file).Length);

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Hutch.Bench.S3;
using Npgsql;

namespace Hutch.Bench.Engines;

/// <summary>A site over PostgreSQL and Ceph's gateway, beside that gateway itself: what sharing a site costs and gives.</summary>
internal sealed class EnginesBenchmark : IBenchmark
{
    private const string Put = "PUT", Get = "GET", Cold = "COLD", Three = "THREE", Commits = "COMMITS", Index = "INDEX", Kill = "KILL";
    private const int Connections = 16;
    private const int LargeConnections = 2;
    private const int Rounds = 3;
    private const int PgBenchSeconds = 3;
    private const int KiB = 1 << 10, MiB = 1 << 20;
    private const double ProcessorAim = 0.4;

    private static readonly StoredObjects Small = new(4 * KiB, 2000);
    private static readonly StoredObjects[] Large = [new(8 * MiB, 32), new(256 * MiB, 2)];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // A server that keeps nothing on its disk, and packs at once.
    private static readonly string[] WithoutCache = ["engine.cache.cacheBytes=0", "engine.packs.packAfterSeconds=1"];

    public string Name => "engines";

    public string Description =>
        "S3 requests of servers over PostgreSQL (fsync) and Ceph's gateway, beside that gateway itself, medians of rounds by turns, all on the same cores. "
        + "Aims: durable PUT 4 KiB >= 4 x with one server, >= 2 x with three; GET 4 KiB >= 4 x from the cache, >= 0.6 x from a pack; 8 and 256 MiB "
        + ">= 0.7 x with <= 0.4 x the processor time of Ceph";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        if (await SharedSite.StartAsync(context, cancellationToken) is not { } site)
        {
            context.Report("Ceph's gateway is not installed.");
            return;
        }

        await using (site)
        {
            StoredObjects[] large = context.IsQuick ? Large[..1] : Large;
            await site.AddAsync(1, cancellationToken);
            var table = new EngineTable(context, site, context.IsQuick ? 1 : Rounds, Limit);
            table.ReportHead();
            await MeasureOneAsync(context, site, table, large, cancellationToken);
            await MeasureColdAsync(context, site, table, large, cancellationToken);
            await MeasureThreeAsync(context, site, table, cancellationToken);
        }
    }

    private static async Task MeasureOneAsync(BenchmarkContext context, SharedSite site, EngineTable table, StoredObjects[] large, CancellationToken ct)
    {
        S3Target one = site.TargetOf("one");
        one.CreateBucket();
        StoredObjects.Warm(one, Small.Size);
        StoredObjects.Warm(site.Ceph, Small.Size);
        if (Has(context, Put, Small))
        {
            table.Run("PUT 4 KiB", one, Put, Small, Connections, aim: 4);
        }

        if (Has(context, Commits, Small))
        {
            await MeasureCommitsAsync(context, site, one, ct);
        }

        if (Has(context, Get, Small))
        {
            table.Run("GET 4 KiB, cached", one, Get, Small, Connections, aim: 4);
        }

        if (Has(context, Index, Small))
        {
            await MeasureReadIndexAsync(context, site, one, ct);
        }

        foreach (StoredObjects objects in large)
        {
            if (Has(context, Put, objects))
            {
                table.Run($"PUT {objects.Size / MiB} MiB", one, Put, objects, ConnectionsOf(objects), aim: 0.7, ProcessorAim);
            }

            if (Has(context, Get, objects))
            {
                table.Run($"GET {objects.Size / MiB} MiB, cached", one, Get, objects, ConnectionsOf(objects), aim: null);
            }
        }
    }

    /// <summary>How many appends a second one server makes, and pgbench with rows of the same size.</summary>
    private static async Task MeasureCommitsAsync(BenchmarkContext context, SharedSite site, S3Target target, CancellationToken ct)
    {
        byte[] body = RandomNumberGenerator.GetBytes(Small.Size);
        int servers = target.Peers.Count + 1;
        long before = await LogAppends.LastRowAsync(site, ct);
        LoadResult load = LoadDriver.Run(target, Small.Requests(target, Put), body, Connections, Limit);
        double appends = (await LogAppends.LastRowAsync(site, ct) - before) / load.Seconds;
        int bytes = await LogAppends.MeanBytesAsync(site, before, ct);
        double peer = await LogAppends.PgBenchAsync(site, Path.Combine(context.PeersFolder, "append_row.sql"), bytes, servers, PgBenchSeconds, ct);
        context.Report(Text(
            $"commits, {servers} server(s): {appends:0} /s of {bytes} bytes on average ({load.Rate / appends:0.0} PUTs each); pgbench, {servers} client(s), rows of that size: {peer:0} /s; hutch is {appends / peer:0.00} x"));
    }

    /// <summary>What a request pays for being current: HEAD over one connection, here and at a server by itself, beside the smallest question.</summary>
    private static async Task MeasureReadIndexAsync(BenchmarkContext context, SharedSite site, S3Target shared, CancellationToken ct)
    {
        (HutchDoor door, S3Target embedded) = await HutchDoor.StartAsync(Path.Combine(context.Folder, "embedded"), ct);
        await using HutchDoor closing = door;
        embedded.CreateBucket();
        byte[] body = RandomNumberGenerator.GetBytes(Small.Size);
        StoredObjects few = Small with { Count = 100 };
        foreach (S3Target target in (S3Target[])[embedded, shared])
        {
            few.Fill(target, body);
            few.Warm(target, "HEAD", body);
        }

        double alone = LoadDriver.Run(embedded, few.Requests(embedded, "HEAD"), [], 1, Limit).At(50);
        double asked = LoadDriver.Run(shared, few.Requests(shared, "HEAD"), [], 1, Limit).At(50);
        await using NpgsqlConnection connection = await site.ConnectAsync(ct);
        await using var ask = new NpgsqlCommand("SELECT 1", connection);
        await ask.PrepareAsync(ct);
        double[] questions = new double[2000];
        for (int i = 0; i < questions.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await ask.ExecuteScalarAsync(ct);
            questions[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        double question = BenchmarkContext.Median(questions);
        context.Report(Text(
            $"read index, 1 connection, p50: HEAD {asked:0.000} ms, at a server by itself {alone:0.000} ms: {asked - alone:0.000} ms more; SELECT 1 {question:0.000} ms: {(asked - alone) / question:0.0} x"));
    }

    /// <summary>A server whose bytes all come from the bucket: small ones out of packs.</summary>
    private static async Task MeasureColdAsync(BenchmarkContext context, SharedSite site, EngineTable table, StoredObjects[] large, CancellationToken ct)
    {
        StoredObjects[] wanted = [.. ((StoredObjects[])[Small, .. large]).Where(objects => Has(context, Cold, objects))];
        if (wanted.Length == 0)
        {
            return;
        }

        foreach (StoredObjects objects in wanted)
        {
            table.Fill(site.TargetOf("one"), objects);
        }

        await site.StopServersAsync(ct);
        await site.AddAsync(1, ct, WithoutCache);
        await site.AwaitPackedAsync(ct);
        S3Target cold = site.TargetOf("one");
        foreach (StoredObjects objects in wanted)
        {
            objects.Warm(cold, Get, []);
            bool isPacked = objects == Small;
            if (!isPacked)
            {
                table.Run($"GET {objects.Size / MiB} MiB", cold, Get, objects, ConnectionsOf(objects), aim: 0.7, ProcessorAim);
                continue;
            }

            table.Run("GET 4 KiB, pack, shuffled", cold, Get, objects, Connections, aim: 0.6, isShuffled: true);
            table.Run("GET 4 KiB, pack, in order", cold, Get, objects, Connections, aim: 0.6);
            table.Run("GET 4 KiB, pack, in order", cold, Get, objects, connections: 1, aim: null);
        }
    }

    private static async Task MeasureThreeAsync(BenchmarkContext context, SharedSite site, EngineTable table, CancellationToken ct)
    {
        if (!Has(context, Three, Small) && !Has(context, Kill, Small))
        {
            return;
        }

        await site.StopServersAsync(ct);
        await site.AddAsync(3, ct);
        S3Target three = site.TargetOf("three");
        if (Has(context, Three, Small))
        {
            StoredObjects.Warm(three, Small.Size);
            table.Run("PUT 4 KiB", three, Put, Small, Connections, aim: 2);
            await MeasureCommitsAsync(context, site, three, ct);
            table.Run("GET 4 KiB, cached", three, Get, Small, Connections, aim: null);
        }

        if (Has(context, Kill, Small))
        {
            TakeOver took = await TakeOver.MeasureAsync(site, ct);
            context.Report(Text(
                $"kill -9 of the server with {took.Jobs} jobs: another has the first after {took.First:0.0} s, the last after {took.All:0.0} s; longest time without an acknowledged write at another server {took.Gap:0.000} s; aim < 2 s"));
        }
    }

    private static int ConnectionsOf(StoredObjects objects) => objects.Count < Connections ? LargeConnections : Connections;

    private static bool Has(BenchmarkContext context, string operation, StoredObjects objects) =>
        context.Cells.Has(operation, objects.Size, ConnectionsOf(objects));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

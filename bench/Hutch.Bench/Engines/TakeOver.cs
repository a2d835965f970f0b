using System.Diagnostics;
using System.Text.Json;
using Hutch.Bench.S3;
using Hutch.EndToEnd.Tests.Harness;
using Npgsql;

namespace Hutch.Bench.Engines;

/// <summary>A server that has the leases of jobs is killed: when others have them, and how long clients of the others wait.</summary>
/// <param name="Jobs">How many jobs it did.</param>
/// <param name="First">Seconds until another server did one of them.</param>
/// <param name="All">Seconds until others did all of them.</param>
/// <param name="Gap">The longest time in which another server acknowledged no write, seconds.</param>
internal sealed record TakeOver(long Jobs, double First, double All, double Gap)
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    /// <summary>Kills the oldest server, which took the leases first, while a client writes at the next one.</summary>
    public static async Task<TakeOver> MeasureAsync(SharedSite site, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await site.ConnectAsync(ct);
        ServerProcess holder = site.Servers[0];
        Guid id = await ServerIdAsync(holder, ct);
        string[] jobs = await RequestAsync<string[]>(connection, "SELECT array_agg(job) FROM site_lease WHERE server = $1", id, Array.Empty<string>(), ct);
        using var writing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        S3Target other = site.TargetOf("others") is var all ? all with { Address = all.Peers[0], Peers = [] } : throw new UnreachableException();
        Task<double> gap = Task.Run(() => LongestGap(other, writing.Token), ct);
        await Task.Delay(Before, ct);
        await holder.KillAsync();
        long killed = Stopwatch.GetTimestamp();
        double? first = null;
        long moved = 0;
        while (moved < jobs.Length && Stopwatch.GetElapsedTime(killed) < Limit)
        {
            moved = await RequestAsync<long>(
                connection, "SELECT count(*) FROM site_lease WHERE job = ANY($2) AND server <> $1 AND ends > clock_timestamp()", id, jobs, ct);
            first ??= moved > 0 ? Stopwatch.GetElapsedTime(killed).TotalSeconds : null;
            await Task.Delay(LookEvery, ct);
        }

        double took = moved == jobs.Length ? Stopwatch.GetElapsedTime(killed).TotalSeconds : double.NaN;
        await writing.CancelAsync();
        return new TakeOver(jobs.Length, first ?? double.NaN, took, await gap);
    }

    private static async Task<Guid> ServerIdAsync(ServerProcess server, CancellationToken ct)
    {
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(server.DataFolder, "server.json"), ct));
        return file.RootElement.GetProperty("server").GetGuid();
    }

    private static async Task<T> RequestAsync<T>(NpgsqlConnection connection, string question, Guid server, string[] jobs, CancellationToken ct)
    {
        await using var ask = new NpgsqlCommand(question, connection);
        ask.Parameters.AddWithValue(server);
        if (jobs.Length > 0)
        {
            ask.Parameters.AddWithValue(jobs);
        }

        return (T)(await ask.ExecuteScalarAsync(ct))!;
    }

    private static double LongestGap(S3Target target, CancellationToken stop)
    {
        LoadRequest request = new StoredObjects(4 << 10, 1).Upload(target, 0);
        byte[] body = new byte[4 << 10];
        using var connection = new RawConnection(target.Address);
        double longest = 0;
        while (!stop.IsCancellationRequested)
        {
            longest = Math.Max(longest, BenchmarkContext.Time(() => LoadDriver.Exchange(connection, request, body)) / 1000);
        }

        return longest;
    }
}

using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;

namespace Hutch.Cluster.Engine;

/// <summary>Checks the database and the bytes, within the time limit of a health request.</summary>
internal sealed class EngineProbe(PostgresLog log, Membership membership, ObjectBytes bytes, Guid self, string where, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public async Task<EngineReport> ProbeAsync(CancellationToken ct)
    {
        long? last = null;
        IReadOnlyList<RunningServer> servers = [];
        Task<StoreReport> ofLog = ProbeStoreAsync(
            "PostgreSQL",
            where,
            async limit =>
            {
                last = await log.QueryLastSequenceAsync(limit);
                servers = await membership.ListAsync(limit);
            },
            ct);
        Task<StoreReport> ofBytes = ProbeStoreAsync("object store", bytes.Where, bytes.TouchAsync, ct);
        StoreReport[] stores = await Task.WhenAll(ofLog, ofBytes);
        return new EngineReport(
            EngineReport.Shared,
            last,
            stores,
            [.. servers.Select(one => one.ToSite(self))]);
    }

    private async Task<StoreReport> ProbeStoreAsync(string name, string at, Func<CancellationToken, Task> ask, CancellationToken ct)
    {
        long start = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        string? trouble = null;
        try
        {
            await ask(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            trouble = $"It did not answer within {Limit.TotalSeconds:0} s.";
        }
        catch (Exception e) when (e is StorageRefusedException or NpgsqlException or TimeoutException or HutchException
            or ServerUnreachableException or BadAnswerException or ObjectOutcomeUnknownException)
        {
            trouble = e.Message.TrimEnd('.') + ".";
        }

        return new StoreReport(name, at, time.GetElapsedTime(start), trouble);
    }
}

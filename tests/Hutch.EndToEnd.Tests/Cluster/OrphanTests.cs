using System.Net;
using System.Security.Cryptography;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;

namespace Hutch.EndToEnd.Tests.Cluster;

/// <summary>Objects that a real server stored and could tell nobody of, since it was killed in the middle of an upload.</summary>
public sealed class OrphanTests(PostgresServer postgres, CephStore ceph)
{
    private const string Extents = "extents/";

    private static readonly string[] Quick = ["--set", "engine.packs.packAfterSeconds=1"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_purge_removes_the_orphaned_objects_of_a_killed_server_and_referenced_objects_stay()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess killed = (await site.AddAsync(1, Ct, Quick))[0];
        string token = await killed.ReadAdminTokenAsync(Ct);
        site.Authorize(token);
        (string dataset, _, _) = await ClusterSite.CreateSharedAsync(killed, token, Ct);
        byte[] stays = RandomNumberGenerator.GetBytes(300_000);
        await site.PutAsync(killed, dataset, "stays", stays, Ct);
        string purged = await MakeAsync(killed, token, "doomed");
        string[] named = await site.ListBucketAsync(Extents, Ct);

        using var half = new HeldContent(24 << 20);
        Task<HttpResponseMessage> upload = site.SendAsync(killed, dataset, "lost", half, Ct);
        await UntilAsync(async () => (await site.ListBucketAsync(Extents, Ct)).Length > named.Length);
        await killed.KillAsync();
        half.Break(); // a client that neither sends nor reads does not notice the kill
        await Assert.ThrowsAnyAsync<Exception>(() => upload);
        string[] orphans = [.. (await site.ListBucketAsync(Extents, Ct)).Except(named)];
        await using ServerProcess again = ServerProcess.Start(killed.DataFolder, LoopbackPort.FindFree(), [.. site.Options, .. Quick]);
        await again.WaitReadyAsync(Ct);
        await site.TrashAsync(again, purged, Ct);
        await site.PostAsync(again, $"datasets/{purged}/purge", new { reason = "by law" }, Ct);

        Assert.NotEmpty(orphans);
        await UntilAsync(async () => !(await site.ListBucketAsync(Extents, Ct)).Intersect(orphans).Any());
        Assert.Equal(named, await site.ListBucketAsync(Extents, Ct));
        Assert.Equal(stays, await site.GetAsync(again, dataset, "stays", Ct));
        Assert.Equal(HttpStatusCode.NotFound, (await site.TryGetAsync(again, dataset, "lost", Ct)).Status);
    }

    private static async Task<string> MakeAsync(ServerProcess server, string token, string name)
    {
        using HutchClient client = new(server.Address, token);
        return (await client.CreateDatasetAsync(new CreateDataset { Name = name }, Ct)).Id.ToString();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await isSo())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>A body that ends in its middle: what is sent arrives, and the rest never comes.</summary>
    private sealed class HeldContent(int length) : HttpContent
    {
        private readonly CancellationTokenSource _end = new();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        public void Break() => _end.Cancel();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(RandomNumberGenerator.GetBytes(length - 1), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
            await Task.Delay(Timeout.Infinite, either.Token);
        }

        protected override bool TryComputeLength(out long result)
        {
            result = length;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            _end.Dispose();
            base.Dispose(disposing);
        }
    }
}

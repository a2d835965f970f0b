using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Cluster;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>
/// A site that two servers run over PostgreSQL and Ceph's gateway joins the zone of a server with a folder, while both run. It reads private
/// data for who may, has copies, holds them and is a home, and each of its servers is killed on the way.
/// </summary>
public sealed class SharedSiteTests(PostgresServer postgres, CephStore ceph) : IAsyncLifetime
{
    private const string Archive = "archive";
    private const int LargeBytes = 12 << 20;
    private const int SmallFiles = 40;

    /// <summary>Of what the zone sends, so much comes before a server is killed.</summary>
    private const long PartBytes = 16 << 20;

    /// <summary>What was on its way when a server was killed comes again: the extent that was not whole, and what lay between.</summary>
    private const long UnderWayBytes = 16 << 20;

    /// <summary>The small files, and what stands around them.</summary>
    private const long OtherBytes = 2 << 20;

    private readonly TemporaryFolder _folder = new();
    private ClusterSite? _engines;
    private SiteProcess _zone = null!;
    private SiteProcess _first = null!;
    private SiteProcess _second = null!;

    /// <summary>Carries, and counts, what the zone sends to the site.</summary>
    private Relay _link = null!;

    /// <summary>The one address of the site, which leads to a server that runs.</summary>
    private Relay _door = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engines = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        _zone = new SiteProcess("national", _folder["zone"], ["--set", "server.name=national"]);
        _first = new SiteProcess(Archive, _folder["first"], _engines.Options);
        _second = new SiteProcess(Archive, _folder["second"], _engines.Options);
        _link = new Relay(_zone.Door, long.MaxValue, countsServer: true);
        _zone.DoorAddress = _link.Address;
        _door = new Relay(_first.Door, long.MaxValue);
        (_first.DoorAddress, _second.DoorAddress) = (_door.Address, _door.Address);

        // The first has every lease before there is another.
        await Task.WhenAll(_zone.StartAsync(), _first.StartAsync());
        await _zone.LogInAsync(await _zone.Server.ReadAdminTokenAsync(Ct));
        await _second.StartAsync();
        await _first.JoinAsync(_zone);
        await _second.LogInAsync(await TokenAsync(_zone.Client, "read", "write", "manage", "admin"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiteProcess? site in new[] { _second, _first, _zone })
        {
            await (site?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await (_door?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_link?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_engines?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task Servers_that_share_a_site_follow_a_zone_copy_hold_and_become_a_home_though_each_is_killed_in_the_middle()
    {
        HutchClient zone = _zone.Client;
        DatasetId scan = await _zone.PushAsync(
            "scan",
            $"mkdir raw; for i in $(seq {SmallFiles}); do head -c 5000 /dev/urandom > raw/$i; done\n"
            + $"head -c {LargeBytes} /dev/urandom > one; head -c {LargeBytes} /dev/urandom > two");
        await zone.CloseDatasetAsync(scan, new CloseDataset(), Ct);
        DatasetId work = (await zone.CreateDatasetAsync(new CreateDataset { Name = "work" }, Ct)).Id;
        byte[] pushed = await _zone.ReadAsync(scan, "one");
        IReadOnlyList<string> unconfirmed = await ReadWhileAllowedAsync(scan);
        HttpStatusCode[] afterRevocation = await ReadByKeyAsync();

        long before = _link.Carried;
        _link.StopAfter(PartBytes);
        await zone.RequestCopyAsync(work, new AskCopy { Site = Archive }, Ct);
        await zone.RequestCopyAsync(scan, new AskCopy { Site = Archive }, Ct);
        await _link.Stopped.WaitAsync(Ct);
        await KillAsync(_first, _second);
        _link.Cut();
        await _zone.UntilCopyAsync(scan, Archive, static copy => copy.State == "complete");
        long carried = _link.Carried - before;
        await _first.StartAsync();

        await zone.EvictAsync(scan, new EvictDataset(), Ct);
        EvictionInfo evicted = await _zone.UntilAsync(client => client.GetEvictionAsync(scan, Ct), static one => one.State == "evicted");
        await _zone.RunAsync("gc");
        byte[] throughZone = await _zone.ReadAsync(scan, "one");

        await zone.MoveHomeAsync(work, new MoveHome { Site = Archive }, Ct);
        await KillAsync(_second, _first);
        await _zone.UntilAsync(client => client.GetCopiesAsync(work, Ct), static copies => copies.Home == Archive);
        await _second.StartAsync();
        SiteProcess[] all = [_first, _second, _zone];
        await Task.WhenAll(all.Select((site, number) => WriteAsync(site, work, $"by-{number}")));
        byte[][] seen = await Task.WhenAll(all.SelectMany(
            site => all.Select((_, number) => UntilAsync(() => site.ReadAsync(work, $"by-{number}")))));

        Assert.Empty(unconfirmed);
        Assert.All(afterRevocation, static status => Assert.Equal(HttpStatusCode.Forbidden, status));
        Assert.InRange(carried, 2L * LargeBytes, (2L * LargeBytes) + OtherBytes + UnderWayBytes);
        Assert.Equal((Archive, true), (Assert.Single(evicted.Sites).Site, evicted.Sites[0].Holds));
        Assert.Equal(pushed, throughZone);
        Assert.All(seen, static bytes => Assert.Equal("new"u8.ToArray(), bytes));
    }

    /// <summary>A person reads a private dataset at both servers until the right is taken away.</summary>
    /// <returns>The sites that had not confirmed that when the zone answered.</returns>
    private async Task<IReadOnlyList<string>> ReadWhileAllowedAsync(DatasetId scan)
    {
        List<string> unconfirmed = [];
        CreatedUser bob = await _zone.Client.CreateUserAsync(new CreateUser { Name = "bob" }, Ct);
        using HutchClient atZone = Client(_zone, bob.Token!);
        string token = await TokenAsync(atZone, "read");
        using HutchClient atFirst = Client(_first, token);
        using HutchClient atSecond = Client(_second, token);
        using HutchClient owner = Client(_zone, await _zone.Server.ReadAdminTokenAsync(Ct), unconfirmed.Add);
        await UntilAsync(() => atSecond.GetCallerAsync(Ct));
        await Assert.ThrowsAsync<HutchException>(() => ReadAsync(atFirst, scan));
        await owner.PutGrantAsync(scan, "user:bob", new PutGrant { Right = "read" }, Ct);
        byte[][] read = [await UntilAsync(() => ReadAsync(atFirst, scan)), await UntilAsync(() => ReadAsync(atSecond, scan))];

        await owner.DeleteGrantAsync(scan, "user:bob", Ct);
        HutchException[] refused =
        [
            await Assert.ThrowsAsync<HutchException>(() => ReadAsync(atFirst, scan)),
            await Assert.ThrowsAsync<HutchException>(() => ReadAsync(atSecond, scan)),
        ];

        Assert.All(read, static bytes => Assert.Equal(5000, bytes.Length));
        Assert.All(refused, static one => Assert.Equal(ErrorCode.NotFound, one.Error.Code));
        return unconfirmed;
    }

    /// <summary>One S3 key of the zone reads at both servers until it is revoked.</summary>
    /// <returns>The answers of the servers after that.</returns>
    private async Task<HttpStatusCode[]> ReadByKeyAsync()
    {
        CreatedToken key = await _zone.Client.CreateTokenAsync(new CreateToken { S3 = true, Sites = [Archive] }, Ct);
        using AmazonS3Client atFirst = S3(_first, key);
        using AmazonS3Client atSecond = S3(_second, key);
        foreach (AmazonS3Client client in (AmazonS3Client[])[atFirst, atSecond])
        {
            while (await HeadAsync(client) != HttpStatusCode.OK)
            {
                await Task.Delay(100, Ct);
            }
        }

        await _zone.Client.RevokeTokenAsync(key.Id, Ct);
        return [await RefusalAsync(atFirst), await RefusalAsync(atSecond)];
    }

    /// <summary>Tokens and keys that the site did not know yet were failed logins from this address: their limit answers 503 for a moment.</summary>
    private static async Task<HttpStatusCode> RefusalAsync(AmazonS3Client client)
    {
        HttpStatusCode status = await HeadAsync(client);
        while (status == HttpStatusCode.ServiceUnavailable)
        {
            await Task.Delay(1000, Ct);
            status = await HeadAsync(client);
        }

        return status;
    }

    private static async Task<HttpStatusCode> HeadAsync(AmazonS3Client client)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = "admin.scan", Key = "raw/7" }, Ct)).HttpStatusCode;
        }
        catch (AmazonS3Exception e)
        {
            return e.StatusCode;
        }
    }

    private static AmazonS3Client S3(SiteProcess at, CreatedToken key) => new(
        new BasicAWSCredentials(key.AccessKey, key.SecretKey),
        new AmazonS3Config { ServiceURL = at.Server.S3.ToString(), ForcePathStyle = true, AuthenticationRegion = Archive, MaxErrorRetry = 0 });

    /// <summary>Kills a server of the site; its address leads to the other from then on.</summary>
    private async Task KillAsync(SiteProcess server, SiteProcess other)
    {
        await server.KillAsync();
        _door.Server = other.Door;
        _door.Cut();
    }

    private static Task<bool> WriteAsync(SiteProcess site, DatasetId dataset, string path) => UntilAsync(async () =>
    {
        await site.Client.PutEntryAsync(dataset, path, "new"u8.ToArray(), ct: Ct);
        return true;
    });

    private static async Task<byte[]> ReadAsync(HutchClient client, DatasetId dataset)
    {
        using HttpResponseMessage answer = await client.OpenEntryAsync(dataset, null, "raw/7", 0, Ct);
        return await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    private static async Task<string> TokenAsync(HutchClient zone, params string[] scopes) =>
        (await zone.CreateTokenAsync(new CreateToken { Site = Archive, Scopes = scopes }, Ct)).Token!;

    private static HutchClient Client(SiteProcess at, string token, Action<string>? unconfirmed = null) => new(
        at.Server.Address, token, new HutchClientOptions { Retry = HttpRetry.Default with { MaxAttempts = 1 }, Unconfirmed = unconfirmed });

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when (e is HutchException or ServerUnreachableException)
            {
                await Task.Delay(20, Ct);
            }
        }
    }
}

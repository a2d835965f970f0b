using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Cluster;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>
/// A zone whose site two servers run over PostgreSQL and Ceph's gateway has copies of what is at home at an institute, and holds them: the
/// server that brings them is killed in the middle, and the other goes on.
/// </summary>
public sealed class SharedCopyTests(PostgresServer postgres, CephStore ceph) : IAsyncLifetime
{
    private const int LargeBytes = 24 << 20;
    private const int SmallFiles = 200;

    /// <summary>Of what the institute sends, so much comes before a server is killed.</summary>
    private const long PartBytes = 36 << 20;

    /// <summary>What was on its way when a server was killed comes again: the extent that was not whole, and what lay between.</summary>
    private const long UnderWayBytes = 16 << 20;

    /// <summary>The small files, and what stands around them.</summary>
    private const long OtherBytes = 2 << 20;

    private readonly TemporaryFolder _folder = new();
    private ClusterSite? _engines;
    private SiteProcess _first = null!;
    private SiteProcess _second = null!;
    private SiteProcess _institute = null!;

    /// <summary>Carries, and counts, what the institute sends.</summary>
    private Relay _link = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engines = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        string[] options = [.. _engines.Options, "--set", "server.name=national"];
        _first = new SiteProcess("national", _folder["first"], options);
        _second = new SiteProcess("national", _folder["second"], options);
        _institute = new SiteProcess("institute", _folder["institute"], []);
        _link = new Relay(_institute.Door, long.MaxValue, countsServer: true);
        _institute.DoorAddress = _link.Address;

        // The first has every lease before there is another.
        await Task.WhenAll(_first.StartAsync(), _institute.StartAsync());
        await _first.LogInAsync(await _first.Server.ReadAdminTokenAsync(Ct));
        await _institute.JoinAsync(_first);
        await _second.StartAsync();
        await _second.LogInAsync(
            (await _first.Client.CreateTokenAsync(new CreateToken { Scopes = ["read", "write", "manage", "admin"] }, Ct)).Token!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiteProcess? site in new[] { _institute, _second, _first })
        {
            await (site?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await (_link?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_engines?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task A_copy_goes_on_at_the_other_server_and_is_held_for_its_home_which_gives_up_its_bytes()
    {
        DatasetId scan = await _institute.PushAsync(
            "scan",
            $"mkdir raw; for i in $(seq {SmallFiles}); do head -c 5000 /dev/urandom > raw/$i; done\n"
            + $"head -c {LargeBytes} /dev/urandom > one; head -c {LargeBytes} /dev/urandom > two");
        await _institute.RunAsync("close", "scan");
        await _second.UntilAsync(client => client.GetDatasetAsync(scan, Ct), static one => one.State == "closed");
        string pushed = await SumsAsync(_institute, "cd scan");
        long before = _link.Carried;

        _link.StopAfter(PartBytes);
        await _second.RunAsync("rule", "add", "1 copies where site=national", "--dataset", scan.ToString());
        await _link.Stopped.WaitAsync(Ct);
        await _first.KillAsync();
        _link.Cut();
        await _second.UntilCopyAsync(scan, "national", static copy => copy.State == "complete");
        long carried = _link.Carried - before;
        string atSecond = await CloneAsync(_second, scan, "copied");

        await _first.StartAsync();
        await _institute.RunAsync("evict", "scan");
        EvictionInfo evicted = await _institute.UntilAsync(client => client.GetEvictionAsync(scan, Ct), static one => one.State == "evicted");
        await _institute.RunAsync("gc");
        string throughHome = await CloneAsync(_institute, scan, "away");
        await _institute.KillAsync();
        string atFirst = await CloneAsync(_first, scan, "copied");

        Assert.Equal(("the site of the zone", true), (Assert.Single(evicted.Sites).Site, evicted.Sites[0].Holds));
        Assert.InRange(carried, 2L * LargeBytes, (2L * LargeBytes) + OtherBytes + UnderWayBytes);
        Assert.All([atSecond, throughHome, atFirst], seen => Assert.Equal(pushed, seen));
    }

    private static Task<string> CloneAsync(SiteProcess site, DatasetId dataset, string name) =>
        SumsAsync(site, $"hutch clone --quiet {dataset} {name} >/dev/null; cd {name}");

    private static Task<string> SumsAsync(SiteProcess site, string enter) => site.RunShellAsync(
        enter + "; find . -type f -not -path './.hutch/*' | LC_ALL=C sort | xargs sha256sum");
}

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
/// A home that two servers run over PostgreSQL and Ceph's gateway, and two sites that hold its bytes on disks of their own: four real
/// servers, of which any is killed at any moment while a rule is fulfilled and the bytes are evicted, read and recalled.
/// </summary>
public sealed class SharedEvictionTests(PostgresServer postgres, CephStore ceph) : IAsyncLifetime
{
    private const int LargeBytes = 12 << 20;
    private const int SmallFiles = 100;
    private const string Home = "national";

    private readonly TemporaryFolder _folder = new();
    private readonly int _seed = Random.Shared.Next();
    private ClusterSite? _engines;
    private SiteProcess _first = null!;
    private SiteProcess _second = null!;
    private SiteProcess _archive = null!;
    private SiteProcess _compute = null!;
    private int _kills;

    /// <summary>The one address of the zone, which leads to a server that runs.</summary>
    private Relay _door = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engines = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        string[] options = [.. _engines.Options, "--set", "server.name=" + Home];
        _first = new SiteProcess(Home, _folder["first"], options);
        _second = new SiteProcess(Home, _folder["second"], options);
        _archive = new SiteProcess("archive", _folder["archive"], []);
        _compute = new SiteProcess("compute", _folder["compute"], []);
        _door = new Relay(_first.Door, long.MaxValue);
        (_first.DoorAddress, _second.DoorAddress) = (_door.Address, _door.Address);

        // The first has every lease before there is another.
        await Task.WhenAll(_first.StartAsync(), _archive.StartAsync(), _compute.StartAsync());
        await _first.LogInAsync(await _first.Server.ReadAdminTokenAsync(Ct));
        await _archive.JoinAsync(_first);
        await _compute.JoinAsync(_first);
        await _second.StartAsync();
        await _second.LogInAsync(
            (await _first.Client.CreateTokenAsync(new CreateToken { Scopes = ["read", "write", "manage", "admin"] }, Ct)).Token!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiteProcess? site in new[] { _compute, _archive, _second, _first })
        {
            await (site?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await (_door?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_engines?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task Bytes_leave_a_home_that_servers_share_and_come_back_though_any_server_is_killed_at_any_moment()
    {
        DatasetId scan = await _first.PushAsync(
            "scan",
            $"mkdir raw; for i in $(seq {SmallFiles}); do head -c 5000 /dev/urandom > raw/$i; done; : > empty\n"
            + $"head -c {LargeBytes} /dev/urandom > one; head -c {LargeBytes} /dev/urandom > two");
        await _first.RunAsync("close", "scan");
        string pushed = await SumsAsync(_first, "cd scan");
        await _first.RunAsync("rule", "add", "2 copies where site=archive | site=compute", "--dataset", scan.ToString());

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task killing = KillAtRandomAsync(new Random(_seed), stop.Token);
        await UntilAsync(client => client.GetRulesAsync(scan, Ct), static rules => rules.Items.All(static one => one.State == "fulfilled"));
        await UntilAsync(client => client.EvictAsync(scan, new EvictDataset { Holders = 2 }, Ct), static one => one.State == "evicted");
        await _second.RunShellAsync("until hutch gc; do sleep 0.2; done 2>/dev/null");
        string[] away = await Task.WhenAll(CloneAsync(_first, scan, "away"), CloneAsync(_second, scan, "away"));
        await stop.CancelAsync();
        await killing;

        // What servers have read of the holders is forgotten with a restart: nothing of it is at the home.
        await Task.WhenAll(new[] { _archive, _compute, _first, _second }.Select(static site => site.KillAsync().AsTask()));
        await Task.WhenAll(_first.StartAsync(), _second.StartAsync());
        HutchException[] refused = await Task.WhenAll(RefusedAsync(_first, scan), RefusedAsync(_second, scan));
        await Task.WhenAll(_archive.StartAsync(), _compute.StartAsync());

        using var again = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await UntilAsync(client => client.RecallAsync(scan, Ct), static _ => true);
        killing = KillAtRandomAsync(new Random(_seed + 1), again.Token);
        await UntilAsync(client => client.GetEvictionAsync(scan, Ct), static one => one.State == "here");
        await again.CancelAsync();
        await killing;
        await Task.WhenAll(_archive.KillAsync().AsTask(), _compute.KillAsync().AsTask());
        string[] back = await Task.WhenAll(CloneAsync(_first, scan, "back"), CloneAsync(_second, scan, "back"));

        Assert.All(away.Concat(back), seen => Assert.Equal(pushed, seen));
        Assert.All(refused, static one => Assert.Equal(ErrorCode.Unavailable, one.Error.Code));
        Assert.True(_kills > 3, $"{_kills} kills, seed {_seed}");
    }

    /// <summary>Kills one server after the other, and starts each again, until that is to end, and two at least.</summary>
    private async Task KillAtRandomAsync(Random random, CancellationToken stop)
    {
        SiteProcess[] all = [_first, _second, _archive, _compute];
        for (int kills = 0; kills < 2 || !stop.IsCancellationRequested; kills++)
        {
            SiteProcess next = all[random.Next(all.Length)];
            TestContext.Current.TestOutputHelper?.WriteLine($"{_seed}: {Array.IndexOf(all, next)} is killed");
            if (next == _first || next == _second)
            {
                _door.Server = (next == _first ? _second : _first).Door;
            }

            await next.KillAsync();
            _door.Cut();
            _kills++;
            await Task.Delay(random.Next(500), Ct);
            await next.StartAsync();
            await Task.Delay(1500 + random.Next(4000), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks one server of the home, then the other, until the answer is as it should be.</summary>
    private async Task UntilAsync<T>(Func<HutchClient, Task<T>> ask, Func<T, bool> holds)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                if (holds(await ask((i % 2 == 0 ? _first : _second).Client)))
                {
                    return;
                }
            }
            catch (Exception e) when (e is HutchException or ServerUnreachableException)
            {
                // It is down, or not so far.
            }

            await Task.Delay(100, Ct);
        }
    }

    private static Task<HutchException> RefusedAsync(SiteProcess site, DatasetId dataset) =>
        Assert.ThrowsAsync<HutchException>(() => site.ReadAsync(dataset, "one"));

    /// <summary>What a clone has, all of it: the SHA-256 of each file, by path.</summary>
    private static Task<string> CloneAsync(SiteProcess site, DatasetId dataset, string name) => SumsAsync(
        site,
        $"until rm -rf {name} && hutch clone --quiet {dataset} {name} >/dev/null 2>&1; do sleep 0.2; done; cd {name}");

    private static Task<string> SumsAsync(SiteProcess site, string enter) => site.RunShellAsync(
        enter + "; find . -type f -not -path './.hutch/*' | LC_ALL=C sort | xargs sha256sum");
}

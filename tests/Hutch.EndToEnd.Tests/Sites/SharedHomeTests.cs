using System.Collections.Concurrent;
using System.Text;
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
/// A zone whose site two servers run over PostgreSQL and Ceph's gateway becomes the home of a dataset, and gives it back to an institute.
/// People write at all servers meanwhile, and servers are killed in the middle.
/// </summary>
public sealed class SharedHomeTests(PostgresServer postgres, CephStore ceph) : IAsyncLifetime
{
    private const string National = "national";
    private const string Institute = "institute";

    private readonly TemporaryFolder _folder = new();
    private ClusterSite? _engines;
    private SiteProcess _first = null!;
    private SiteProcess _second = null!;
    private SiteProcess _institute = null!;

    /// <summary>The one address of the zone, which leads to a server that runs.</summary>
    private Relay _door = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engines = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        string[] options = [.. _engines.Options, "--set", "server.name=" + National];
        _first = new SiteProcess(National, _folder["first"], options);
        _second = new SiteProcess(National, _folder["second"], options);
        _institute = new SiteProcess(Institute, _folder[Institute], []);
        _door = new Relay(_first.Door, long.MaxValue);
        (_first.DoorAddress, _second.DoorAddress) = (_door.Address, _door.Address);

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

        await (_door?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_engines?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task A_home_moves_to_servers_that_share_a_site_and_back_though_they_are_killed_and_nothing_that_any_accepted_is_lost()
    {
        DatasetId scan = await _institute.PushAsync("scan", "head -c 12000000 /dev/urandom > raw; echo one > note");
        await _second.RunAsync("replicate", scan.ToString(), "--to", National);
        await _second.UntilCopyAsync(scan, National, static copy => copy.State == "complete");
        using var stop = new CancellationTokenSource();
        var accepted = new ConcurrentDictionary<string, BlobHash>(StringComparer.Ordinal);
        Task writing = Task.WhenAll(
            new[] { _first, _second, _institute }.Select((site, number) => WriteAsync(site, scan, number, accepted, stop.Token)));

        await _second.Client.MoveHomeAsync(scan, new MoveHome { Site = National }, Ct);
        await KillAsync(_first, _second);
        await UntilHomeAsync(_second, scan, National);
        await UntilWrittenAsync(accepted, 1);
        await _first.StartAsync();
        await UntilWrittenAsync(accepted, 0, 1, 2);

        await _first.UntilCopyAsync(scan, Institute, static copy => copy.State == "complete");
        await _first.Client.MoveHomeAsync(scan, new MoveHome { Site = Institute }, Ct);
        await KillAsync(_second, _first);
        await UntilHomeAsync(_first, scan, Institute);
        await _second.StartAsync();
        await UntilWrittenAsync(accepted, 0, 1, 2);
        await stop.CancelAsync();
        await writing;

        string[] seen = await Task.WhenAll(
            CloneAsync(_first, scan), CloneAsync(_second, scan), CloneAsync(_institute, scan));
        Assert.All(seen, one => Assert.All(
            accepted, file => Assert.Contains($"{file.Value}  ./{file.Key}\n", one, StringComparison.Ordinal)));
        Assert.Equal((seen[2], seen[2]), (seen[0], seen[1]));
    }

    /// <summary>Kills a server; the address of the zone leads to the other from then on.</summary>
    private async Task KillAsync(SiteProcess server, SiteProcess other)
    {
        await server.KillAsync();
        _door.Server = other.Door;
        _door.Cut();
    }

    /// <summary>Writes one small file after the other at a site, and notes which were answered.</summary>
    private static async Task WriteAsync(
        SiteProcess site, DatasetId dataset, int number, ConcurrentDictionary<string, BlobHash> accepted, CancellationToken stop)
    {
        for (int file = 0; !stop.IsCancellationRequested; file++)
        {
            string path = $"by-{number}-{file:00000}";
            byte[] bytes = Encoding.UTF8.GetBytes($"{path} of {dataset}");
            try
            {
                await site.Client.PutEntryAsync(dataset, path, bytes, ct: Ct);
                accepted[path] = BlobHash.Compute(bytes);
                await Task.Delay(250, Ct);
            }
            catch (Exception e) when (e is HutchException or ServerUnreachableException)
            {
                // The server is down, or the home moves. The file may have been written.
                await Task.Delay(20, Ct);
            }
        }
    }

    /// <summary>Waits until writes at these servers were accepted from now on.</summary>
    private static async Task UntilWrittenAsync(ConcurrentDictionary<string, BlobHash> accepted, params int[] numbers)
    {
        foreach (string prefix in numbers.Select(static number => $"by-{number}-"))
        {
            int before = Count(prefix);
            while (Count(prefix) == before)
            {
                await Task.Delay(20, Ct);
            }
        }

        int Count(string prefix) => accepted.Keys.Count(path => path.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static Task<CopyList> UntilHomeAsync(SiteProcess zone, DatasetId dataset, string home) =>
        zone.UntilAsync(client => client.GetCopiesAsync(dataset, Ct), copies => copies.Home == home);

    private static Task<string> CloneAsync(SiteProcess site, DatasetId dataset) => site.RunShellAsync(
        $"hutch clone --quiet {dataset} seen >/dev/null; cd seen; find . -type f -not -path './.hutch/*' | LC_ALL=C sort | xargs sha256sum");
}

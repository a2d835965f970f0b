using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Cluster;
using Hutch.Model;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>
/// A facility that two servers run over PostgreSQL and Ceph's gateway: one watches the folder and removes its files, the other sees to it that
/// an archive holds them, and all are killed on the way, the first also in the middle of the removal.
/// </summary>
public sealed class SharedFacilityEvictionTests(PostgresServer postgres, CephStore ceph) : IAsyncLifetime
{
    private const int SmallFiles = 400;

    private readonly TemporaryFolder _folder = new();
    private ClusterSite? _engines;
    private SiteProcess _watching = null!;
    private SiteProcess _other = null!;
    private SiteProcess _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Session => Path.Combine(_folder["sessions"], "demo");

    public async ValueTask InitializeAsync()
    {
        _engines = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        string config = _folder["hutch.yaml"];
        Directory.CreateDirectory(Session);
        await File.WriteAllTextAsync(
            config,
            $"""
            server: {"{"} publicUrl: "https://hutch.example.org/" {"}"}
            agent:
              folders:
                - watch: {_folder["sessions"]}
                  close: true
                  evict: true
                  copies: 1
                  visibility: public
            """,
            Ct);
        string[] options = [.. _engines.Options, "--set", "server.name=facility"];
        _watching = new SiteProcess("facility", _folder["watching"], [.. options, "--config", config]);
        _other = new SiteProcess("facility", _folder["other"], options);
        _archive = new SiteProcess("archive", _folder["archive"], []);

        // The other server starts first, and takes the leases of all jobs before the watching server exists.
        await Task.WhenAll(_other.StartAsync(), _archive.StartAsync());
        await _other.LogInAsync(await _other.Server.ReadAdminTokenAsync(Ct));
        await _archive.JoinAsync(_other);
        await _watching.StartAsync();
        await _watching.LogInAsync(
            (await _other.Client.CreateTokenAsync(new CreateToken { Scopes = ["read", "write", "manage", "admin"] }, Ct)).Token!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiteProcess? site in new[] { _archive, _watching, _other })
        {
            await (site?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await (_engines?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task Files_leave_the_folder_of_one_server_when_another_has_seen_to_it_that_an_archive_holds_them_though_servers_are_killed()
    {
        await _watching.RunShellAsync(
            $"""
            mkdir -p {Session}/raw; cd {Session}; touch .running
            for i in $(seq {SmallFiles}); do echo "frame $i" > raw/$i.txt; done
            head -c 20000000 /dev/urandom > movie.mrc; printf 'DataId: demo\n' > SPA.yml
            """);
        DatasetId demo = (await _watching.UntilAsync(static client => client.ResolveAsync("demo", Ct), static _ => true)).Id;
        File.Delete(Path.Combine(Session, ".running"));
        await _watching.UntilAsync(client => client.GetDatasetAsync(demo, Ct), static one => one.State == "closed");
        await _watching.RunAsync("replicate", "demo", "--to", "archive");
        await _other.UntilCopyAsync(demo, "archive", static copy => copy.State == "complete");
        string before = await SumsAsync(_other, "before");
        int files = Files();

        // An operator ends its time, as in docs/operations/facility.md; and the servers are killed at each step that shows.
        await _watching.RunShellAsync($"""cd {Session}; printf '  DeniedProviders: [primary]\n  RemovingTime: now\n' >> SPA.yml""");
        await UntilStateAsync(_other, demo, "wanted", "evicted");
        await Task.WhenAll(RestartAsync(_watching), RestartAsync(_archive));
        await UntilStateAsync(_other, demo, "evicted");
        while (Files() == files)
        {
            await Task.Delay(1, Ct);
        }

        await RestartAsync(_watching);
        int afterKill = Files();
        await _watching.RunShellAsync($"until grep -q 'RemovingTime: removed' {Session}/SPA.yml; do sleep 0.2; done");
        await _watching.RunAsync("gc");
        string[] away = await Task.WhenAll(SumsAsync(_watching, "away"), SumsAsync(_other, "away"));
        await _other.RunAsync("recall", "demo");
        await RestartAsync(_other);
        await UntilStateAsync(_watching, demo, "here");
        await _archive.KillAsync();
        string[] back = await Task.WhenAll(SumsAsync(_watching, "back"), SumsAsync(_other, "back"));

        Assert.Equal(SmallFiles + 2, before.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.InRange(afterKill, 0, files - 1);
        Assert.Equal(0, Files());
        Assert.All(away.Concat(back), seen => Assert.Equal(before, seen));
    }

    private static async Task RestartAsync(SiteProcess site)
    {
        await site.KillAsync();
        await site.StartAsync();
    }

    private static Task<EvictionInfo> UntilStateAsync(SiteProcess site, DatasetId dataset, params string[] states) =>
        site.UntilAsync(client => client.GetEvictionAsync(dataset, Ct), eviction => states.Contains(eviction.State));

    /// <summary>How many files of the detector are in the folder.</summary>
    private int Files() => Directory.EnumerateFiles(Session, "*", SearchOption.AllDirectories)
        .Count(static path => path.EndsWith(".txt", StringComparison.Ordinal) || path.EndsWith(".mrc", StringComparison.Ordinal));

    /// <summary>What a clone has, all of it: the SHA-256 of each file, by path.</summary>
    private static Task<string> SumsAsync(SiteProcess site, string name) => site.RunShellAsync(
        $"hutch clone demo {name} >&2; cd {name}; find . -type f -not -path './.hutch/*' | LC_ALL=C sort | xargs sha256sum");
}

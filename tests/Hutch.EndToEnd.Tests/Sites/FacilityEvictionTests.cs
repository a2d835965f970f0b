using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>
/// The agent of a facility removes the files of a session whose time is over, once an archive holds them: real servers, each killed again
/// and again on the way.
/// </summary>
public sealed class FacilityEvictionTests : IAsyncLifetime
{
    private const int SmallFiles = 2000;

    private readonly TemporaryFolder _folder = new();
    private SiteProcess _facility = null!;
    private SiteProcess _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Session => Path.Combine(_folder["sessions"], "demo");

    public async ValueTask InitializeAsync()
    {
        string config = _folder["hutch.yaml"];
        Directory.CreateDirectory(Session);
        await File.WriteAllTextAsync(
            config,
            $"""
            server: {"{"} name: facility, publicUrl: "https://hutch.example.org/" {"}"}
            agent:
              folders:
                - watch: {_folder["sessions"]}
                  close: true
                  evict: true
                  copies: 1
                  visibility: public
            """,
            Ct);
        _facility = new SiteProcess("facility", _folder["facility"], ["--config", config]);
        _archive = new SiteProcess("archive", _folder["archive"], []);
        await _facility.StartZoneAsync(_archive);
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _facility.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_files_of_a_session_leave_the_facility_though_servers_are_killed_and_each_byte_is_read_as_before()
    {
        await _facility.RunShellAsync(
            $"""
            mkdir -p {Session}/raw; cd {Session}; touch .running
            for i in $(seq {SmallFiles}); do echo "frame $i" > raw/$i.txt; done
            head -c 20000000 /dev/urandom > movie.mrc; printf 'DataId: demo\n' > SPA.yml
            until hutch info demo >/dev/null 2>&1; do sleep 0.2; done
            rm .running
            until hutch info demo | grep -q closed; do sleep 0.2; done
            hutch replicate demo --to archive
            """);
        DatasetId demo = JsonSerializer.Deserialize(
            await _facility.RunAsync("info", "demo", "--json"), HutchJson.Default.DatasetInfo)!.Id;
        await _facility.UntilCopyAsync(demo, "archive", static copy => copy.State == "complete");
        string before = await SumsAsync("before");
        int files = Files();

        // An operator ends its time, as in docs/operations/facility.md; and both servers are killed at each step that shows.
        await _facility.RunShellAsync(
            $"""cd {Session}; printf '  DeniedProviders: [primary]\n  RemovingTime: now\n' >> SPA.yml""");
        await UntilStateAsync(demo, "wanted", "evicted");
        await Task.WhenAll(RestartAsync(_facility), RestartAsync(_archive));
        await UntilStateAsync(demo, "evicted");
        while (Files() == files)
        {
            await Task.Delay(1, Ct);
        }

        await RestartAsync(_facility);
        int afterKill = Files();
        await _facility.RunShellAsync($"until grep -q 'RemovingTime: removed' {Session}/SPA.yml; do sleep 0.2; done");
        await _facility.RunAsync("gc");
        string away = await SumsAsync("away");
        await RestartAsync(_archive);
        await _facility.RunAsync("recall", "demo");
        await UntilStateAsync(demo, "here");
        await _archive.KillAsync();
        string back = await SumsAsync("back");

        Assert.Equal(SmallFiles + 2, before.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.InRange(afterKill, 0, files - 1);
        Assert.Equal(0, Files());
        Assert.Equal(before, away);
        Assert.Equal(before, back);
    }

    private static async Task RestartAsync(SiteProcess site)
    {
        await site.KillAsync();
        await site.StartAsync();
    }

    private Task<EvictionInfo> UntilStateAsync(DatasetId dataset, params string[] states) =>
        _facility.UntilAsync(client => client.GetEvictionAsync(dataset, Ct), eviction => states.Contains(eviction.State));

    /// <summary>What a clone has, all of it: the SHA-256 of each file, by path.</summary>
    private Task<string> SumsAsync(string name) => _facility.RunShellAsync(
        $"hutch clone --quiet demo {name} >/dev/null; cd {name}; find . -type f -not -path './.hutch/*' | LC_ALL=C sort | xargs sha256sum");

    /// <summary>How many files of the detector are in the folder.</summary>
    private int Files() => Directory.EnumerateFiles(Session, "*", SearchOption.AllDirectories)
        .Count(path => path.EndsWith(".txt", StringComparison.Ordinal) || path.EndsWith(".mrc", StringComparison.Ordinal));
}

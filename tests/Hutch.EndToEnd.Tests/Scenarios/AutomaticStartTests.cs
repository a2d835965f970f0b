using Hutch.Client;
using Hutch.EndToEnd.Tests.Cluster;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.EndToEnd.Tests.Sites;
using Hutch.Model;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Programs that start by themselves, where a second start would be easy: at several servers, after a move, and from a backup.</summary>
public sealed class AutomaticStartTests(PostgresServer postgres, CephStore ceph)
{
    private const string Note = """
        title: Note
        version: "1"
        accepts: {types: [mx], state: closed}
        engine: ENGINE
        command: [sh, -c, 'wc -c < "$1/a" > "$2/size"', sh, "{input}", "{output}"]
        requires: [size]
        output: {type: table}
        when: closed
        """;

    // Many starts, so that a killed server has some in each of their phases.
    private const int Scans = 12;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_servers_start_a_program_once_for_each_close_though_one_is_killed_in_the_middle()
    {
        using TemporaryFolder folder = new();
        folder.Write("programs/note.yaml", Note.Replace("ENGINE", "local"));
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess[] servers = await site.AddAsync(3, Ct, "--set", $"programs.folder={folder["programs"]}");
        string token = await servers.Single(static one => File.Exists(Path.Combine(one.DataFolder, "admin.token"))).ReadAdminTokenAsync(Ct);
        Account[] people = [.. servers.Select((server, i) => new Account(server, "admin", token, folder[$"admin-{i}"]))];
        (await people[1].RunAsync(Ct, "program", "enable", "note", "--mine")).AssertDone();
        for (int i = 0; i < Scans; i++)
        {
            (await people[1].RunShellAsync(Make($"scan-{i}"), Ct)).AssertDone();
        }

        // Each at another server, and some at two of them.
        Task<CommandResult>[] closes = [.. Enumerable.Range(0, Scans).SelectMany(i => new[] { 1 + (i % 2), 1 + (i / 2 % 2) }.Distinct()
            .Select(server => people[server].RunAsync(Ct, "close", $"scan-{i}")))];
        await Task.WhenAny(closes);
        await servers[0].KillAsync();
        await Task.WhenAll(closes);
        await UntilDoneAsync(people[1], Scans);

        string[] results = await ResultsAsync(people[1]);
        Assert.Equal(Enumerable.Range(0, Scans).Select(static i => $"scan-{i}-note").Order(), results);
    }

    [Fact]
    public async Task A_dataset_that_moved_starts_a_program_at_its_new_home_alone_and_a_copy_starts_none()
    {
        using TemporaryFolder folder = new();
        folder.Write("programs/note.yaml", Note.Replace("ENGINE", "local"));
        string[] options = ["--set", $"programs.folder={folder["programs"]}"];
        await using SiteProcess facility = new("facility", folder["facility"], [.. options, "--set", "server.name=facility"]);
        await using SiteProcess archive = new("archive", folder["archive"], options);
        await facility.StartZoneAsync(archive);
        await facility.RunAsync("program", "enable", "note", "--mine");
        await archive.RunAsync("program", "enable", "note", "--mine");
        await facility.RunShellAsync($"{Make("moved")} && {Make("copied")}");
        DatasetId moved = (await facility.Client.ResolveAsync("moved", Ct)).Id;
        DatasetId copied = (await facility.Client.ResolveAsync("copied", Ct)).Id;
        await facility.RunAsync("replicate", "copied", "--to", "archive");
        await facility.UntilCopyAsync(copied, "archive", static copy => copy.State == "complete");
        await facility.RunAsync("home", "moved", "--to", "archive");
        await facility.UntilAsync(client => client.GetCopiesAsync(moved, Ct), static copies => copies.Home == "archive");

        await archive.RunAsync("close", "moved");
        await facility.RunAsync("close", "copied");

        // What each site would have started comes before the result of a dataset that it closes afterwards.
        foreach (SiteProcess site in new[] { facility, archive })
        {
            await site.RunShellAsync($"{Make($"last-{site.Name}")} && hutch close last-{site.Name}");
            await site.RunShellAsync($"until hutch info last-{site.Name}-note; do sleep 0.1; done");
        }

        Assert.Equal(["copied-note", "last-facility-note"], await ResultsAsync(facility, "facility"));
        Assert.Equal(["last-archive-note", "moved-note"], await ResultsAsync(facility, "archive"));
    }

    [Fact]
    public async Task A_restored_backup_starts_nothing_again_and_gives_up_what_was_due()
    {
        using TemporaryFolder folder = new();
        folder.Write("programs/note.yaml", Note.Replace("ENGINE", "local"));
        folder.Write("programs/later.yaml", Note.Replace("ENGINE", "away"));
        string[] options = ["--set", $"programs.folder={folder["programs"]}"];
        await using (ServerProcess server = await ServerProcess.StartReadyAsync(folder["data"], Ct, options))
        {
            Account before = new(server, "admin", await server.ReadAdminTokenAsync(Ct), folder["before"]);
            (await before.RunShellAsync("hutch program enable note --mine && hutch program enable later --mine", Ct)).AssertDone();
            (await before.RunShellAsync($"{Make("scan")} && hutch close scan", Ct)).AssertDone();
            await UntilDoneAsync(before, 1);

            // The engine 'away' is not there, so that one start is still due in the backup.
            (await before.RunShellAsync($"hutch backup create {folder["backup"]} --data {folder["data"]} --with-keys", Ct)).AssertDone();
        }

        folder.Write("programs/later.yaml", Note.Replace("ENGINE", "local"));
        CommandLine operatorOf = new(folder["home"], folder["work"]);
        Directory.CreateDirectory(folder["work"]);
        (await operatorOf.RunAsync(Ct, "backup", "restore", folder["backup"], "--data", folder["restored"])).AssertDone();
        await using ServerProcess restored = await ServerProcess.StartReadyAsync(folder["restored"], Ct, options);
        string token = await File.ReadAllTextAsync(Path.Combine(folder["data"], "admin.token"), Ct);
        Account after = new(restored, "admin", token.Trim(), folder["after"]);
        (await after.RunShellAsync($"{Make("next")} && hutch close next", Ct)).AssertDone();
        await UntilDoneAsync(after, 3);

        Assert.Equal(["next-later", "next-note", "scan-note"], await ResultsAsync(after));
    }

    private static string Make(string name) =>
        $"mkdir {name} && cd {name} && echo {name} > a && hutch init --name {name} --type mx && hutch push --quiet && cd ..";

    private static async Task UntilDoneAsync(Account account, int count)
    {
        string command = $"until [ $(hutch runs list -n 200 --json | jq -r .state | grep -c done) -ge {count} ]; do sleep 0.2; done";
        (await account.RunShellAsync(command, Ct)).AssertDone();
    }

    private static async Task<string[]> ResultsAsync(Account account) => Lines(
        (await account.RunShellAsync("hutch list --json | jq -r 'select(.type == \"table\") | .name' | sed s,.*/,,", Ct)).AssertDone().Output);

    private static async Task<string[]> ResultsAsync(SiteProcess site, string home) => Lines(await site.RunShellAsync(
        $"hutch list --json | jq -r 'select(.type == \"table\") | .name' | while read i; do hutch info $i --json | jq -r 'select(.home == \"{home}\") | .name'; done | sed s,.*/,,"));

    private static string[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}

using Hutch.Client;
using Hutch.EndToEnd.Tests.Cluster;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.EndToEnd.Tests.Sites;
using Hutch.Model;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Programs that start by themselves, where a second start would be easy.</summary>
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

    private const string Results = "hutch list --json | jq -r 'select(.type == \"table\") | .name' | sed s,.*/,,";

    // For an open dataset, once it has a file.
    private static readonly string Early = Note.Replace("state: closed", "state: open").Replace("when: closed", "when: {files: a, count: 1}");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

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
            await before.UntilRunsDoneAsync(1, Ct);

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
        await after.UntilRunsDoneAsync(3, Ct);

        Assert.Equal(["next-later", "next-note", "scan-note"], await ResultsAsync(after));
    }

    [Fact]
    public async Task Servers_that_share_a_site_start_a_program_once_on_each_dataset_though_the_one_that_starts_them_is_killed()
    {
        using TemporaryFolder folder = new();
        folder.Write("programs/note.yaml", Note.Replace("ENGINE", "local"));
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        string[] options = ["--set", $"programs.folder={folder["programs"]}", "--set", "programs.silentSeconds=10"];
        ServerProcess[] servers = await site.AddAsync(3, Ct, options);
        ServerProcess first = servers.First(static server => File.Exists(Path.Combine(server.DataFolder, "admin.token")));
        string token = await first.ReadAdminTokenAsync(Ct);
        Account[] at = [.. servers.Select((server, i) => new Account(server, "admin", token, folder[$"admin-{i}"]))];
        string[] names = [.. Enumerable.Range(0, 4).Select(static i => $"scan-{i}")];
        (await at[0].RunShellAsync("hutch program enable note --mine", Ct)).AssertDone();
        foreach (string name in names)
        {
            (await at[0].RunShellAsync(Make(name), Ct)).AssertDone();
        }

        string killed = (await at[0].RunShellAsync(
            "until hutch servers --json | jq -er '.servers[] | select(.jobs | index(\"programs\")) | .address' | sed s,/$,,; do sleep 0.1; done", Ct))
            .AssertDone().Output.Trim();
        int victim = Array.FindIndex(servers, server => server.Address.GetLeftPart(UriPartial.Authority) == killed);
        Account other = at[(victim + 1) % 3];
        (await Task.WhenAll(names.Select((name, i) => at[i % 3].RunShellAsync($"hutch close {name}", Ct)))).ToList()
            .ForEach(static closed => closed.AssertDone());
        await other.UntilRunsDoneAsync(1, Ct);
        await servers[victim].KillAsync();
        await other.UntilRunsDoneAsync(names.Length, Ct);

        // Closes are processed in their order: a second start for an earlier dataset would come before the one for this dataset.
        (await other.RunShellAsync($"{Make("last")} && hutch close last", Ct)).AssertDone();
        await other.UntilRunsDoneAsync(names.Length + 1, Ct);
        string[] expected = ["last-note", .. names.Select(static name => name + "-note")];
        Assert.Equal(expected, await ResultsAsync(other));
        Assert.Equal(names.Length + 1, Lines((await other.RunShellAsync("hutch runs list -n 200 --json | jq -r .id", Ct)).AssertDone().Output).Length);
    }

    [Fact]
    public async Task A_dataset_whose_home_moves_starts_nothing_again_at_its_new_home()
    {
        using TemporaryFolder folder = new();
        folder.Write("programs/note.yaml", Note.Replace("ENGINE", "local"));
        folder.Write("programs/early.yaml", Early.Replace("ENGINE", "local"));
        string[] options = ["--set", $"programs.folder={folder["programs"]}"];
        await using SiteProcess facility = new("facility", folder["facility"], [.. options, "--set", "server.name=facility"]);
        await using SiteProcess archive = new("archive", folder["archive"], options);
        await facility.StartZoneAsync(archive);
        foreach (SiteProcess site in (SiteProcess[])[facility, archive])
        {
            await site.RunShellAsync("hutch program enable note --mine && hutch program enable early --mine");
        }

        await facility.RunShellAsync($"{Make("closed")}; {Make("open")}");
        await UntilRunsDoneAsync(facility, 2);
        DatasetId closed = (await facility.Client.ResolveAsync("closed", Ct)).Id;
        DatasetId open = (await facility.Client.ResolveAsync("open", Ct)).Id;
        await facility.RunAsync("close", "closed");
        await UntilRunsDoneAsync(facility, 3);
        foreach (DatasetId moved in (DatasetId[])[closed, open])
        {
            await facility.RunAsync("replicate", moved.ToString(), "--to", "archive");
            await facility.UntilCopyAsync(moved, "archive", static copy => copy.State == "complete");
            await facility.RunAsync("home", moved.ToString(), "--to", "archive");
            await facility.UntilAsync(client => client.GetCopiesAsync(moved, Ct), static copies => copies.Home == "archive");
        }

        await archive.KillAsync();
        await archive.StartAsync();
        await archive.UntilAsync(client => client.GetDatasetAsync(open, Ct), static one => one.State == "open");
        await archive.RunShellAsync($"hutch close {open}");
        await archive.RunShellAsync(Make("next"));
        await UntilListedAsync(archive, "open-note", "next-early");
        await archive.RunAsync("close", "next");
        await UntilListedAsync(archive, "next-note");

        // The zone lists datasets of its sites a moment later.
        await UntilListedAsync(facility, "next-early", "next-note", "open-note");
        Assert.Equal(
            ["closed-early", "closed-note", "next-early", "next-note", "open-early", "open-note"], Lines(await facility.RunShellAsync(Results)));
    }

    private static string Make(string name) =>
        $"mkdir {name} && cd {name} && echo {name} > a && hutch init --name {name} --type mx && hutch push --quiet && cd ..";

    private static Task<int> UntilRunsDoneAsync(SiteProcess site, int count) => site.UntilAsync(
        static async client => await client.ListRunsAsync(null, ct: Ct).CountAsync(static run => run.State == "done", Ct), done => done >= count);

    /// <summary>Waits until a site lists so many results of these names.</summary>
    private static Task<List<string>> UntilListedAsync(SiteProcess site, params string[] names) => site.UntilAsync(
        static async client => await client.ListDatasetsAsync(ct: Ct).Select(static one => one.Slug).ToListAsync(Ct),
        slugs => names.All(slugs.Contains));

    private static async Task<string[]> ResultsAsync(Account account) => Lines((await account.RunShellAsync(Results, Ct)).AssertDone().Output);

    private static string[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}

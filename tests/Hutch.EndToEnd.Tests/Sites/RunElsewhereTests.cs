using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>A program that starts by itself at a facility and runs at a compute site: two real servers, which are killed on the way.</summary>
public sealed class RunElsewhereTests : IAsyncLifetime
{
    private const string Table = """
        title: Table of a scan
        version: "1"
        accepts: {types: [mx]}
        command: [sh, -c, 'sleep 1; cat "$1/a" > "$2/copy"', sh, "{input}", "{output}"]
        requires: [copy]
        site: compute
        when: closed
        """;

    private readonly TemporaryFolder _folder = new();
    private SiteProcess _facility = null!;
    private SiteProcess _compute = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string programs = Directory.CreateDirectory(_folder["programs"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(programs, "table.yaml"), Table, Ct);
        await File.WriteAllTextAsync(
            Path.Combine(programs, "anywhere.yaml"), Table.Replace("site: compute\nwhen: closed", "site: auto", StringComparison.Ordinal), Ct);
        string[] offers = ["--set", $"programs.folder={programs}"];
        _facility = new SiteProcess("facility", _folder["facility"], ["--set", "server.name=facility", .. offers]);
        _compute = new SiteProcess("compute", _folder["compute"], offers);
        await _facility.StartZoneAsync(_compute);
    }

    public async ValueTask DisposeAsync()
    {
        await _compute.DisposeAsync();
        await _facility.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_close_runs_a_program_once_at_the_other_site_though_both_servers_are_killed_around_the_hand_over()
    {
        DatasetId scan = await PushAsync("scan");
        await _facility.RunShellAsync("hutch program enable table scan; hutch replicate scan --to compute");
        await _facility.UntilCopyAsync(scan, "compute", static copy => copy.State == "complete");
        await _compute.KillAsync();
        await _facility.RunAsync("close", "scan");
        await UntilWaitsAsync(scan);
        await KillAsync(_facility);
        await UntilWaitsAsync(scan);
        string waits = await _facility.RunAsync("program", "list", "scan");
        await _compute.StartAsync();
        foreach (int milliseconds in (int[])[0, 700])
        {
            await Task.Delay(milliseconds, Ct);
            await KillAsync(_facility);
            await KillAsync(_compute);
        }

        List<RunInfo> runs = await _compute.UntilAsync(
            async client => await client.ListRunsAsync(scan, ct: Ct).ToListAsync(Ct), static all => all.Any(one => one.State == "done"));
        RunInfo run = Assert.Single(runs);
        await _facility.UntilAsync(async client => await client.GetRunAsync(run.Id, Ct), static one => one is { State: "done", Site: "compute" });

        Assert.Matches("Waits for compute. .*Cannot reach", waits);
        Assert.Contains("at compute", await _facility.RunAsync("runs", "list", "scan"), StringComparison.Ordinal);
        Assert.Equal("1\n", await _facility.RunShellAsync($"hutch runs list scan --json | grep -c {run.Id}"));
        Assert.Equal("one\n", await _facility.RunShellAsync("hutch stage scan-table out >/dev/null && cat out/copy"));

        // By hand, `auto` runs where the bytes are, and the person watches it from the other site.
        DatasetId other = await PushAsync("other");
        await _facility.RunAsync("close", "other");
        await _compute.UntilAsync(static client => client.ResolveAsync("other", Ct), static _ => true);
        string ran = await _compute.RunAsync("program", "run", "anywhere", "other", "--watch");
        string refused = await _facility.RunShellAsync("hutch program run anywhere other --site compute 2>&1 || echo refused");
        Assert.Contains("waits at facility; its results will be admin/other-anywhere", ran, StringComparison.Ordinal);
        Assert.Contains("is done", ran, StringComparison.Ordinal);
        Assert.Contains("It has no whole copy of 'admin/other'", refused, StringComparison.Ordinal);
        Assert.EndsWith("refused\n", refused, StringComparison.Ordinal);
        Assert.Equal("facility", (await _facility.Client.GetCopiesAsync(other, Ct)).Home);
    }

    private async Task<DatasetId> PushAsync(string name)
    {
        string made = await _facility.RunShellAsync(
            $"mkdir {name}; cd {name}; echo one > a; hutch init --name {name} --type mx --json; hutch push --quiet >../pushed");
        return JsonSerializer.Deserialize(made, HutchJson.Default.DatasetInfo)!.Id;
    }

    private Task<List<ProgramInfo>> UntilWaitsAsync(DatasetId dataset) => _facility.UntilAsync(
        async client => await client.ListProgramsAsync(dataset, Ct).ToListAsync(Ct),
        static all => all.Any(static one => one.Waits is { } waits
            && waits.StartsWith("Waits for compute. ", StringComparison.Ordinal) && waits.Contains("Cannot reach", StringComparison.Ordinal)));

    private static async Task KillAsync(SiteProcess site)
    {
        await site.KillAsync();
        await site.StartAsync();
    }
}

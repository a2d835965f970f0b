using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Programs;

/// <summary>Programs that start by themselves at the home of a dataset, and run at another site.</summary>
public sealed class StartElsewhereTests : IAsyncLifetime
{
    private const string Fit = """
        title: Fit of a scan
        version: "1"
        command: [fit, "{input}", "{output}"]
        engine: far
        when: closed
        output: {type: table}
        accepts: {types: [mx]}
        site:
        """;

    private readonly PlayedPrograms _near = new();
    private readonly PlayedPrograms _far = new("far");
    private SiteServer _zone = null!;
    private SiteServer _compute = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (PlayedPrograms site in (PlayedPrograms[])[_near, _far])
        {
            await site.WriteAsync("moved", Document("compute"));
            await site.WriteAsync("anywhere", Document("auto"));
            await site.WriteAsync("back", Document("facility").Replace("engine: far\n", "", StringComparison.Ordinal));
        }

        _zone = await SiteServer.StartAsync(programs: _near);
        _compute = await SiteServer.StartAsync("new", programs: _far);
        await _compute.JoinAsync(_zone, "compute");
    }

    public async ValueTask DisposeAsync()
    {
        await _compute.DisposeAsync();
        await _zone.DisposeAsync();
        _near.Delete();
        _far.Delete();
    }

    [Theory]
    [InlineData("moved", "Waits for compute.", "has no whole copy")]
    [InlineData("anywhere", "Waits. No site with the bytes", "no engine 'far'")]
    public async Task A_close_at_the_home_starts_it_once_at_the_other_site_when_the_copy_is_there(
        string program, string begin, string reason)
    {
        DatasetId scan = await MakeAsync();
        await _zone.Admin.EnableProgramAsync(program, new EnableProgram { Dataset = scan }, Ct);
        await _zone.Admin.CloseDatasetAsync(scan, new CloseDataset(), Ct);
        string waits = await UntilWaitsAsync(scan, program, reason);
        await CopyAsync(scan);
        RunInfo run = await UntilStartedAsync(scan);
        RunInfo there = await _compute.Admin.GetRunAsync(run.Id, Ct);
        await _far.ComputeAsync(_compute, there, ("fit.txt", "2"));

        Assert.StartsWith(begin, waits, StringComparison.Ordinal);
        Assert.Equal("done", (await _zone.Admin.GetRunAsync(run.Id, Ct)).State);
        Assert.Equal((1, 0), (_far.Submitted, _near.Submitted));
        Assert.Null((await ProgramAsync(scan, program)).Waits);
    }

    [Fact]
    public async Task A_start_waits_while_the_other_site_is_away_and_happens_once_though_the_home_restarts()
    {
        DatasetId scan = await MakeAsync();
        await CopyAsync(scan);
        await _zone.Admin.EnableProgramAsync("moved", new EnableProgram { Dataset = scan }, Ct);
        await _compute.StopAsync();
        await _zone.Admin.CloseDatasetAsync(scan, new CloseDataset(), Ct);
        await UntilWaitsAsync(scan, "moved", "Cannot reach");
        await _zone.RestartAsync();
        await UntilWaitsAsync(scan, "moved", "Cannot reach");
        await _compute.StartAgainAsync();
        RunInfo run = await UntilStartedAsync(scan);
        await _zone.RestartAsync();

        Assert.Equal(run.Id, Assert.Single(await _zone.Admin.ListRunsAsync(scan, ct: Ct).ToListAsync(Ct)).Id);
        Assert.Equal(run.Id, Assert.Single(await _compute.Admin.ListRunsAsync(scan, ct: Ct).ToListAsync(Ct)).Id);
    }

    [Fact]
    public async Task A_start_whose_document_differs_waits_until_both_sites_have_the_same()
    {
        await _far.WriteAsync("moved", Document("compute").Replace("\"1\"", "\"2\"", StringComparison.Ordinal));
        await _compute.RestartAsync();
        DatasetId scan = await MakeAsync();
        await CopyAsync(scan);
        await _zone.Admin.EnableProgramAsync("moved", new EnableProgram { Dataset = scan }, Ct);
        await _zone.Admin.CloseDatasetAsync(scan, new CloseDataset(), Ct);
        await UntilWaitsAsync(scan, "moved", "their documents differ");
        await _far.WriteAsync("moved", Document("compute"));
        RunInfo run = await UntilStartedAsync(scan);

        Assert.Equal("compute", run.Site);
    }

    [Fact]
    public async Task A_start_of_a_joined_site_waits_for_the_site_of_the_zone_and_happens_once()
    {
        DatasetInfo scan = await _compute.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan", Type = "mx" }, Ct);
        await _compute.Admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await _zone.Admin.RequestCopyAsync(scan.Id, new AskCopy { Site = "facility" }, Ct);
        await Copied.UntilAsync(_zone.Admin, scan.Id, "facility", static copy => copy.State == "complete");
        await _compute.Admin.EnableProgramAsync("back", new EnableProgram { Dataset = scan.Id }, Ct);
        await _zone.StopAsync();
        await _compute.Admin.CloseDatasetAsync(scan.Id, new CloseDataset(), Ct);
        string waits = await UntilWaitsAsync(scan.Id, "back", "Cannot reach", _compute);
        await _zone.StartAgainAsync();
        RunInfo run = await UntilStartedAsync(scan.Id, _compute);

        Assert.StartsWith("Waits for the site of the zone.", waits, StringComparison.Ordinal);
        Assert.Equal("facility", run.Site);
        Assert.Equal("queued", (await _compute.Admin.GetRunAsync(run.Id, Ct)).State);
        Assert.Equal(run.Id, Assert.Single(await _zone.Admin.ListRunsAsync(scan.Id, ct: Ct).ToListAsync(Ct)).Id);
        Assert.Equal(1, _near.Submitted);
    }

    private static string Document(string site) => Fit + " " + site;

    private async Task<DatasetId> MakeAsync()
    {
        DatasetInfo made = await _zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan", Type = "mx" }, Ct);
        await _zone.Admin.PutEntryAsync(made.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        return made.Id;
    }

    private async Task CopyAsync(DatasetId id)
    {
        await _zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "compute" }, Ct);
        await Copied.UntilCompleteAsync(_zone.Admin, id, "compute", 1);
    }

    private async Task<ProgramInfo> ProgramAsync(DatasetId scan, string program, SiteServer? home = null) =>
        await (home ?? _zone).Admin.ListProgramsAsync(scan, Ct).SingleAsync(one => one.Name == program, Ct);

    private async Task<string> UntilWaitsAsync(DatasetId scan, string program, string reason, SiteServer? home = null)
    {
        while (true)
        {
            if ((await ProgramAsync(scan, program, home)).Waits is { } waits && waits.Contains(reason, StringComparison.Ordinal))
            {
                return waits;
            }

            await Task.Delay(50, Ct);
        }
    }

    private async Task<RunInfo> UntilStartedAsync(DatasetId scan, SiteServer? home = null)
    {
        while (true)
        {
            if (await (home ?? _zone).Admin.ListRunsAsync(scan, ct: Ct).FirstOrDefaultAsync(Ct) is { } run)
            {
                return run;
            }

            await Task.Delay(50, Ct);
        }
    }
}

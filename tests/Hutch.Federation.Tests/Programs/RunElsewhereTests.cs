using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Programs;

/// <summary>Programs that are asked for at one site and run at another: a zone with data, and a compute site with an engine and a copy.</summary>
public sealed class RunElsewhereTests : IAsyncLifetime
{
    private const string Fit = """
        title: Fit of a scan
        version: "1"
        command: [fit, "{input}", "{output}"]
        engine: far
        """;

    private const string Portal = "https://hutch.example.org";

    private readonly PlayedPrograms _near = new();
    private readonly PlayedPrograms _far = new("far");
    private SiteServer _zone = null!;
    private SiteServer _compute = null!;
    private DatasetId _scan;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await OfferAsync("fit", Fit);
        await OfferAsync("typed", Fit + "\noutput: {type: table}");
        await OfferAsync("moved", Fit + "\nsite: compute");
        await OfferAsync("anywhere", Fit.Replace("engine: far", "site: auto", StringComparison.Ordinal));
        await _near.WriteAsync("differs", Fit);
        await _far.WriteAsync("differs", Fit.Replace("\"1\"", "\"2\"", StringComparison.Ordinal));
        await _near.WriteAsync("lonely", Fit);
        _zone = await SiteServer.StartAsync(publicUrl: new Uri(Portal), programs: _near);
        _compute = await SiteServer.StartAsync("new", programs: _far);
        await _compute.JoinAsync(_zone, "compute");
        _scan = await MakeAsync("scan");
    }

    public async ValueTask DisposeAsync()
    {
        await _compute.DisposeAsync();
        await _zone.DisposeAsync();
        _near.Delete();
        _far.Delete();
    }

    [Fact]
    public async Task A_start_with_auto_runs_at_the_site_with_a_copy_and_is_seen_where_it_was_asked_for()
    {
        await CopyAsync(_scan);
        RunInfo run = await StartAsync("fit", _scan, "auto");
        RunInfo waiting = await UntilQueuedAsync(_zone, run);
        DatasetId results = await _far.ComputeAsync(_compute, run, ("fit.txt", "2"));

        Assert.Equal(("compute", "admin/scan-fit"), (run.Site, run.Names![run.Outputs[0].ToString()]));
        Assert.Equal(("compute", "queued"), (waiting.Site, waiting.State));
        Assert.Equal(results, run.Outputs[0]);
        Assert.Equal("done", (await _zone.Admin.GetRunAsync(run.Id, Ct)).State);
        Assert.Equal("compute", (await _zone.Admin.GetCopiesAsync(results, Ct)).Home);
        RunInfo listed = Assert.Single(await _zone.Admin.ListRunsAsync(_scan, ct: Ct).ToListAsync(Ct));
        Assert.Equal((run.Id, "compute", "handed-over"), (listed.Id, listed.Site, listed.State));
        Assert.Equal(0, _near.Submitted);
    }

    [Fact]
    public async Task Auto_prefers_the_site_that_is_asked_and_finds_the_bytes_from_another_one()
    {
        await CopyAsync(_scan);
        DatasetId alone = await MakeAsync("alone");
        await UntilSeenAsync(alone);

        // The program of the zone has an engine there, and none at the other site.
        RunInfo here = await StartAsync("anywhere", _scan, null);
        RunInfo there = await _compute.Admin.StartProgramAsync("anywhere", new StartProgram { Input = alone }, Ct);

        Assert.Null(here.Site);
        Assert.Equal("facility", there.Site);
        Assert.Equal("facility", (await UntilQueuedAsync(_compute, there)).Site);
        Assert.Equal("queued", (await _zone.Admin.GetRunAsync(there.Id, Ct)).State);
    }

    [Fact]
    public async Task Runs_that_were_handed_over_follow_a_full_last_page()
    {
        await CopyAsync(_scan);
        RunInfo here = await StartAsync("anywhere", _scan, null);
        RunInfo handed = await StartAsync("fit", _scan, "auto");
        List<string[]> pages = await Copied.RunPagesAsync(_zone.Address, _zone.AdminToken, _scan, 1);

        Assert.Equal([[here.Id], [handed.Id]], pages);
    }

    [Fact]
    public async Task A_site_is_refused_that_lacks_the_program_the_copy_or_the_same_document()
    {
        HutchError lacking = await RefusedAsync("fit", "compute");
        HutchError nowhere = await RefusedAsync("fit", "auto");
        await CopyAsync(_scan);
        HutchError differs = await RefusedAsync("differs", "compute");
        HutchError lonely = await RefusedAsync("lonely", "compute");
        HutchError unknown = await RefusedAsync("fit", "mars");
        HutchError other = await RefusedAsync("moved", "facility");

        Assert.Equal(ErrorCode.Unavailable, lacking.Code);
        Assert.Contains("It has no whole copy of 'admin/scan'", lacking.Message, StringComparison.Ordinal);
        Assert.Contains("No site with the bytes of admin/scan can run the program 'fit'", nowhere.Message, StringComparison.Ordinal);
        Assert.Contains("facility: This server has no engine 'far'", nowhere.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Unavailable, differs.Code);
        Assert.Contains("their documents differ", differs.Message, StringComparison.Ordinal);
        Assert.Contains("There is no program 'lonely'", lonely.Message, StringComparison.Ordinal);
        Assert.Contains("There is no site 'mars'", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("runs at the site compute, as its document says", other.Message, StringComparison.Ordinal);
        Assert.Equal(0, _far.Submitted);
    }

    [Fact]
    public async Task A_rule_that_keeps_input_or_results_from_a_site_keeps_the_program_from_it()
    {
        await CopyAsync(_scan);
        await _zone.Admin.AddRuleAsync(new AddRule { Rule = "serve where site=facility", Type = "table" }, Ct);
        RunInfo run = await UntilTypeIsKnownAsync();
        HutchError results = await RefusedAsync("typed", "auto");
        await _zone.Admin.AddRuleAsync(_scan, new AddDatasetRule { Rule = "serve where site=facility" }, Ct);
        HutchError named = await RefusedAsync("fit", "compute");
        HutchError chosen = await RefusedAsync("fit", "auto");

        Assert.Equal("compute", run.Site);
        Assert.Contains("A rule ('serve where site=facility') keeps its results away", results.Message, StringComparison.Ordinal);
        Assert.Contains("A rule (`serve where`) keeps its input away from this site", named.Message, StringComparison.Ordinal);
        Assert.Contains("A rule (`serve where`) keeps its input away from this site", chosen.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_needs_the_rights_and_a_token_for_the_other_site()
    {
        await CopyAsync(_scan);
        CreatedUser ada = await _zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct);
        using HutchClient person = _zone.With(ada.Token!);
        HutchError unseen = await RefusedAsync("fit", "compute", person);
        await _zone.Admin.PutGrantAsync(_scan, "user:ada", new PutGrant { Right = "derive" }, Ct);
        HutchError unknown = await RefusedAsync("fit", "compute", person);
        CreatedToken token = await person.CreateTokenAsync(new CreateToken { Site = "compute" }, Ct);
        using HutchClient there = _compute.With(token.Token!);
        await SiteServer.UntilKnownAsync(there);
        RunInfo run = await person.StartProgramAsync("fit", new StartProgram { Input = _scan, Site = "compute" }, Ct);

        Assert.Equal(ErrorCode.NotFound, unseen.Code);
        Assert.Contains("has no token for the site compute", unknown.Message, StringComparison.Ordinal);
        Assert.Equal("ada", (await there.GetRunAsync(run.Id, Ct)).User);
        Assert.Equal("ada/scan-fit", run.Names![run.Outputs[0].ToString()]);
    }

    /// <summary>C1: the start of a program asks for the consent to a login at the site, and what runs later does not.</summary>
    [Theory]
    [InlineData("compute")]
    [InlineData("auto")]
    public async Task The_start_at_another_site_needs_the_consent_of_its_person(string site)
    {
        await CopyAsync(_scan);
        await _zone.Admin.SetSitePortalAsync("compute", new SetSitePortal { Address = "https://compute.example.org" }, Ct);
        CreatedUser ada = await _zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct);
        await _zone.Admin.PutGrantAsync(_scan, "user:ada", new PutGrant { Right = "derive" }, Ct);
        using HutchClient person = _zone.With(ada.Token!);
        HutchError lacking = await RefusedAsync("fit", site, person);
        await _zone.AllowAsync("ada", "compute", "read");
        HutchError narrow = await RefusedAsync("fit", site, person);
        await _zone.AllowAsync("ada", "compute");
        RunInfo run = await person.StartProgramAsync("fit", new StartProgram { Input = _scan, Site = site }, Ct);

        Assert.Equal((ErrorCode.ConsentRequired, ErrorCode.ConsentRequired), (lacking.Code, narrow.Code));
        Assert.Equal(Portal + "/consent?site=compute", lacking.Details!["page"]);
        Assert.Contains(Portal + "/consent?site=compute", lacking.Code.Advice, StringComparison.Ordinal);
        Assert.Contains("You have not allowed the site compute to act for you.", lacking.Message, StringComparison.Ordinal);
        Assert.Contains("You have allowed the site compute less than that.", narrow.Message, StringComparison.Ordinal);
        Assert.Equal(("compute", "ada/scan-fit"), (run.Site, run.Names![run.Outputs[0].ToString()]));
    }

    private async Task OfferAsync(string name, string document)
    {
        await _near.WriteAsync(name, document);
        await _far.WriteAsync(name, document);
    }

    private async Task<DatasetId> MakeAsync(string name)
    {
        DatasetInfo made = await _zone.Admin.CreateDatasetAsync(new CreateDataset { Name = name }, Ct);
        await _zone.Admin.PutEntryAsync(made.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        await _zone.Admin.CloseDatasetAsync(made.Id, new CloseDataset(), Ct);
        return made.Id;
    }

    private async Task CopyAsync(DatasetId id)
    {
        await _zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "compute" }, Ct);
        await Copied.UntilCompleteAsync(_zone.Admin, id, "compute", 1);
    }

    /// <summary>Starts a program, when the zone knows the type of its input: until then each rule for a type applies to it.</summary>
    private async Task<RunInfo> UntilTypeIsKnownAsync()
    {
        while (true)
        {
            try
            {
                return await StartAsync("fit", _scan, "compute");
            }
            catch (HutchException e) when (e.Error.Message.Contains("serve where", StringComparison.Ordinal))
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private async Task UntilSeenAsync(DatasetId id)
    {
        while (true)
        {
            try
            {
                await _compute.Admin.GetDatasetAsync(id, Ct);
                return;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private Task<RunInfo> StartAsync(string program, DatasetId input, string? site) =>
        _zone.Admin.StartProgramAsync(program, new StartProgram { Input = input, Site = site }, Ct);

    // The site that handed a run over passes requests on when it has heard of the results' home.
    private static async Task<RunInfo> UntilQueuedAsync(SiteServer at, RunInfo run)
    {
        RunInfo seen = await at.Admin.GetRunAsync(run.Id, Ct);
        while (seen.State == "handed-over")
        {
            await Task.Delay(20, Ct);
            seen = await at.Admin.GetRunAsync(run.Id, Ct);
        }

        Assert.Equal("queued", seen.State);
        return seen;
    }

    private async Task<HutchError> RefusedAsync(string program, string site, HutchClient? person = null) =>
        (await Assert.ThrowsAsync<HutchException>(() => (person ?? _zone.Admin).StartProgramAsync(
            program, new StartProgram { Input = _scan, Site = site }, Ct))).Error;
}

using System.Text.Json;
using Hutch.Datasets.Analyses;
using Hutch.Datasets.Registry;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Processing;
using Hutch.Processing.Runs;
using Hutch.Site.Tests.Sites;
using Hutch.Zone.Authorization;
using Hutch.Zone.Tests.Accounts;
using FrameResult = Hutch.Processing.Runs.FrameResult;

namespace Hutch.Datasets.Tests.Analyses;

public sealed partial class AnalysisServiceTests
{
    private static readonly ParameterDeclaration Resolution = new()
    {
        Name = "dMin",
        Title = "dMin",
        Kind = ValueKind.Number,
        Description = "A limit.",
        ExclusiveMinimum = 0,
    };

    private static readonly StepDeclaration Spots = new()
    {
        Name = "spots",
        Title = "Spot finding",
        Description = "Finds spots.",
        Program = "test/spots",
        OutputSuffix = "spots",
        OutputTitle = "Spots",
        Parameters =
        [
            new()
            {
                Name = "algorithm", Title = "Algorithm", Kind = ValueKind.Text, Description = "A rule.",
                Choices = ["dispersion"], Default = JsonElement.Parse("\"dispersion\""),
            },
            Resolution,
            Resolution with { Name = "dMax" },
        ],
        Columns = [],
    };

    private static readonly StepDeclaration Bins = new()
    {
        Name = "bins",
        Title = "Binning",
        Description = "Bins.",
        Program = "test/bins",
        Version = "7",
        OutputSuffix = "binned",
        OutputTitle = "Bins",
        OutputType = "volume",
        Parameters =
        [
            new() { Name = "factor", Title = "Factor", Kind = ValueKind.WholeNumber, Description = "A factor." },
            new() { Name = "note", Title = "Note", Kind = ValueKind.Text, Description = "A note." },
        ],
        Columns = [new() { Name = "bins", Title = "Bins", Kind = ValueKind.WholeNumber, Description = "Bins." }],
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_analysis_fixes_the_head_and_makes_a_run_and_a_dataset_that_say_everything()
    {
        await using Fixture f = await Fixture.OpenAsync();

        StartedAnalysis started = (await f.Services.Analyses.StartAsync(f.Anna, f.Input.Id, With("dMax", "40"), Ct)).Value;
        DatasetDescription output = (await f.Services.Datasets.GetAsync(f.Anna, started.Output.Dataset, Ct)).Value;
        VisibleRun seen = (await f.Services.Runs.GetAsync(f.Anna, started.Run, Ct)).Value;
        SiteRun run = seen.Run;

        Assert.Equal(("anna/lysozyme-spots", 2L, 1L), (started.Output.FullName, started.Frames, started.Snapshot));
        Assert.Equal(("following", "open", "anna"), (output.Kind, output.State, output.Name.Owner.Name));
        Assert.Equal(f.Input.Id, Assert.Single(output.Parents).Id);
        Assert.Equal(("test/spots", "running", "anna"), (run.Description.Program, run.State, run.Description.User));
        Assert.Equal("hutch analyse anna/lysozyme@1 --d-max 40", run.Description.Command);
        Assert.True(seen.IsWhole);
        Assert.Equal(f.Anna.CredentialId, run.Description.Token);
        Assert.Equal((f.Input.Id, 1L), (run.Inputs[0].Dataset, run.Inputs[0].Snapshot));
        Assert.Equal([started.Output.Dataset], run.Outputs);
        Assert.Equal(40, run.Description.Parameters!.Value.GetProperty("dMax").GetDouble());
    }

    [Fact]
    public async Task Each_analysis_has_a_dataset_of_its_own_and_a_name_that_is_asked_for_is_not_changed()
    {
        await using Fixture f = await Fixture.OpenAsync();

        List<string> names =
        [
            (await f.StartAsync(new AnalysisRequest())).Value.Output.FullName,
            (await f.StartAsync(new AnalysisRequest { Again = true })).Value.Output.FullName,
            (await f.StartAsync(new AnalysisRequest { Output = "mine" })).Value.Output.FullName,
        ];
        Result<StartedAnalysis> taken = await f.StartAsync(new AnalysisRequest { Output = "mine", Again = true });

        Assert.Equal(["anna/lysozyme-spots", "anna/lysozyme-spots-2", "anna/mine"], names);
        Assert.Equal(ErrorCode.AlreadyExists, taken.Error?.Code);
    }

    [Fact]
    public async Task The_same_analysis_again_is_the_run_that_is_done_or_under_way()
    {
        await using Fixture f = await Fixture.OpenAsync();
        StartedAnalysis first = (await f.StartAsync(new AnalysisRequest())).Value;

        StartedAnalysis underWay = (await f.StartAsync(With("algorithm", "\"dispersion\""))).Value;
        await f.Runs.FinishAsync(first.Run, RunOutcome.Done, null, null, null, Ct);
        StartedAnalysis done = (await f.StartAsync(new AnalysisRequest { Output = "lysozyme-spots" })).Value;
        Assert.Equal((true, false, false), (first.IsNew, underWay.IsNew, done.IsNew));
        Assert.Equal([first.Run, first.Run], [underWay.Run, done.Run]);
        Assert.Equal(("anna/lysozyme-spots", 1L, 2L), (done.Output.FullName, done.Snapshot, done.Frames));
        _ = (await f.Services.Lifecycle.CloseAsync(f.Anna, f.Input.Id, null, Ct)).Value; // another snapshot, with the same files
        Assert.Equal(first.Run, (await f.StartAsync(new AnalysisRequest())).Value.Run);
        Assert.Single((await f.Services.Reader.Runs.ListAsync(f.Anna, default, null, 10, Ct)).Value.Items);
    }

    [Fact]
    public async Task An_analysis_that_differs_in_anything_or_that_did_not_end_well_is_a_new_run()
    {
        await using Fixture f = await Fixture.OpenAsync();
        HashSet<Guid> runs = [(await f.StartAsync(new AnalysisRequest())).Value.Run];

        await NewAsync(new AnalysisRequest { Again = true });
        await NewAsync(With("dMax", "40"));
        await NewAsync(new AnalysisRequest { Output = "elsewhere" });
        await NewAsync(new AnalysisRequest { Step = "bins" });
        await NewAsync(new AnalysisRequest { Follow = true });
        await f.Site.PutAsync(f.Input.Id, "000003", "frame 3");
        Guid ofNext = await NewAsync(new AnalysisRequest());
        await f.Runs.FinishAsync(ofNext, RunOutcome.Failed, "no header", null, null, Ct);
        Guid afterFailure = await NewAsync(new AnalysisRequest());
        await f.Runs.StopAsync(afterFailure, "Stopped.", null, Ct);
        StartedAnalysis last = (await f.StartAsync(new AnalysisRequest())).Value;
        await f.Services.Lifecycle.TrashAsync(f.Anna, last.Output.Dataset, Ct);
        await NewAsync(new AnalysisRequest());

        async Task<Guid> NewAsync(AnalysisRequest wanted)
        {
            StartedAnalysis started = (await f.StartAsync(wanted)).Value;
            Assert.True(started.IsNew && runs.Add(started.Run));
            return started.Run;
        }
    }

    [Fact]
    public async Task An_analysis_that_follows_is_joined_while_it_does()
    {
        await using Fixture f = await Fixture.OpenAsync();
        var follow = new AnalysisRequest { Follow = true };
        Guid first = (await f.StartAsync(follow)).Value.Run;

        StartedAnalysis joined = (await f.StartAsync(follow)).Value;
        await f.Runs.FinishAsync(first, RunOutcome.Done, null, null, null, Ct);
        StartedAnalysis next = (await f.StartAsync(follow)).Value;

        Assert.Equal((first, false, true), (joined.Run, joined.IsNew, next.IsNew));
    }

    [Fact]
    public async Task Concurrent_starts_of_the_same_analysis_give_one_run_and_leave_no_unused_name()
    {
        await using Fixture f = await Fixture.OpenAsync();

        StartedAnalysis[] started = [.. (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => f.StartAsync(new AnalysisRequest()), Ct)))).Select(r => r.Value)];

        Assert.Single(started.Select(run => run.Run).Distinct());
        Assert.Single(started, run => run.IsNew);
        Assert.Single((await f.Services.Reader.Runs.ListAsync(f.Anna, default, null, 10, Ct)).Value.Items);
        Assert.Equal(2, (await f.Services.Datasets.ListAsync(f.Anna, new DatasetFilter { Limit = 10 }, Ct)).Value.Items.Count);
        Assert.Equal("anna/next", (await f.StartAsync(With("dMax", "1") with { Output = "next" })).Value.Output.FullName);
    }

    [Fact]
    public async Task A_run_whose_results_one_may_not_read_is_none_of_ones_own()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Caller ben = await f.Zone.UserAsync("ben");
        await f.ShareAsync("ben", Rights.Derive);
        StartedAnalysis annas = (await f.StartAsync(new AnalysisRequest())).Value;

        StartedAnalysis bens = (await f.Services.Analyses.StartAsync(ben, f.Input.Id, new AnalysisRequest(), Ct)).Value;
        await f.Zone.Services.Sharing.GrantAsync(ben, bens.Output.Dataset, PrincipalKind.User, "anna", Rights.Read, null, Ct);
        StartedAnalysis shared = (await f.StartAsync(new AnalysisRequest())).Value;

        Assert.True(bens.IsNew);
        Assert.NotEqual(annas.Run, bens.Run);
        Assert.Equal((bens.Run, false), (shared.Run, shared.IsNew));
    }

    [Fact]
    public async Task A_run_can_be_stopped_by_its_starter_and_by_managers_of_its_datasets()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Caller ben = await f.Zone.UserAsync("ben");
        Caller cleo = await f.Zone.UserAsync("cleo");
        await f.ShareAsync("ben", Rights.Derive);
        await f.ShareAsync("cleo", Rights.Write);
        Guid own = await f.NewAsync(ben), ofInput = await f.NewAsync(ben);
        StartedAnalysis annas = (await f.StartAsync(new AnalysisRequest())).Value;

        Result<Done> writer = await f.Services.Runs.StopAsync(cleo, own, Ct);
        Result<Done> stranger = await f.Services.Runs.StopAsync(await f.Zone.UserAsync("dora"), own, Ct);
        Result<Done> other = await f.Services.Runs.StopAsync(ben, annas.Run, Ct);
        Assert.True((await f.Services.Runs.StopAsync(ben, own, Ct)).IsOk);
        Assert.True((await f.Services.Runs.StopAsync(f.Anna, ofInput, Ct)).IsOk);
        await f.Zone.Services.Sharing.GrantAsync(f.Anna, annas.Output.Dataset, PrincipalKind.User, "cleo", Rights.Manage, null, Ct);
        Assert.True((await f.Services.Runs.StopAsync(cleo, annas.Run, Ct)).IsOk);
        Result<Done> again = await f.Services.Runs.StopAsync(ben, own, Ct);

        Assert.Equal([ErrorCode.Forbidden, ErrorCode.NotFound, ErrorCode.Forbidden], new[] { writer, stranger, other }.Select(result => result.Error?.Code));
        Assert.Equal((ErrorCode.Conflict, $"The run {own:N} has ended already (cancelled): there is nothing to stop."), (again.Error?.Code, again.Error?.Message));
        SiteRun stopped = (await f.Services.Runs.GetAsync(ben, own, Ct)).Value.Run;
        Assert.Equal(("cancelled", "Stopped by ben."), (stopped.State, stopped.Message));
    }

    [Fact]
    public async Task A_closed_dataset_gives_a_derived_one_and_is_not_followed()
    {
        await using Fixture f = await Fixture.OpenAsync();
        await f.Services.Lifecycle.CloseAsync(f.Anna, f.Input.Id, null, Ct);

        StartedAnalysis started = (await f.StartAsync(new AnalysisRequest { Follow = true })).Value;

        Assert.Equal(1, started.Snapshot);
        Assert.Equal("derived", (await f.Services.Datasets.GetAsync(f.Anna, started.Output.Dataset, Ct)).Value.Kind);
    }

    [Fact]
    public async Task What_cannot_be_analysed_is_refused_with_words_and_leaves_no_name_behind()
    {
        await using Fixture f = await Fixture.OpenAsync();
        DatasetDescription empty = (await f.Services.Creation.CreateAsync(f.Anna, new RequestedDataset { Slug = Slug.Parse("empty").Value }, Ct)).Value;
        DatasetDescription headless = (await f.Services.Creation.CreateAsync(f.Anna, new RequestedDataset { Slug = Slug.Parse("headless").Value }, Ct)).Value;
        await f.Site.PutAsync(headless.Id, "000001", "frame");

        Result<StartedAnalysis>[] refused =
        [
            await f.Services.Analyses.StartAsync(f.Anna, empty.Id, new AnalysisRequest(), Ct),
            await f.Services.Analyses.StartAsync(f.Anna, headless.Id, new AnalysisRequest(), Ct),
            await f.StartAsync(With("algorithm", "\"magic\"")),
            await f.StartAsync(With("dMin", "-1")),
        ];

        Assert.All(refused, result => Assert.Equal(ErrorCode.Unprocessable, result.Error?.Code));
        Assert.Contains("no frame", refused[0].Error!.Message, StringComparison.Ordinal);
        Assert.Contains("'header'", refused[1].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.InvalidName, (await f.StartAsync(new AnalysisRequest { Output = "NO" })).Error?.Code);
        Assert.Equal(3, (await f.Services.Datasets.ListAsync(f.Anna, new DatasetFilter { Limit = 10 }, Ct)).Value.Items.Count);
        Assert.True((await f.Services.Analyses.StartAsync(f.Anna, empty.Id, new AnalysisRequest { Follow = true }, Ct)).IsOk);
    }

    [Fact]
    public async Task Starting_needs_read_and_derive_and_what_came_of_it_is_private()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Caller ben = await f.Zone.UserAsync("ben");

        Result<StartedAnalysis> stranger = await f.Services.Analyses.StartAsync(ben, f.Input.Id, new AnalysisRequest(), Ct);
        await f.ShareAsync("ben", Rights.Read);
        Result<StartedAnalysis> reader = await f.Services.Analyses.StartAsync(ben, f.Input.Id, new AnalysisRequest(), Ct);
        await f.ShareAsync("ben", Rights.Derive);
        Result<StartedAnalysis> deriver = await f.Services.Analyses.StartAsync(ben, f.Input.Id, new AnalysisRequest(), Ct);
        Result<ResultStream> results = await f.Services.Reader.Results.OpenAsync(f.Anna, deriver.Value.Output.Dataset, null, 0, false, Ct);

        Assert.Equal(ErrorCode.NotFound, stranger.Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, reader.Error?.Code);
        Assert.Equal("ben/lysozyme-spots", deriver.Value.Output.FullName);
        Assert.Equal(ErrorCode.NotFound, results.Error?.Code);
    }

    [Fact]
    public async Task Runs_and_lineage_show_only_what_may_be_seen()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Caller ben = await f.Zone.UserAsync("ben");
        StartedAnalysis started = (await f.StartAsync(new AnalysisRequest())).Value;
        Guid run = started.Run;

        Result<VisibleRun> hidden = await f.Services.Runs.GetAsync(ben, run, Ct);
        Batch<VisibleRun> none = (await f.Services.Reader.Runs.ListAsync(ben, default, null, 10, Ct)).Value;
        Result<VisibleLineage> lineage = await f.Services.Reader.Runs.LineageAsync(ben, f.Input.Id, Ct);
        await f.Zone.Services.Sharing.GrantAsync(f.Anna, started.Output.Dataset, PrincipalKind.User, "ben", Rights.Read, null, Ct);
        VisibleRun half = (await f.Services.Runs.GetAsync(ben, run, Ct)).Value;
        VisibleLineage ofResults = (await f.Services.Reader.Runs.LineageAsync(ben, started.Output.Dataset, Ct)).Value;

        Assert.Equal(ErrorCode.NotFound, hidden.Error?.Code);
        Assert.Empty(none.Items);
        Assert.Equal(ErrorCode.NotFound, lineage.Error?.Code);
        Assert.Empty(half.Run.Inputs);
        Assert.False(half.IsWhole);
        Assert.Equal([started.Output.Dataset], half.Run.Outputs);
        Assert.Empty(ofResults.Ancestors);
        Assert.Single(ofResults.Runs);
        Assert.Equal(started.Output.Dataset, Assert.Single((await f.Services.Reader.Runs.LineageAsync(f.Anna, f.Input.Id, Ct)).Value.Descendants).Id);
    }

    [Fact]
    public async Task Runs_are_listed_in_pages_newest_first()
    {
        await using Fixture f = await Fixture.OpenAsync();
        var started = new List<Guid>();
        for (int i = 0; i < 5; i++)
        {
            started.Add((await f.StartAsync(new AnalysisRequest { Again = true })).Value.Run);
        }

        var listed = new List<Guid>();
        string? cursor = null;
        do
        {
            Batch<VisibleRun> page = (await f.Services.Reader.Runs.ListAsync(f.Anna, new RunFilter(f.Input.Id), cursor, 2, Ct)).Value;
            listed.AddRange(page.Items.Select(seen => seen.Run.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(started.AsEnumerable().Reverse(), listed);
        Assert.Equal(ErrorCode.BadRequest, (await f.Services.Reader.Runs.ListAsync(f.Anna, default, "first", 2, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Runs_of_an_owner_are_those_on_its_datasets_that_the_caller_sees()
    {
        await using Fixture f = await Fixture.OpenAsync();
        await f.StartAsync(new AnalysisRequest());
        Caller ben = await f.Zone.UserAsync("ben");

        Assert.Single((await f.Services.Reader.Runs.ListAsync(f.Anna, new RunFilter(Owner: "anna"), null, 10, Ct)).Value.Items);
        Assert.Empty((await f.Services.Reader.Runs.ListAsync(f.Anna, new RunFilter(Owner: "ben"), null, 10, Ct)).Value.Items);
        Assert.Empty((await f.Services.Reader.Runs.ListAsync(ben, new RunFilter(Owner: "anna"), null, 10, Ct)).Value.Items);
    }

    [Fact]
    public async Task The_list_of_runs_does_not_reveal_the_owner_of_a_hidden_dataset()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Caller ben = await f.Zone.UserAsync("ben");
        DatasetDescription hidden = (await f.Services.Creation.CreateAsync(ben, new RequestedDataset { Slug = Slug.Parse("hidden").Value }, Ct)).Value;
        VersionReference[] inputs = [new(f.Input.Id, null, null), new(hidden.Id, null, null)];
        var description = new RunDescription("other", "1", null, null, null, "ben", null);
        await f.Runs.StartAsync(new NewRun { Id = Guid.NewGuid(), Description = description, Inputs = inputs }, Ct);

        Assert.Single((await f.Services.Reader.Runs.ListAsync(f.Anna, new RunFilter(Owner: "anna"), null, 10, Ct)).Value.Items);
        Assert.Empty((await f.Services.Reader.Runs.ListAsync(f.Anna, new RunFilter(Owner: "ben"), null, 10, Ct)).Value.Items);
        Assert.Single((await f.Services.Reader.Runs.ListAsync(ben, new RunFilter(Owner: "ben"), null, 10, Ct)).Value.Items);
    }

    [Fact]
    public async Task Results_are_streamed_to_the_end_of_the_run_and_say_how_it_ended()
    {
        await using Fixture f = await Fixture.OpenAsync();
        StartedAnalysis started = (await f.StartAsync(new AnalysisRequest())).Value;
        Guid run = started.Run;
        await f.AddAsync(run, started.Output.Dataset, """{"file-number":1,"n_spots_total":7}""");
        ResultStream stream = (await f.Services.Reader.Results.OpenAsync(f.Anna, started.Output.Dataset, run, 0, follow: true, Ct)).Value;
        var rows = new List<string>();

        await foreach (string row in stream.ReadAsync(Ct))
        {
            rows.Add(row);
            if (rows.Count == 1)
            {
                await f.AddAsync(run, started.Output.Dataset, """{"file-number":2,"error":"broken"}""");
                await f.Runs.FinishAsync(run, RunOutcome.Done, null, null, null, Ct);
            }
        }

        RunsOutcome end = await stream.EndAsync(Ct);
        Assert.Equal(["""{"file-number":1,"n_spots_total":7}""", """{"file-number":2,"error":"broken"}"""], rows);
        Assert.Equal(("done", 2L, 1L), (end.State, end.Frames, end.Failures));
        Assert.Equal(
            ErrorCode.NotFound,
            (await f.Services.Reader.Results.OpenAsync(f.Anna, f.Input.Id, run, 0, follow: false, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_step_determines_the_program_the_name_and_the_title_of_its_output()
    {
        await using Fixture f = await Fixture.OpenAsync();

        StartedAnalysis started = (await f.StartAsync(new AnalysisRequest
        {
            Step = "bins",
            Parameters = [new("factor", JsonElement.Parse("\"4\"")), new("note", JsonElement.Parse("\"it's mine\""))],
            Follow = true,
        })).Value;
        DatasetDescription output = (await f.Services.Datasets.GetAsync(f.Anna, started.Output.Dataset, Ct)).Value;
        RunDescription run = (await f.Services.Runs.GetAsync(f.Anna, started.Run, Ct)).Value.Run.Description;

        Assert.Equal(("anna/lysozyme-binned", "Bins of anna/lysozyme", "volume"), (started.Output.FullName, output.Record.Title, output.Record.Type));
        Assert.Same(Bins, started.Step);
        Assert.Equal(("test/bins", "7"), (run.Program, run.Version));
        Assert.Equal("""hutch analyse anna/lysozyme --step bins --parameter factor=4 --parameter note='it'\''s mine' --follow""", run.Command);
        Assert.Equal(["factor=4", "note=it's mine", "follow=True"], run.Parameters!.Value.EnumerateObject().Select(member => $"{member.Name}={member.Value}"));
    }

    [Fact]
    public async Task Parameters_are_checked_by_what_the_step_declares()
    {
        await using Fixture f = await Fixture.OpenAsync();
        AnalysisRequest limited = With("dMax", "40");

        RunDescription named = await f.RunAsync(limited with { Step = "spots" });
        RunDescription text = await f.RunAsync(With("dMax", "\"40\""));
        Result<StartedAnalysis>[] refused =
        [
            await f.StartAsync(new AnalysisRequest { Step = "magic" }),
            await f.StartAsync(limited with { Step = "bins" }),
            await f.StartAsync(limited with { Parameters = [.. limited.Parameters, .. limited.Parameters] }),
        ];

        Assert.Equal(named.Parameters!.Value.GetRawText(), text.Parameters!.Value.GetRawText());
        Assert.Equal(("test/spots", named.Command), (named.Program, text.Command));
        Assert.Equal(
            [
                "No worker offers an analysis step 'magic' at present. Steps: spots, bins.",
                "The step 'bins' has no parameter 'dMax'. It has factor, note.",
                "The parameter dMax is given twice.",
            ],
            refused.Select(result => result.Error?.Message));
        Assert.All(refused, result => Assert.Equal(ErrorCode.Unprocessable, result.Error?.Code));
    }

    [Fact]
    public async Task A_server_without_steps_says_so()
    {
        await using Fixture f = await Fixture.OpenAsync();
        var services = new RunningModules(f.Zone.Services, f.Site.Site, new StepCatalog([]));

        Result<StartedAnalysis> result = await services.Analyses.StartAsync(f.Anna, f.Input.Id, new AnalysisRequest(), Ct);

        Assert.Empty(services.Analyses.ListSteps(f.Anna, null).Value);
        Assert.Equal("This server has no analysis steps.", result.Error?.Message);
    }

    private static AnalysisRequest With(string parameter, string json) =>
        new() { Parameters = [new(parameter, JsonElement.Parse(json))] };

    private sealed class Fixture : IAsyncDisposable
    {
        public required TestZone Zone { get; init; }

        public required TestSite Site { get; init; }

        public RunRegistry Runs => new RunServices(Site.Site, TimeProvider.System).Registry;

        public required RunningModules Services { get; init; }

        public required Caller Anna { get; init; }

        public required DatasetDescription Input { get; init; }

        public static async Task<Fixture> OpenAsync()
        {
            TestZone zone = await TestZone.OpenAsync();
            TestSite site = await TestSite.OpenAsync();
            var services = new RunningModules(zone.Services, site.Site, new StepCatalog([Spots, Bins]));
            Caller anna = await zone.UserAsync("anna");
            DatasetDescription input = (await services.Creation.CreateAsync(anna, new RequestedDataset { Slug = Slug.Parse("lysozyme").Value }, Ct)).Value;
            await site.PutAsync(input.Id, "header", "{}");
            await site.PutAsync(input.Id, "000001", "frame 1");
            await site.PutAsync(input.Id, "000002", "frame 2");
            return new Fixture { Zone = zone, Site = site, Services = services, Anna = anna, Input = input };
        }

        public Task<Result<StartedAnalysis>> StartAsync(AnalysisRequest wanted) => Services.Analyses.StartAsync(Anna, Input.Id, wanted, Ct);

        public async Task<Guid> NewAsync(Caller caller) =>
            (await Services.Analyses.StartAsync(caller, Input.Id, new AnalysisRequest { Again = true }, Ct)).Value.Run;

        public async Task<RunDescription> RunAsync(AnalysisRequest wanted) =>
            (await Services.Runs.GetAsync(Anna, (await StartAsync(wanted)).Value.Run, Ct)).Value.Run.Description;

        public async Task ShareAsync(string user, Rights right) =>
            Assert.True((await Zone.Services.Sharing.GrantAsync(Anna, Input.Id, PrincipalKind.User, user, right, null, Ct)).IsOk);

        public async Task AddAsync(Guid run, DatasetId dataset, string row)
        {
            using var document = System.Text.Json.JsonDocument.Parse(row);
            long frame = document.RootElement.GetProperty("file-number").GetInt64();
            Assert.True((await Runs.AddResultsAsync(run, dataset, [new FrameResult(frame, document.RootElement.Clone())], Ct)).IsOk);
        }

        public async ValueTask DisposeAsync()
        {
            await Site.DisposeAsync();
            await Zone.DisposeAsync();
        }
    }
}

using System.Text.Json;
using Hutch.Datasets.Analyses;
using Hutch.Datasets.Registry;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Contracts;
using Hutch.Model.Records;
using Hutch.Model.Zone;
using Hutch.Site.Tests.Sites;
using Hutch.Zone.Authorization;
using Hutch.Zone.Tests.Accounts;
using FrameResult = Hutch.Site.Runs.FrameResult;

namespace Hutch.Datasets.Tests.Analyses;

public sealed class AnalysisServiceTests
{
    private static readonly StepParameter Resolution = new()
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

        AnalysisInfo started = (await f.Services.Analyses.StartAsync(f.Anna, f.Input.Id, new StartAnalysis { DMax = 40 }, Ct)).Value;
        DatasetInfo output = (await f.Services.Datasets.GetAsync(f.Anna, started.Dataset, Ct)).Value;
        RunInfo run = (await f.Services.Runs.GetAsync(f.Anna, Guid.Parse(started.Run), Ct)).Value;

        Assert.Equal(("anna/lysozyme-spots", 2L, 1L), (started.Name, started.Frames, started.Snapshot));
        Assert.Equal(("following", "open", "anna"), (output.Kind, output.State, output.Owner));
        Assert.Equal(f.Input.Id, Assert.Single(output.Parents).Id);
        Assert.Equal(("test/spots", "running", "anna"), (run.Program, run.State, run.User));
        Assert.Equal("hutch analyse anna/lysozyme@1 --algorithm dispersion --d-max 40", run.Command);
        Assert.Equal(f.Anna.CredentialId, run.Token);
        Assert.Equal((f.Input.Id, 1L), (run.Inputs[0].Dataset, run.Inputs[0].Snapshot));
        Assert.Equal([started.Dataset], run.Outputs);
        Assert.Equal(40, run.Parameters!.Value.GetProperty("dMax").GetDouble());
    }

    [Fact]
    public async Task Each_analysis_has_a_dataset_of_its_own_and_a_name_that_is_asked_for_is_not_changed()
    {
        await using Fixture f = await Fixture.OpenAsync();

        List<string?> names =
        [
            (await f.StartAsync(new StartAnalysis())).Value.Name,
            (await f.StartAsync(new StartAnalysis())).Value.Name,
            (await f.StartAsync(new StartAnalysis { Output = "mine" })).Value.Name,
        ];
        Result<AnalysisInfo> taken = await f.StartAsync(new StartAnalysis { Output = "mine" });

        Assert.Equal(["anna/lysozyme-spots", "anna/lysozyme-spots-2", "anna/mine"], names);
        Assert.Equal(ErrorCode.AlreadyExists, taken.Error?.Code);
    }

    [Fact]
    public async Task A_closed_dataset_gives_a_derived_one_and_is_not_followed()
    {
        await using Fixture f = await Fixture.OpenAsync();
        await f.Services.Lifecycle.CloseAsync(f.Anna, f.Input.Id, null, Ct);

        AnalysisInfo started = (await f.StartAsync(new StartAnalysis { Follow = true })).Value;

        Assert.Equal(1, started.Snapshot);
        Assert.Equal("derived", (await f.Services.Datasets.GetAsync(f.Anna, started.Dataset, Ct)).Value.Kind);
    }

    [Fact]
    public async Task What_cannot_be_analysed_is_refused_with_words_and_leaves_no_name_behind()
    {
        await using Fixture f = await Fixture.OpenAsync();
        DatasetInfo empty = (await f.Services.Creation.CreateAsync(f.Anna, new CreateDataset { Name = "empty" }, Ct)).Value;
        DatasetInfo headless = (await f.Services.Creation.CreateAsync(f.Anna, new CreateDataset { Name = "headless" }, Ct)).Value;
        await f.Site.PutAsync(headless.Id, "000001", "frame");

        Result<AnalysisInfo>[] refused =
        [
            await f.Services.Analyses.StartAsync(f.Anna, empty.Id, new StartAnalysis(), Ct),
            await f.Services.Analyses.StartAsync(f.Anna, headless.Id, new StartAnalysis(), Ct),
            await f.StartAsync(new StartAnalysis { Algorithm = "magic" }),
            await f.StartAsync(new StartAnalysis { DMin = -1 }),
        ];

        Assert.All(refused, result => Assert.Equal(ErrorCode.Unprocessable, result.Error?.Code));
        Assert.Contains("no frame", refused[0].Error!.Message, StringComparison.Ordinal);
        Assert.Contains("'header'", refused[1].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.InvalidName, (await f.StartAsync(new StartAnalysis { Output = "NO" })).Error?.Code);
        Assert.Equal(3, (await f.Services.Datasets.ListAsync(f.Anna, new DatasetFilter { Limit = 10 }, Ct)).Value.Items.Count);
        Assert.True((await f.Services.Analyses.StartAsync(f.Anna, empty.Id, new StartAnalysis { Follow = true }, Ct)).IsOk);
    }

    [Fact]
    public async Task Starting_needs_read_and_derive_and_what_came_of_it_is_private()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Caller ben = await f.Zone.UserAsync("ben");

        Result<AnalysisInfo> stranger = await f.Services.Analyses.StartAsync(ben, f.Input.Id, new StartAnalysis(), Ct);
        await f.ShareAsync("ben", Rights.Read);
        Result<AnalysisInfo> reader = await f.Services.Analyses.StartAsync(ben, f.Input.Id, new StartAnalysis(), Ct);
        await f.ShareAsync("ben", Rights.Derive);
        Result<AnalysisInfo> deriver = await f.Services.Analyses.StartAsync(ben, f.Input.Id, new StartAnalysis(), Ct);
        Result<ResultStream> results = await f.Services.Analyses.OpenResultsAsync(f.Anna, deriver.Value.Dataset, null, 0, false, Ct);

        Assert.Equal(ErrorCode.NotFound, stranger.Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, reader.Error?.Code);
        Assert.Equal("ben/lysozyme-spots", deriver.Value.Name);
        Assert.Equal(ErrorCode.NotFound, results.Error?.Code);
    }

    [Fact]
    public async Task Runs_and_lineage_show_only_what_may_be_seen()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Caller ben = await f.Zone.UserAsync("ben");
        AnalysisInfo started = (await f.StartAsync(new StartAnalysis())).Value;
        var run = Guid.Parse(started.Run);

        Result<RunInfo> hidden = await f.Services.Runs.GetAsync(ben, run, Ct);
        Page<RunInfo> none = (await f.Services.Runs.ListAsync(ben, null, null, 10, Ct)).Value;
        Result<Lineage> lineage = await f.Services.Runs.LineageAsync(ben, f.Input.Id, Ct);
        await f.Zone.Services.Sharing.GrantAsync(f.Anna, started.Dataset, PrincipalKind.User, "ben", Rights.Read, null, Ct);
        RunInfo half = (await f.Services.Runs.GetAsync(ben, run, Ct)).Value;
        Lineage ofResults = (await f.Services.Runs.LineageAsync(ben, started.Dataset, Ct)).Value;

        Assert.Equal(ErrorCode.NotFound, hidden.Error?.Code);
        Assert.Empty(none.Items);
        Assert.Equal(ErrorCode.NotFound, lineage.Error?.Code);
        Assert.Empty(half.Inputs);
        Assert.Null(half.Command);
        Assert.Equal([started.Dataset], half.Outputs);
        Assert.Empty(ofResults.Ancestors);
        Assert.Single(ofResults.Runs);
        Assert.Equal(started.Dataset, Assert.Single((await f.Services.Runs.LineageAsync(f.Anna, f.Input.Id, Ct)).Value.Descendants).Id);
    }

    [Fact]
    public async Task Runs_are_listed_in_pages_newest_first()
    {
        await using Fixture f = await Fixture.OpenAsync();
        var started = new List<string>();
        for (int i = 0; i < 5; i++)
        {
            started.Add((await f.StartAsync(new StartAnalysis())).Value.Run);
        }

        var listed = new List<string>();
        string? cursor = null;
        do
        {
            Page<RunInfo> page = (await f.Services.Runs.ListAsync(f.Anna, f.Input.Id, cursor, 2, Ct)).Value;
            listed.AddRange(page.Items.Select(run => run.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(started.AsEnumerable().Reverse(), listed);
        Assert.Equal(ErrorCode.BadRequest, (await f.Services.Runs.ListAsync(f.Anna, null, "first", 2, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Results_are_streamed_to_the_end_of_the_run_and_say_how_it_ended()
    {
        await using Fixture f = await Fixture.OpenAsync();
        AnalysisInfo started = (await f.StartAsync(new StartAnalysis())).Value;
        var run = Guid.Parse(started.Run);
        await f.AddAsync(run, started.Dataset, """{"file-number":1,"n_spots_total":7}""");
        ResultStream stream = (await f.Services.Analyses.OpenResultsAsync(f.Anna, started.Dataset, run, 0, follow: true, Ct)).Value;
        var rows = new List<string>();

        await foreach (string row in stream.ReadAsync(Ct))
        {
            rows.Add(row);
            if (rows.Count == 1)
            {
                await f.AddAsync(run, started.Dataset, """{"file-number":2,"error":"broken"}""");
                await f.Site.Site.Runs.FinishAsync(run, RunOutcome.Done, null, null, Ct);
            }
        }

        ResultsEnd end = await stream.EndAsync(rows.Count, Ct);
        Assert.Equal(["""{"file-number":1,"n_spots_total":7}""", """{"file-number":2,"error":"broken"}"""], rows);
        Assert.Equal((true, "done", 2L, 1L), (end.End, end.State, end.Frames, end.Failures));
        Assert.Equal(
            ErrorCode.NotFound,
            (await f.Services.Analyses.OpenResultsAsync(f.Anna, f.Input.Id, run, 0, follow: false, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_step_says_the_program_the_name_and_the_title_of_what_it_makes()
    {
        await using Fixture f = await Fixture.OpenAsync();

        AnalysisInfo started = (await f.StartAsync(new StartAnalysis
        {
            Step = "bins",
            Parameters = new Dictionary<string, JsonElement> { ["factor"] = JsonElement.Parse("\"4\""), ["note"] = JsonElement.Parse("\"it's mine\"") },
            Follow = true,
        })).Value;
        DatasetInfo output = (await f.Services.Datasets.GetAsync(f.Anna, started.Dataset, Ct)).Value;
        RunInfo run = (await f.Services.Runs.GetAsync(f.Anna, Guid.Parse(started.Run), Ct)).Value;

        Assert.Equal(("anna/lysozyme-binned", "Bins of anna/lysozyme", "volume"), (started.Name, output.Title, output.Type));
        Assert.Equal(Bins.Columns, started.Columns);
        Assert.Equal(("test/bins", "7"), (run.Program, run.Version));
        Assert.Equal("""hutch analyse anna/lysozyme --step bins --parameter factor=4 --parameter note='it'\''s mine' --follow""", run.Command);
        Assert.Equal(["factor=4", "note=it's mine", "follow=True"], run.Parameters!.Value.EnumerateObject().Select(member => $"{member.Name}={member.Value}"));
    }

    [Fact]
    public async Task Parameters_are_checked_by_what_the_step_declares_and_short_ones_are_the_same()
    {
        await using Fixture f = await Fixture.OpenAsync();
        var limit = new Dictionary<string, JsonElement> { ["dMax"] = JsonElement.Parse("40") };

        RunInfo named = await f.RunAsync(new StartAnalysis { Step = "spots", Parameters = limit });
        RunInfo brief = await f.RunAsync(new StartAnalysis { DMax = 40 });
        Result<AnalysisInfo>[] refused =
        [
            await f.StartAsync(new StartAnalysis { Step = "magic" }),
            await f.StartAsync(new StartAnalysis { Step = "bins", DMax = 40 }),
            await f.StartAsync(new StartAnalysis { DMax = 40, Parameters = limit }),
            await f.StartAsync(new StartAnalysis { Step = "bins", Parameters = limit }),
        ];

        Assert.Equal(named.Parameters!.Value.GetRawText(), brief.Parameters!.Value.GetRawText());
        Assert.Equal(("test/spots", named.Command), (named.Program, brief.Command));
        Assert.Equal(
            [
                "There is no analysis step 'magic'; there is spots, bins.",
                "The step 'bins' has no parameter 'dMax'. It has factor, note.",
                "The parameter dMax is given twice.",
                "The step 'bins' has no parameter 'dMax'. It has factor, note.",
            ],
            refused.Select(result => result.Error?.Message));
        Assert.All(refused, result => Assert.Equal(ErrorCode.Unprocessable, result.Error?.Code));
    }

    [Fact]
    public async Task A_server_without_steps_says_so()
    {
        await using Fixture f = await Fixture.OpenAsync();
        var services = new AuthorizedServices(f.Zone.Services, f.Site.Site, TimeProvider.System);

        Result<AnalysisInfo> result = await services.Analyses.StartAsync(f.Anna, f.Input.Id, new StartAnalysis(), Ct);

        Assert.Empty(services.Analyses.Steps);
        Assert.Equal("This server has no analysis steps.", result.Error?.Message);
    }

    private sealed class Fixture : IAsyncDisposable
    {
        public required TestZone Zone { get; init; }

        public required TestSite Site { get; init; }

        public required AuthorizedServices Services { get; init; }

        public required Caller Anna { get; init; }

        public required DatasetInfo Input { get; init; }

        public static async Task<Fixture> OpenAsync()
        {
            TestZone zone = await TestZone.OpenAsync();
            TestSite site = await TestSite.OpenAsync();
            var services = new AuthorizedServices(zone.Services, site.Site, TimeProvider.System, steps: new StepCatalog([Spots, Bins]));
            Caller anna = await zone.UserAsync("anna");
            DatasetInfo input = (await services.Creation.CreateAsync(anna, new CreateDataset { Name = "lysozyme" }, Ct)).Value;
            await site.PutAsync(input.Id, "header", "{}");
            await site.PutAsync(input.Id, "000001", "frame 1");
            await site.PutAsync(input.Id, "000002", "frame 2");
            return new Fixture { Zone = zone, Site = site, Services = services, Anna = anna, Input = input };
        }

        public Task<Result<AnalysisInfo>> StartAsync(StartAnalysis wanted) => Services.Analyses.StartAsync(Anna, Input.Id, wanted, Ct);

        public async Task<RunInfo> RunAsync(StartAnalysis wanted) =>
            (await Services.Runs.GetAsync(Anna, Guid.Parse((await StartAsync(wanted)).Value.Run), Ct)).Value;

        public async Task ShareAsync(string user, Rights right) =>
            Assert.True((await Zone.Services.Sharing.GrantAsync(Anna, Input.Id, PrincipalKind.User, user, right, null, Ct)).IsOk);

        public async Task AddAsync(Guid run, DatasetId dataset, string row)
        {
            using var document = System.Text.Json.JsonDocument.Parse(row);
            long frame = document.RootElement.GetProperty("file-number").GetInt64();
            Assert.True((await Site.Site.Runs.AddResultsAsync(run, dataset, [new FrameResult(frame, document.RootElement.Clone())], Ct)).IsOk);
        }

        public async ValueTask DisposeAsync()
        {
            await Site.DisposeAsync();
            await Zone.DisposeAsync();
        }
    }
}

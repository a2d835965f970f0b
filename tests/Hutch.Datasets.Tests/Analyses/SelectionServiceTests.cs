using System.Text;
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
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Zone.Authorization;
using Hutch.Zone.Tests.Accounts;
using Hutch.Zone.Visits;
using FrameResult = Hutch.Processing.Runs.FrameResult;

namespace Hutch.Datasets.Tests.Analyses;

/// <summary>Datasets of selected frames: what is in them, who may make them, and what they leave behind when they cannot be made.</summary>
public sealed class SelectionServiceTests
{
    private static readonly StepDeclaration Step = new()
    {
        Name = "spots",
        Title = "Spots",
        Description = "",
        Program = "hutch/per-image-analysis",
        OutputSuffix = "spots",
        OutputTitle = "Spots",
        Columns = [new() { Name = "n", Title = "n", Kind = ValueKind.WholeNumber, Description = "" }],
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_frames_that_match_are_in_a_closed_dataset_by_reference_with_header_rows_and_provenance()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Guid run = await f.AnalyseAsync();

        SelectedFrames hits = (await f.Services.Selections.SelectAsync(f.Anna, run, "n >= 2 and n != 3", "hits", Ct)).Value;

        Assert.Equal(("anna/hits", 2L, 4L, true), (hits.Name.FullName, hits.Frames, hits.Rows, hits.IsClosed));
        var entries = new Dictionary<string, Entry>();
        TreeView view = (await f.Site.Site.Heads.ResolveAsync(hits.Name.Dataset, null, Ct)).Value;
        await foreach (PathEntry entry in f.Site.Site.Heads.EnumerateAsync(view, "", Ct))
        {
            entries.Add(entry.Path.Value, entry.Entry);
        }

        Assert.Equal(["000002", "000004", "header", "header.d/mask", "results.jsonl", "selection.json"], entries.Keys);
        Assert.Equal(BlobHash.Compute("frame 4"u8), entries["000004"].Hash);
        Assert.Equal(
            """{"file-number":2,"n":2}""" + "\n" + """{"file-number":4,"n":4}""" + "\n",
            await f.ReadAsync(hits.Name.Dataset, entries["results.jsonl"].Hash));
        JsonElement selection = JsonElement.Parse(await f.ReadAsync(hits.Name.Dataset, entries["selection.json"].Hash));
        Assert.Equal(("n >= 2 and n != 3", run.ToString("N")), (selection.GetProperty("where").GetString(), selection.GetProperty("run").GetString()));
        SiteRun record = (await f.Runs.Registry.GetAsync(hits.Run, Ct)).Value;
        Assert.Equal((SelectionService.Program, "done", f.Input.Id), (record.Description.Program, record.Outcome, record.Inputs[0].Dataset));
    }

    [Theory]
    [InlineData("n > 9", "None of the 4 rows")]
    [InlineData("m > 9", "'m' is no column of this run")]
    public async Task A_selection_of_nothing_makes_no_dataset_and_leaves_the_name_free(string where, string reason)
    {
        await using Fixture f = await Fixture.OpenAsync();
        Guid run = await f.AnalyseAsync();

        HutchError? refusal = (await f.Services.Selections.SelectAsync(f.Anna, run, where, "hits", Ct)).Error;

        Assert.Contains(reason, refusal?.Message, StringComparison.Ordinal);
        Assert.True((await f.Services.Selections.SelectAsync(f.Anna, run, "n = 1", "hits", Ct)).IsOk);
    }

    [Fact]
    public async Task A_run_that_a_caller_cannot_read_does_not_exist_for_it()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Guid run = await f.AnalyseAsync();
        Caller bob = await f.Zone.UserAsync("bob");

        Assert.Equal(ErrorCode.NotFound, (await f.Services.Selections.SelectAsync(bob, run, "n = 1", "hits", Ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await f.Services.Selections.SelectAsync(f.Anna, Guid.Empty, "n = 1", "hits", Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_run_that_has_not_ended_cannot_be_selected_from()
    {
        await using Fixture f = await Fixture.OpenAsync();
        Guid run = (await f.Services.Analyses.StartAsync(f.Anna, f.Input.Id, new AnalysisRequest(), Ct)).Value.Run;

        HutchError? refusal = (await f.Services.Selections.SelectAsync(f.Anna, run, "n = 1", "hits", Ct)).Error;

        Assert.Contains("has not ended", refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hits_of_temporary_frames_expire_with_them_until_they_alone_are_kept()
    {
        await using Fixture f = await Fixture.OpenAsync(temporary: true);
        Guid run = await f.AnalyseAsync();
        DatasetId hits = (await f.Services.Selections.SelectAsync(f.Anna, run, "n = 2", "hits", Ct)).Value.Name.Dataset;
        SiteDataset source = (await f.Site.Site.Heads.DatasetAsync(f.Input.Id, Ct)).Value;
        Assert.Equal(source.Expires, (await f.Site.Site.Heads.DatasetAsync(hits, Ct)).Value.Expires);

        Assert.True((await f.Site.Site.Keeper.KeepAsync(hits, "anna", Ct)).IsOk);

        Assert.Null((await f.Site.Site.Heads.DatasetAsync(hits, Ct)).Value.Expires);
        Assert.True(await f.Site.Site.Blobs.IsStoredForAsync(BlobHash.Compute("frame 2"u8), Lane.Main, Ct));
        Assert.False(await f.Site.Site.Blobs.IsStoredForAsync(BlobHash.Compute("frame 3"u8), Lane.Main, Ct));
    }

    [Fact]
    public async Task Rows_and_hits_of_a_visit_belong_to_it_and_expire_by_its_rule()
    {
        await using Fixture f = await Fixture.OpenAsync(visit: "cm1-1");
        Guid run = await f.AnalyseAsync();
        SelectedFrames hits = (await f.Services.Selections.SelectAsync(f.Anna, run, "n = 2", "hits", Ct)).Value;

        SiteRun record = (await f.Runs.Registry.GetAsync(run, Ct)).Value;
        SiteDataset rows = (await f.Site.Site.Heads.DatasetAsync(record.Outputs[0], Ct)).Value;
        Assert.Equal(("cm1-1", "cm1-1/hits"), (rows.Owner, hits.Name.FullName));
        Assert.Equal(rows.Created + (long)TimeSpan.FromDays(30).TotalMilliseconds, rows.Expires);
    }

    private sealed class Fixture : IAsyncDisposable
    {
        public required TestZone Zone { get; init; }

        public required TestSite Site { get; init; }

        public required RunningModules Services { get; init; }

        public required Caller Anna { get; init; }

        public required DatasetDescription Input { get; init; }

        public RunServices Runs => new(Site.Site, TimeProvider.System);

        public static async Task<Fixture> OpenAsync(bool temporary = false, string? visit = null)
        {
            TestZone zone = await TestZone.OpenAsync();
            TestSite site = await TestSite.OpenAsync();
            var services = new RunningModules(zone.Services, site.Site, new StepCatalog([Step]));
            Caller anna = await zone.UserAsync("anna");
            if (visit is not null)
            {
                var draft = new VisitDraft
                {
                    Name = visit,
                    Proposal = "cm1",
                    Begin = DateTimeOffset.UnixEpoch,
                    End = DateTimeOffset.MaxValue,
                    KeepDays = 30,
                    People = [new VisitPerson("anna", VisitRole.Experimenter)],
                };
                _ = (await zone.Services.Visits.PutAsync(await zone.AdminAsync(), draft, Ct)).Value;
                anna = await zone.NowAsync(anna);
            }

            var wanted = new RequestedDataset
            {
                Owner = visit is null ? null : AccountName.Parse(visit).Value,
                Slug = Slug.Parse("lysozyme").Value,
                TransientDays = temporary ? 7 : null,
            };
            DatasetDescription input = (await services.Creation.CreateAsync(anna, wanted, Ct)).Value;
            await site.PutAsync(input.Id, "header", "{}");
            await site.PutAsync(input.Id, "header.d/mask", "mask");
            await site.PutAsync(input.Id, "notes.txt", "not selected");
            for (int frame = 1; frame <= 4; frame++)
            {
                await site.PutAsync(input.Id, $"00000{frame}", $"frame {frame}");
            }

            Assert.True((await site.Site.Lifecycle.CloseAsync(input.Id, "anna", null, Ct)).IsOk);
            return new Fixture { Zone = zone, Site = site, Services = services, Anna = anna, Input = input };
        }

        /// <summary>A run that gave each frame its number.</summary>
        public async Task<Guid> AnalyseAsync()
        {
            StartedAnalysis started = (await Services.Analyses.StartAsync(Anna, Input.Id, new AnalysisRequest(), Ct)).Value;
            FrameResult[] rows = [.. Enumerable.Range(1, 4).Select(n => new FrameResult(n, JsonElement.Parse($$"""{"file-number":{{n}},"n":{{n}}}""")))];
            Assert.True((await Runs.Registry.AddResultsAsync(started.Run, started.Output.Dataset, rows, Ct)).IsOk);
            Assert.True((await Runs.Registry.FinishAsync(started.Run, RunOutcome.Done, null, null, null, Ct)).IsOk);
            return started.Run;
        }

        public async Task<string> ReadAsync(DatasetId dataset, BlobHash hash) =>
            Encoding.UTF8.GetString(await (await Site.Site.Blobs.FindAsync(dataset, hash, Ct))!.ReadAllAsync(1 << 20, Ct));

        public async ValueTask DisposeAsync()
        {
            await Site.DisposeAsync();
            await Zone.DisposeAsync();
        }
    }
}

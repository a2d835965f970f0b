using System.Collections.Concurrent;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Datasets.Registry;
using Hutch.Federation.Summaries;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Federation.Tests.Placement;

/// <summary>What homes say of their datasets comes to the other sites, and nobody else says it.</summary>
public sealed class SummaryTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    [Fact]
    public async Task A_dataset_of_the_zones_own_site_is_known_at_a_site_without_a_copy_and_so_are_its_changes()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "of-the-zone", "mx/rotation");
        DatasetSummary made = await UntilAsync(sites.Archive, scan, static one => one.Files == 1);
        await Admin.PutEntryAsync(scan, "b.txt", "three"u8.ToArray(), ct: Ct);
        await Admin.PatchDatasetAsync(scan, new PatchDataset { Title = "A scan" }, Ct);
        await Admin.CloseDatasetAsync(scan, new CloseDataset { Message = "Done" }, Ct);
        DatasetSummary closed = await UntilAsync(sites.Archive, scan, static one => one.Closed is not null);

        Assert.Equal(("mx/rotation", null, 3L), (made.Type, made.Title, made.Bytes));
        Assert.Equal(("A scan", 2L, 8L, 1L), (closed.Title, closed.Files, closed.Bytes, closed.Snapshot));
    }

    [Fact]
    public async Task A_dataset_of_another_site_is_known_at_the_zone_also_when_its_home_has_moved()
    {
        DatasetId scan = await TwoSites.MakeAsync(sites.Archive.Admin, "of-the-archive");
        DatasetSummary there = await UntilAsync(sites.Zone, scan, static one => one.Files == 1);
        await Admin.RequestCopyAsync(scan, new AskCopy { Site = "facility" }, Ct);
        await Copied.UntilCompleteAsync(Admin, scan, "facility", 1);
        await Admin.MoveHomeAsync(scan, new MoveHome { Site = "facility" }, Ct);
        await Copied.UntilHomeAsync(Admin, scan, "facility");
        DatasetSummary here = await UntilAsync(sites.Zone, scan, static one => one.Epoch == 2);
        DatasetSummary back = await UntilAsync(sites.Archive, scan, static one => one.Epoch == 2);

        Assert.Equal(1, there.Epoch);
        Assert.Equal((1, 3), (here.Files, here.Bytes));
        Assert.Equal(here, back);
    }

    [Fact]
    public async Task A_site_that_is_not_the_home_says_nothing_of_a_dataset_and_a_lie_is_refused()
    {
        using var liar = new Intruder(await sites.Zone.InviteAsync("liar"));
        using var stranger = new Intruder(await sites.Zone.InviteAsync("stranger"));
        Assert.True((await liar.JoinAsync()).IsOk);
        DatasetId scan = await TwoSites.MakeAsync(Admin, "honest");
        DatasetSummary honest = await UntilAsync(sites.Zone, scan, static one => one.Files == 1);

        Result<SummariesAnswer> lie = await liar.ReportAsync([honest with { Title = "A lie" }]);
        Result<SummariesAnswer> nonsense = await liar.ReportAsync([honest with { Bytes = -1 }]);
        Result<SummariesAnswer> many = await liar.ReportAsync(Enumerable.Repeat(honest, SiteProtocol.MaxSummaries + 1).ToList());
        Result<SummariesAnswer> unknown = await stranger.ReportAsync([honest with { Title = "A lie" }]);

        Assert.Equal([scan], lie.Value.NotTaken);
        Assert.Equal(ErrorCode.InvalidBody, nonsense.Error!.Code);
        Assert.Equal(ErrorCode.InvalidBody, many.Error!.Code);
        Assert.Equal(ErrorCode.Forbidden, unknown.Error!.Code);
        Assert.Equal([honest], await sites.Zone.Zone.Summaries.FindAsync([scan], Ct));
    }

    [Fact]
    public async Task All_datasets_that_are_new_are_reported_in_one_step()
    {
        await using SiteServer lone = await SiteServer.StartAsync();
        var time = new ManualTime();
        var reports = new RecordedReports();
        var reporter = new SummaryReporter(
            lone.Zone.Sites, lone.Zone.Homes, lone.Zone.Summaries, lone.Zone.View, LocalDatasets.For(lone.Site), reports, time,
            NullLogger.Instance);
        await TwoSites.MakeAsync(lone.Admin, "first");
        await reporter.StepAsync(Ct);
        int first = reports.Datasets.Count;
        var made = new ConcurrentBag<DatasetId>();
        await Parallel.ForAsync(0, 1200, Ct, async (i, ct) =>
            made.Add((await lone.Admin.CreateDatasetAsync(new CreateDataset { Name = $"admin/new-{i}" }, ct)).Id));

        time.Advance(TimeSpan.FromMinutes(1));
        await reporter.StepAsync(Ct);

        Assert.Equal(1, first);
        Assert.Equal(made.Order(), reports.Datasets.Skip(1).Order());
    }

    [Fact]
    public async Task A_site_deletes_the_summary_of_a_dataset_that_a_rule_excludes_and_gets_it_back_when_the_rule_ends()
    {
        DatasetId scan = await TwoSites.MakeAsync(Admin, "not-for-the-archive");
        DatasetSummary before = await UntilAsync(sites.Archive, scan, static one => one.Files == 1);

        RuleInfo rule = await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site=facility" }, Ct);
        IReadOnlyList<DatasetSummary> kept = await sites.Archive.Zone.Summaries.FindAsync([scan], Ct);
        await Admin.RemoveRuleAsync(rule.Number, Ct);
        DatasetSummary after = await UntilAsync(sites.Archive, scan, static _ => true);

        Assert.Empty(kept);
        Assert.Equal(before, after);
    }

    private static async Task<DatasetSummary> UntilAsync(SiteServer site, DatasetId dataset, Func<DatasetSummary, bool> holds)
    {
        while (true)
        {
            if (await site.Zone.Summaries.FindAsync([dataset], Ct) is [var known] && holds(known))
            {
                return known;
            }

            await Task.Delay(20, Ct);
        }
    }

    private sealed class RecordedReports : ISummaryReports
    {
        public List<DatasetId> Datasets { get; } = [];

        public Task<Result<IReadOnlyList<DatasetId>>> ReportAsync(IReadOnlyList<DatasetSummary> told, CancellationToken ct)
        {
            Datasets.AddRange(told.Select(static one => one.Dataset));
            return Task.FromResult(Result<IReadOnlyList<DatasetId>>.Ok([]));
        }
    }
}

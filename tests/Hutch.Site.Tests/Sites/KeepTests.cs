using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Storage;

namespace Hutch.Site.Tests.Sites;

/// <summary>A transient dataset that somebody keeps survives the end of its day, whatever happens meanwhile.</summary>
public sealed class KeepTests
{
    private static readonly byte[] Small = RandomNumberGenerator.GetBytes(5000);
    private static readonly byte[] Large = RandomNumberGenerator.GetBytes(5 << 20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Head_and_snapshots_survive_the_day_on_which_they_would_have_ended_and_a_rebuild()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await site.PutAsync(dataset.Id, "small", Small);
        await site.PutAsync(dataset.Id, "replaced", Large);
        SiteSnapshot snapshot = (await site.Site.HeadCompactor.CompactAsync(dataset.Id, new CompactionRequest(SnapshotReason.Manual, "anna", null), Ct)).Value!;
        await site.PutAsync(dataset.Id, "replaced", "new");
        await site.PutAsync(dataset.Id, "over the tree", "also");

        CopiedTotals kept = (await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).Value;
        await EndOfDayAsync(site);
        await site.ReopenAsync(withoutDatabase: true);

        Assert.Equal((4L, Small.Length + Large.Length + 7L, 0L), (kept.Files, kept.Bytes, kept.Missing));
        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Expires);
        Assert.Equal(Small, await site.ReadAsync(dataset.Id, "small"));
        Assert.Equal("new"u8.ToArray(), await site.ReadAsync(dataset.Id, "replaced"));
        Assert.Equal("also"u8.ToArray(), await site.ReadAsync(dataset.Id, "over the tree"));
        Assert.Equal(Large, await site.ReadAsync(dataset.Id, "replaced", SnapshotRef.OfNumber((int)snapshot.Number)));
    }

    [Fact]
    public async Task Files_written_while_a_dataset_becomes_permanent_survive_too()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await site.PutAsync(dataset.Id, "before", Small);
        site.Site.Keeper.Reached = async step =>
        {
            await site.PutAsync(dataset.Id, $"small at {step}", Small[..^(int)(step + 1)]);
            await site.PutAsync(dataset.Id, $"large at {step}", Large[..^(int)(step + 1)]);
        };

        Assert.True((await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).IsOk);
        await EndOfDayAsync(site);

        Assert.Equal(Small, await site.ReadAsync(dataset.Id, "before"));
        foreach (KeepPhase step in Enum.GetValues<KeepPhase>())
        {
            Assert.Equal(Small[..^(int)(step + 1)], await site.ReadAsync(dataset.Id, $"small at {step}"));
            Assert.Equal(Large[..^(int)(step + 1)], await site.ReadAsync(dataset.Id, $"large at {step}"));
        }
    }

    [Theory]
    [InlineData(KeepPhase.Begun)]
    [InlineData(KeepPhase.Listed)]
    [InlineData(KeepPhase.Copied)]
    public async Task Bytes_that_were_on_their_way_to_what_ends_are_refused_and_may_be_sent_again(KeepPhase at)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        Lane lane = (await site.Site.Lanes.ForWritingAsync(dataset.Id, Ct)).Value;
        ReceivedBlob small = await ReceiveAsync(site, Small, lane);
        ReceivedBlob large = await ReceiveAsync(site, Large, lane);
        var refused = new List<ErrorCode?>();
        site.Site.Keeper.Reached = async step =>
        {
            if (step == at)
            {
                refused.Add((await PutAsync(site, dataset.Id, "small", small)).Error?.Code);
                refused.Add((await PutAsync(site, dataset.Id, "large", large)).Error?.Code);
            }
        };

        await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct);
        refused.Add((await PutAsync(site, dataset.Id, "small", small)).Error?.Code);
        small.Dispose();
        large.Dispose();
        await site.PutAsync(dataset.Id, "small", Small);
        await site.PutAsync(dataset.Id, "large", Large);
        await EndOfDayAsync(site);

        Assert.Equal([ErrorCode.Unavailable, ErrorCode.Unavailable, ErrorCode.Unavailable], refused);
        Assert.Equal(Small, await site.ReadAsync(dataset.Id, "small"));
        Assert.Equal(Large, await site.ReadAsync(dataset.Id, "large"));
    }

    [Theory]
    [InlineData(KeepPhase.Begun)]
    [InlineData(KeepPhase.Listed)]
    [InlineData(KeepPhase.Copied)]
    public async Task One_that_is_interrupted_ends_in_time_or_is_kept_by_the_same_again(KeepPhase at)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset[] datasets = [await CreateAsync(site), await CreateAsync(site, "second")];
        foreach (SiteDataset dataset in datasets)
        {
            await site.PutAsync(dataset.Id, "small", From(Small, dataset));
            await site.PutAsync(dataset.Id, "large", From(Large, dataset));
            site.Site.Keeper.Reached = step => step == at ? throw new OperationCanceledException() : Task.CompletedTask;
            await Assert.ThrowsAsync<OperationCanceledException>(() => site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct));
        }

        await site.ReopenAsync();
        await site.Site.Collector.CollectAsync(Ct);
        CopiedTotals kept = (await site.Site.Keeper.KeepAsync(datasets[0].Id, "anna", Ct)).Value;
        int ended = await EndOfDayAsync(site);

        Assert.Equal((1, at == KeepPhase.Copied ? 0 : 2), (ended, kept.Files));
        Assert.Equal(From(Small, datasets[0]), await site.ReadAsync(datasets[0].Id, "small"));
        Assert.Equal(From(Large, datasets[0]), await site.ReadAsync(datasets[0].Id, "large"));
        Assert.Equal(ErrorCode.Gone, (await site.Site.Heads.ResolveAsync(datasets[1].Id, null, Ct)).Error?.Code);
    }

    [Fact]
    public async Task After_a_pause_in_which_others_could_not_know_of_it_nothing_is_taken_for_kept_and_the_same_again_keeps_it()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await site.PutAsync(dataset.Id, "small", Small);
        site.Site.Keeper.Reached = step => site.PassAsync(step == KeepPhase.Listed ? TimeSpan.FromSeconds(61) : TimeSpan.Zero);

        Result<CopiedTotals> late = await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct);
        site.Site.Keeper.Reached = static _ => Task.CompletedTask;
        long? ends = (await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Expires;
        Result<CopiedTotals> again = await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct);
        await EndOfDayAsync(site);

        Assert.Equal(ErrorCode.Unavailable, late.Error?.Code);
        Assert.NotNull(ends);
        Assert.Equal(0, again.Value.Files);
        Assert.Equal(Small, await site.ReadAsync(dataset.Id, "small"));
    }

    [Fact]
    public async Task A_second_keep_of_a_dataset_during_the_first_one_is_refused()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await site.PutAsync(dataset.Id, "small", Small);
        var meanwhile = new List<HutchError?>();
        site.Site.Keeper.Reached = async _ => meanwhile.Add((await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).Error);

        Result<CopiedTotals> kept = await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct);

        Assert.True(kept.IsOk);
        Assert.All(meanwhile, error => Assert.Contains("being kept already", error?.Message, StringComparison.Ordinal));
        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.BeingKept);
    }

    [Fact]
    public async Task Collections_in_the_middle_take_nothing_away()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await site.PutAsync(dataset.Id, "small", Small);
        await site.PutAsync(dataset.Id, "large", Large);
        site.Site.Keeper.Reached = _ => site.Site.Collector.CollectAsync(Ct);

        Assert.True((await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).IsOk);
        await EndOfDayAsync(site);

        Assert.Equal(Small, await site.ReadAsync(dataset.Id, "small"));
        Assert.Equal(Large, await site.ReadAsync(dataset.Id, "large"));
    }

    [Fact]
    public async Task A_rule_that_ends_each_file_is_lifted_and_moves_nothing_to_the_trash_later()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("rolling");
        await site.Site.Settings.SetLifecycleAsync(dataset.Id, new LifecycleRule(2, null, null), "anna", Ct);
        await site.PutAsync(dataset.Id, "small", Small);

        Assert.True((await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).IsOk);
        await EndOfDayAsync(site, days: 10);
        await site.Site.Rules.RunAsync(Ct);

        SiteDataset now = (await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value;
        Assert.Equal((null, null, null), (now.Expires, now.TransientDays, now.TrashedUntil));
        Assert.Equal(Small, await site.ReadAsync(dataset.Id, "small"));
    }

    [Fact]
    public async Task A_closed_dataset_can_be_kept_and_one_that_lasts_stays_as_it_is()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await site.PutAsync(dataset.Id, "small", Small);
        await site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct);

        CopiedTotals first = (await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).Value;
        CopiedTotals second = (await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).Value;
        await EndOfDayAsync(site);

        Assert.Equal((1L, CopiedTotals.Nothing), (first.Files, second));
        Assert.Equal(Small, await site.ReadAsync(dataset.Id, "small"));
    }

    [Fact]
    public async Task A_push_that_is_under_way_comes_first()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        SiteSession session = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;

        Result<CopiedTotals> refused = await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct);
        await site.Site.Pushes.AbortAsync(session.Id, "anna", Ct);

        Assert.Equal(ErrorCode.Conflict, refused.Error?.Code);
        Assert.True((await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).IsOk);
    }

    private static async Task<SiteDataset> CreateAsync(TestSite site, string slug = "grid") => (await site.Site.Lifecycle.CreateAsync(
        new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = slug, By = "anna", TransientDays = 1 }, Ct)).Value;

    /// <summary>Bytes of a dataset's own.</summary>
    private static byte[] From(byte[] bytes, SiteDataset dataset) => [.. bytes, (byte)dataset.Key];

    /// <summary>Lets the days pass and ends what ends then; how many datasets did.</summary>
    private static async Task<int> EndOfDayAsync(TestSite site, int days = 3)
    {
        await site.PassAsync(TimeSpan.FromDays(days));
        int ended = await site.Site.Lifecycle.EndWhatIsOverAsync(Ct);
        await site.Site.Collector.CollectAsync(Ct);
        Assert.Equal(0, site.Site.TemporaryDataLimit.Used);
        return ended;
    }

    private static async Task<ReceivedBlob> ReceiveAsync(TestSite site, byte[] content, Lane lane) =>
        (await site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, lane, Ct)).Value;

    private static Task<Result<bool>> PutAsync(TestSite site, DatasetId dataset, string path, ReceivedBlob blob) => site.Site.Entries.PutAsync(
        dataset, DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size), blob, EntryCondition.None, Ct);
}

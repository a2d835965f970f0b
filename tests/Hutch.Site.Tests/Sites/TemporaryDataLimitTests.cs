using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;
using Hutch.Storage;

namespace Hutch.Site.Tests.Sites;

/// <summary>Temporary data that pass the limit of the site: the oldest go, and nothing else.</summary>
public sealed class TemporaryDataLimitTests
{
    /// <summary>A segment takes one small file of these tests, or one large one.</summary>
    private const int SegmentBytes = 1 << 20;

    private const int Limit = 4 * SegmentBytes;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_oldest_go_whole_segments_at_once_until_the_limit_is_met_and_the_newer_stay()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        List<byte[]> files = await PutSomeAsync(site, dataset, 12);

        EarlyExpired made = await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        bool[] there = [.. await Task.WhenAll(Enumerable.Range(0, 12).Select(async i => await ReadAsync(site, dataset, $"{i}") is not null))];
        int first = Array.IndexOf(there, true);
        Assert.Equal(first, made.Files);
        Assert.InRange(first, 1, 11);
        Assert.All(there[first..], Assert.True);
        Assert.InRange(site.Site.TemporaryDataLimit.Used, 1, Limit);
        Assert.Equal(files[11], await ReadAsync(site, dataset, "11"));
    }

    [Fact]
    public async Task Below_the_limit_and_without_one_nothing_goes()
    {
        await using TestSite below = await OpenAsync();
        await using TestSite without = await OpenAsync(limit: 0);
        SiteDataset few = await CreateAsync(below);
        SiteDataset many = await CreateAsync(without);
        await PutSomeAsync(below, few, 2);
        await PutSomeAsync(without, many, 12);

        Assert.Equal(new EarlyExpired(0, 0), await below.Site.TemporaryDataLimit.CheckAsync(Ct));
        Assert.Equal(new EarlyExpired(0, 0), await without.Site.TemporaryDataLimit.CheckAsync(Ct));
    }

    [Theory]
    [InlineData(900_000)]
    [InlineData((1 << 20) + 5)]
    public async Task The_error_for_data_expired_early_recommends_hutch_keep_even_after_a_crash_and_a_rebuild(int size)
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await PutSomeAsync(site, dataset, 12, size);
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);
        HutchError first = await RefusalAsync(site, dataset, "0");
        await site.ReopenAsync(withoutDatabase: true);

        HutchError second = await RefusalAsync(site, dataset, "0");

        Assert.Equal(ErrorCode.Gone, first.Code);
        Assert.Contains("made room", first.Message, StringComparison.Ordinal);
        Assert.Contains("hutch keep", first.Code.Advice, StringComparison.Ordinal);
        Assert.Equal((first.Code, first.Message), (second.Code, second.Message));
    }

    [Fact]
    public async Task A_reader_in_the_middle_of_a_file_that_expires_early_gets_the_reason()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        byte[] large = RandomNumberGenerator.GetBytes(9 << 20);
        await PutAsync(site, dataset, "large", large);
        BlobContent opened = (await site.Site.Blobs.FindAsync(dataset.Id, BlobHash.Compute(large), Ct))!;
        await PutSomeAsync(site, dataset, 8);
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => opened.ReadAllAsync(int.MaxValue, Ct));

        Assert.Equal(ErrorCode.Gone, refused.Error.Code);
        Assert.Contains("made room", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_says_so_and_a_rebuild_gives_the_same_rows()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await PutSomeAsync(site, dataset, 6);
        await PutSomeAsync(site, dataset, 6, (1 << 20) + 5, "large");
        EarlyExpired made = await site.Site.TemporaryDataLimit.CheckAsync(Ct);
        List<string> before = await site.DumpAsync();

        await site.ReopenAsync(withoutDatabase: true);

        Assert.Equal(before, await site.DumpAsync());
        Assert.Equal((made.Files, made.Bytes), await site.Site.Records.ReadAsync(static queries => (queries.DroppedSince(0).Files, queries.DroppedSince(0).Bytes), Ct));
        Assert.Contains(
            await site.Site.Records.ReadAsync(static queries => queries.Events(0, (DatasetId?)null, 1000), Ct), static happened => happened.Kind == "temporary.dropped");
    }

    [Fact]
    public async Task The_same_bytes_in_a_dataset_that_lasts_stay()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        SiteDataset before = await site.CreateAsync("before");
        SiteDataset after = await site.CreateAsync("after");
        byte[][] small = [RandomNumberGenerator.GetBytes(5000), RandomNumberGenerator.GetBytes(5000)];
        byte[][] large = [RandomNumberGenerator.GetBytes(2 << 20), RandomNumberGenerator.GetBytes(2 << 20)];
        await site.PutAsync(before.Id, "small", small[0]);
        await site.PutAsync(before.Id, "large", large[0]);
        foreach (int i in new[] { 0, 1 })
        {
            await PutAsync(site, dataset, $"small {i}", small[i]);
            await PutAsync(site, dataset, $"large {i}", large[i]);
        }

        await site.PutAsync(after.Id, "small", small[1]);
        await site.PutAsync(after.Id, "large", large[1]);
        await PutSomeAsync(site, dataset, 12);
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Assert.Equal(small[0], await site.ReadAsync(before.Id, "small"));
        Assert.Equal(large[0], await site.ReadAsync(before.Id, "large"));
        Assert.Equal(small[1], await site.ReadAsync(after.Id, "small"));
        Assert.Equal(large[1], await site.ReadAsync(after.Id, "large"));
        Assert.Equal(large[0], await ReadAsync(site, dataset, "large 0"));
    }

    [Theory]
    [InlineData(KeepPhase.Begun)]
    [InlineData(KeepPhase.Listed)]
    [InlineData(KeepPhase.Copied)]
    public async Task A_dataset_that_is_being_kept_loses_nothing_while_others_make_room(KeepPhase at)
    {
        await using TestSite site = await OpenAsync();
        SiteDataset kept = await CreateAsync(site, "kept");
        SiteDataset other = await CreateAsync(site, "other");
        List<byte[]> small = await PutSomeAsync(site, kept, 3);
        List<byte[]> large = await PutSomeAsync(site, kept, 3, (1 << 20) + 5, "large");
        await PutSomeAsync(site, other, 12);
        site.Site.Keeper.Reached = async step =>
        {
            if (step == at)
            {
                await site.Site.TemporaryDataLimit.CheckAsync(Ct);
            }
        };

        CopiedTotals copied = (await site.Site.Keeper.KeepAsync(kept.Id, "anna", Ct)).Value;
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);
        await site.ReopenAsync(withoutDatabase: true);

        Assert.Equal((6L, 0L), (copied.Files, copied.Missing));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(small[i], await ReadAsync(site, kept, $"{i}"));
            Assert.Equal(large[i], await ReadAsync(site, kept, $"large{i}"));
        }

        Assert.Null(await ReadAsync(site, other, "1"));
    }

    [Fact]
    public async Task While_another_server_keeps_a_dataset_nothing_makes_room()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await PutSomeAsync(site, dataset, 12);
        await site.Site.Committer.CommitAsync<Done>(
            context =>
            {
                context.Emit(new JournalRecord.DatasetBeingKept(dataset.Id, Guid.NewGuid(), context.Now + 60_000));
                return Done.Value;
            },
            [],
            Ct);

        EarlyExpired meanwhile = await site.Site.TemporaryDataLimit.CheckAsync(Ct);
        await site.PassAsync(TimeSpan.FromSeconds(61));
        EarlyExpired afterwards = await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Assert.Equal(new EarlyExpired(0, 0), meanwhile);
        Assert.InRange(afterwards.Files, 1, 12);
    }

    [Fact]
    public async Task What_had_gone_before_a_dataset_was_kept_is_counted_and_still_says_why()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await PutSomeAsync(site, dataset, 12);
        EarlyExpired made = await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        CopiedTotals kept = (await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct)).Value;

        Assert.Equal((12 - made.Files, made.Files), (kept.Files, kept.Missing));
        Assert.Contains("made room", (await RefusalAsync(site, dataset, "0")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_permanent_dataset_never_reports_early_expiry()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        SiteDataset lasting = await site.CreateAsync("lasting");
        await PutSomeAsync(site, dataset, 12);
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Assert.Null(await site.Site.Blobs.FindAsync(lasting.Id, BlobHash.Compute("never stored"u8), Ct));
    }

    [Fact]
    public async Task An_upload_whose_first_bytes_made_room_is_refused_and_can_be_sent_again()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        byte[] content = RandomNumberGenerator.GetBytes(2 << 20);
        Lane lane = (await site.Site.Lanes.ForWritingAsync(dataset.Id, Ct)).Value;
        using ReceivedBlob slow = (await site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, lane, Ct)).Value;
        await PutSomeAsync(site, dataset, 12);
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Result<bool> refused = await site.Site.Entries.PutAsync(
            dataset.Id, DatasetPath.Parse("slow").Value, Entry.File(slow.Hash, slow.Size), slow, EntryCondition.None, Ct);
        await PutAsync(site, dataset, "slow", content);

        Assert.Equal(ErrorCode.Unavailable, refused.Error?.Code);
        Assert.Contains("made room", refused.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(content, await ReadAsync(site, dataset, "slow"));
    }

    [Theory]
    [InlineData(900_000)]
    [InlineData((1 << 20) + 5)]
    public async Task A_push_whose_files_expired_early_before_its_commit_must_send_them_again(int size)
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        byte[] content = RandomNumberGenerator.GetBytes(size);
        SiteSession session = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        await UploadAsync(site, session, content);
        await PutSomeAsync(site, await CreateAsync(site, "other"), 12);
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Result<SiteSnapshot> refused = await CommitAsync(site, session, content);
        IReadOnlyList<BlobHash> missing = (await site.Site.Negotiation.NegotiateAsync(session, [BlobHash.Compute(content)], [], Ct)).Value;
        await UploadAsync(site, session, content);
        Result<SiteSnapshot> done = await CommitAsync(site, session, content);

        Assert.Equal(ErrorCode.BlobNotNameable, refused.Error?.Code);
        Assert.Equal([BlobHash.Compute(content)], missing);
        Assert.True(done.IsOk, done.Error?.Message);
        Assert.Equal(content, await ReadAsync(site, dataset, "pushed"));
    }

    [Fact]
    public async Task A_file_in_parts_whose_parts_made_room_is_not_taken_for_whole()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        byte[] content = RandomNumberGenerator.GetBytes(6 << 20);
        SiteUpload upload = (await site.Site.Uploads.StartAsync(dataset.Id, DatasetPath.Parse("parts").Value, Entry.File(default, 0), null, "anna", Ct)).Value;
        SiteUploadPart part = (await site.Site.Uploads.PutPartAsync(
            upload, 1, PipeReader.Create(new MemoryStream(content)), content.Length, static () => ValueTask.FromResult(Result<string?>.Ok(null)), Ct)).Value;
        await PutSomeAsync(site, dataset, 12);
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Result<Entry> refused = await site.Site.Uploads.CompleteAsync(
            upload, [part], static hash => Entry.File(hash, 0), EntryCondition.None, static () => ValueTask.FromResult<HutchError?>(null), Ct);

        Assert.False(refused.IsOk);
        Assert.Contains("made room", refused.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("parts", await site.ListAsync(dataset.Id));
    }

    [Fact]
    public async Task Data_past_their_expiry_are_freed_first_and_not_counted_as_expired_early()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset later = await CreateAsync(site, "later", days: 30);
        SiteDataset sooner = await CreateAsync(site, "sooner");
        List<byte[]> files = await PutSomeAsync(site, later, 3);
        await PutSomeAsync(site, sooner, 8);
        await site.PassAsync(TimeSpan.FromDays(3));

        EarlyExpired made = await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Assert.Equal(new EarlyExpired(0, 0), made);
        Assert.Equal(files[0], await ReadAsync(site, later, "0"));
    }

    [Fact]
    public async Task Nothing_goes_while_a_backup_copies_the_segments()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        await PutSomeAsync(site, dataset, 12);
        Task<EarlyExpired> look;
        using (await site.Site.Collector.PauseAsync(Ct))
        {
            look = site.Site.TemporaryDataLimit.CheckAsync(Ct);
            Assert.NotNull(await ReadAsync(site, dataset, "0"));
            Assert.False(look.IsCompleted);
        }

        Assert.True((await look).Bytes > 0);
    }

    [Fact]
    public async Task Early_expiry_works_during_a_collection()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        SiteDataset lasting = await site.CreateAsync("lasting");
        await site.PutAsync(lasting.Id, "stays", "stays");
        List<byte[]> files = await PutSomeAsync(site, dataset, 12);
        var made = new List<EarlyExpired>();
        site.Site.Collector.Reached = async _ => made.Add(await site.Site.TemporaryDataLimit.CheckAsync(Ct));

        await site.Site.Collector.CollectAsync(Ct);

        Assert.True(made[0].Bytes > 0);
        Assert.Equal("stays"u8.ToArray(), await site.ReadAsync(lasting.Id, "stays"));
        Assert.Equal(files[11], await ReadAsync(site, dataset, "11"));
    }

    [Fact]
    public async Task Operators_are_warned_for_a_day_also_after_a_restart()
    {
        await using TestSite site = await OpenAsync();
        SiteDataset dataset = await CreateAsync(site, days: 30);
        await PutSomeAsync(site, dataset, 12);
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);
        SiteWarning warning = Assert.Single(await site.Site.Warnings.ReadAsync(Ct));
        await site.ReopenAsync();
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);
        SiteWarning again = Assert.Single(await site.Site.Warnings.ReadAsync(Ct));
        await site.PassAsync(TimeSpan.FromHours(25));
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Assert.Equal(("temporary-dropped", warning), (warning.Kind, again));
        Assert.DoesNotContain(await site.Site.Warnings.ReadAsync(Ct), static found => found.Kind == "temporary-dropped");
    }

    private static Task<TestSite> OpenAsync(long limit = Limit) => TestSite.OpenAsync(new SiteOptions
    {
        Segments = new SegmentOptions { ReserveBytes = 1 << 20, SegmentBytes = SegmentBytes },
        Clock = new ClockOptions { SettleMinutes = 0 },
        Lifecycle = new LifecycleOptions { MaxTemporaryBytes = limit },
    });

    private static async Task<SiteDataset> CreateAsync(TestSite site, string slug = "grid", int days = 1) => (await site.Site.Lifecycle.CreateAsync(
        new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = slug, By = "anna", TransientDays = days }, Ct)).Value;

    private static async Task<List<byte[]>> PutSomeAsync(TestSite site, SiteDataset dataset, int count, int size = 900_000, string prefix = "")
    {
        var contents = new List<byte[]>();
        for (int i = 0; i < count; i++)
        {
            contents.Add(RandomNumberGenerator.GetBytes(size));
            await PutAsync(site, dataset, $"{prefix}{i}", contents[i]);
        }

        return contents;
    }

    private static async Task PutAsync(TestSite site, SiteDataset dataset, string path, byte[] content)
    {
        Result<bool> put = await site.PutAsync(dataset.Id, path, content);
        Assert.True(put.IsOk, put.Error?.Message);
    }

    /// <summary>The bytes of a file; null when they made room.</summary>
    private static async Task<byte[]?> ReadAsync(TestSite site, SiteDataset dataset, string path)
    {
        TreeView view = (await site.Site.Heads.ResolveAsync(dataset.Id, null, Ct)).Value;
        Entry entry = (await site.Site.Heads.FindAsync(view, DatasetPath.Parse(path).Value, Ct))!;
        try
        {
            return await (await site.Site.Blobs.FindAsync(dataset.Id, entry.Hash, Ct))!.ReadAllAsync(int.MaxValue, Ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Gone)
        {
            return null;
        }
    }

    private static async Task<HutchError> RefusalAsync(TestSite site, SiteDataset dataset, string path)
    {
        TreeView view = (await site.Site.Heads.ResolveAsync(dataset.Id, null, Ct)).Value;
        Entry entry = (await site.Site.Heads.FindAsync(view, DatasetPath.Parse(path).Value, Ct))!;
        return (await Assert.ThrowsAsync<HutchException>(() => site.Site.Blobs.FindAsync(dataset.Id, entry.Hash, Ct).AsTask())).Error;
    }

    private static async Task UploadAsync(TestSite site, SiteSession session, byte[] content)
    {
        Lane lane = (await site.Site.Lanes.ForWritingAsync(session.Dataset, Ct)).Value;
        using ReceivedBlob blob = (await site.Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, lane, Ct)).Value;
        Assert.True((await site.Site.Pushes.AddAsync(session.Id, [blob], Ct)).IsOk);
    }

    private static async Task<Result<SiteSnapshot>> CommitAsync(TestSite site, SiteSession session, byte[] content)
    {
        using PushCommit commit = (await site.Site.PushCommits.BeginAsync(session, static _ => Task.FromResult<IReadOnlyList<TreeView>>([]), Ct)).Value;
        Result<Done> added = await commit.AddAsync([new TreeChange(DatasetPath.Parse("pushed").Value, Entry.File(BlobHash.Compute(content), content.Length))], Ct);
        return added.IsOk ? await commit.FinishAsync(null, Ct) : added.Error;
    }
}

using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Tests.Sites;

public sealed class CollectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Nothing is dead in the segment: only its journal speaks of what was purged.</summary>
    [Fact]
    public async Task A_purge_takes_the_records_out_of_a_segment_in_which_every_member_lives()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset kept = await site.CreateAsync("kept");
        SiteDataset purged = await site.CreateAsync("purged");
        await site.PutAsync(kept.Id, "file", RandomNumberGenerator.GetBytes(100_000));
        await site.Site.Entries.PutAsync(
            purged.Id, DatasetPath.Parse("mueller").Value, Entry.Link("nowhere"), null, EntryCondition.None, Ct);
        await site.Site.Segments.SealAsync(Ct);

        await site.Site.Lifecycle.PurgeAsync(purged.Id, "withdrawn consent", "anna", Ct);
        await site.Site.Collector.CollectPurgedAsync(purged, Ct);

        AssertNoSegmentHas(site, "mueller"u8);
    }

    [Fact]
    public async Task A_page_that_is_not_found_is_damage_and_not_something_that_was_deleted()
    {
        await using TestSite site = await TestSite.OpenAsync();
        TreeRoot lost = TreeRoot.Empty with { Page = BlobHash.Compute("lost"u8), Files = 1 };

        var refused = await Assert.ThrowsAsync<HutchException>(
            async () => await site.Site.Heads.Tree.FindAsync(lost, DatasetPath.Parse("a").Value, Ct));

        Assert.Equal(ErrorCode.Quarantined, refused.Error.Code);
        Assert.Contains(lost.Page.ToString(), refused.Error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// The journal of the segment is older than what was purged, which came to use its bytes later: only the few dead bytes speak for a
    /// rewrite.
    /// </summary>
    [Fact]
    public async Task A_purge_takes_a_few_dead_bytes_out_of_a_segment_that_has_no_record_of_it()
    {
        byte[] secret = "the secret of patient mueller"u8.ToArray();
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset kept = await site.CreateAsync("kept");
        await site.PutAsync(kept.Id, "file", RandomNumberGenerator.GetBytes(100_000));
        await site.PutAsync(kept.Id, "template", secret);
        await site.Site.Segments.SealAsync(Ct);
        SiteDataset purged = await site.CreateAsync("purged");
        await site.PutAsync(purged.Id, "notes", secret);
        await site.RemoveAsync(kept.Id, "template");
        await site.Site.Segments.SealAsync(Ct);

        await site.Site.Lifecycle.PurgeAsync(purged.Id, "withdrawn consent", "anna", Ct);
        await site.Site.Collector.CollectPurgedAsync(purged, Ct);

        AssertNoSegmentHas(site, secret);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_segment_that_lost_members_is_left_alone_however_dead_it_looks(bool isCut)
    {
        await using TestSite site = await TestSite.OpenAsync();
        (string bulk, byte[] kept) = await FillBulkAsync(site);
        await site.ReopenAsync(() => Cut(bulk, kept, isCut));

        // Cut at the end of a group, so that no member is known to be damaged.
        Assert.Empty(site.Site.Segments.Quarantined);
        await site.Site.Collector.CollectAsync(Ct);

        Assert.Equal(isCut, File.Exists(bulk));
    }

    [Fact]
    public async Task No_data_are_removed_after_a_rebuild_from_damaged_segments_until_a_new_rebuild_or_an_override()
    {
        await using TestSite site = await TestSite.OpenAsync();
        (string bulk, byte[] kept) = await FillBulkAsync(site);
        byte[] whole = [];
        await site.ReopenAsync(() =>
        {
            whole = File.ReadAllBytes(bulk);
            Cut(bulk, kept, isCut: true);
        });
        string mark = site.RecordsPath + RecordsFile.IncompleteSuffix;
        Assert.False(File.Exists(mark));
        await site.ReopenAsync(withoutDatabase: true);

        for (int start = 0; start < 2; start++)
        {
            HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => site.Site.Collector.CollectAsync(Ct));
            Assert.Contains("No stored data is removed", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(await site.Site.Warnings.ReadAsync(Ct), warning => warning.Kind == "records-incomplete");
            await site.ReopenAsync();
        }

        File.Move(mark, mark + ".kept");
        await site.Site.Collector.CollectAsync(Ct);
        File.Move(mark + ".kept", mark);
        await site.ReopenAsync(() => File.WriteAllBytes(bulk, whole));
        await site.ReopenAsync(withoutDatabase: true);

        Assert.DoesNotContain(await site.Site.Warnings.ReadAsync(Ct), warning => warning.Kind == "records-incomplete");
        Assert.False(File.Exists(mark));
        await site.Site.Collector.CollectAsync(Ct);
    }

    /// <summary>A segment of large files of which most is dead: its path, and what lives in it.</summary>
    private static async Task<(string Path, byte[] Kept)> FillBulkAsync(TestSite site)
    {
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] kept = RandomNumberGenerator.GetBytes(2 << 20);
        await site.PutAsync(dataset.Id, "dead", RandomNumberGenerator.GetBytes(9 << 20));
        await site.PutAsync(dataset.Id, "kept", kept);
        await site.RemoveAsync(dataset.Id, "dead");
        return (Directory.GetFiles(Path.Combine(site.Folder, "segments"), "*.bulk.tar").Single(), kept);
    }

    /// <summary>Cuts a segment before a member.</summary>
    private static void Cut(string segment, byte[] member, bool isCut)
    {
        if (isCut)
        {
            using FileStream file = File.Open(segment, FileMode.Open, FileAccess.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            file.SetLength(bytes.AsSpan().IndexOf(member.AsSpan(0, 1000)) - 512);
        }
    }

    private static void AssertNoSegmentHas(TestSite site, ReadOnlySpan<byte> bytes)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(site.Folder, "segments")))
        {
            Assert.False(File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0, file);
        }
    }

    [Fact]
    public async Task What_came_from_a_dataset_that_gave_up_its_bytes_keeps_its_own_when_all_above_it_has_ended()
    {
        await using TestSite site = await TestSite.OpenAsync();
        byte[] bytes = RandomNumberGenerator.GetBytes(2 << 20);
        SiteDataset first = await site.CreateAsync("first");
        await site.PutAsync(first.Id, "file", bytes);
        SiteDataset closed = (await site.Site.Lifecycle.CloseAsync(first.Id, "anna", null, Ct)).Value;
        SiteDataset between = await site.DeriveAsync("between", first.Id);
        SiteDataset last = await site.DeriveAsync("last", between.Id);
        Eviction wanted = (await site.Site.Evictions.RequestAsync(first.Id, 1, "anna", Ct)).Value.Eviction!;
        await site.Site.Evictions.RecordRequestedAsync(first.Id, wanted.Nonce, "archive", Ct);
        var proofs = new Dictionary<string, string> { ["archive"] = "signed" };
        Assert.True((await site.Site.Evictions.EvictAsync(first.Id, wanted.Nonce, proofs, [closed.Snapshot!.Value], Ct)).IsOk);

        await site.Site.Collector.CollectAsync(Ct);
        int[] ended = [await site.EndAsync(between.Id), await site.EndAsync(first.Id)];
        await site.Site.Collector.CollectAsync(Ct);

        Assert.Equal([1, 1], ended);
        Assert.Equal(bytes, await site.ReadAsync(last.Id, "file"));
    }

    [Fact]
    public async Task Transient_bytes_end_with_their_day_and_a_lasting_copy_stays()
    {
        await using TestSite site = await TestSite.OpenAsync();
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] large = RandomNumberGenerator.GetBytes(5 << 20);
        SiteDataset transient = (await site.Site.Lifecycle.CreateAsync(
            new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = "grid", By = "anna", TransientDays = 1 },
            Ct)).Value;
        SiteDataset lasting = await site.CreateAsync("kept");
        await site.PutAsync(transient.Id, "small", small);
        await site.PutAsync(transient.Id, "large", large);
        await site.PutAsync(lasting.Id, "small", small);
        await site.PutAsync(lasting.Id, "large", large);

        site.Time.Advance(TimeSpan.FromDays(3));
        int ended = await site.Site.Lifecycle.EndWhatIsOverAsync(Ct);
        await site.Site.Collector.CollectAsync(Ct);

        Assert.Equal(1, ended);
        Assert.Empty(site.Site.Segments.TransientLanes);
        Assert.Equal(small, await site.ReadAsync(lasting.Id, "small"));
        Assert.Equal(large, await site.ReadAsync(lasting.Id, "large"));
        Result<TreeView> gone = await site.Site.Heads.ResolveAsync(transient.Id, null, Ct);
        Assert.Equal(ErrorCode.Gone, gone.Error?.Code);
    }
}

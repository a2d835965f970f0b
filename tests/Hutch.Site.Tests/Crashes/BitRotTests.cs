using System.Security.Cryptography;
using Hutch.Catalog.Site;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Storage.Segments;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Crashes;

/// <summary>Single bits turn over on the disk: what is wrong is never served, everything else is, and sending it again heals it.</summary>
public sealed class BitRotTests : IAsyncLifetime
{
    private readonly string _root = CrashFolder.Make();
    private readonly FaultyDisk _disk = new(1);
    private readonly StandingTime _time = new();
    private readonly byte[] _small = RandomNumberGenerator.GetBytes(5000);
    private readonly byte[] _large = RandomNumberGenerator.GetBytes((1 << 20) + 5);
    private SimulatedSite _site = null!;
    private SiteDataset _dataset = null!;
    private SiteDataset _other = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await SimulatedSite.OpenAsync(_disk, _root, SimulatedSite.Options(1), _time);
        _dataset = await _site.CreateAsync("rotten");
        _other = await _site.CreateAsync("sound");
        await _site.PutAsync(_dataset, "small", _small);
        await _site.PutAsync(_dataset, "large", _large);
        await _site.PutAsync(_other, "sound", RandomNumberGenerator.GetBytes(700));
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_damaged_small_blob_is_named_as_damaged_every_time_and_healed_by_the_next_upload()
    {
        Flip(MemberKey.Blob(BlobHash.Compute(_small)));

        Assert.Equal(ErrorCode.Quarantined, (await ReadAsync("small")).Error?.Code);
        Assert.Equal(ErrorCode.Quarantined, (await ReadAsync("small")).Error?.Code);
        await _site.Site.Collector.CollectAsync(Ct);
        Assert.Equal(ErrorCode.Quarantined, (await ReadAsync("small")).Error?.Code);
        await _site.PutAsync(_other, "the same", _small);

        Assert.Equal(_small, (await ReadAsync("small")).Value);
        await _site.VerifyAllAsync();
    }

    [Fact]
    public async Task A_damaged_extent_is_named_as_damaged_and_the_next_upload_of_the_same_bytes_is_not_taken_for_stored()
    {
        LargeBlob blob = (await _site.Site.Records.ReadAsync(queries => queries.LargeBlob(BlobHash.Compute(_large)), Ct))!;
        Flip(MemberKey.Extent(blob.Upload, blob.Extents[1].Offset));

        Assert.Equal(ErrorCode.Quarantined, (await ReadAsync("large")).Error?.Code);
        Assert.False(await _site.Site.Blobs.IsStoredForAsync(blob.Hash, Lane.Main, Ct));
        await _site.PutAsync(_other, "the same", _large);

        Assert.Equal(_large, (await ReadAsync("large")).Value);
        string[] live = await SimulatedSite.DumpAsync(_site.Site.Records);
        await ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await SimulatedSite.DumpAsync(_site.Site.Records));
        await _site.VerifyAllAsync();
    }

    [Fact]
    public async Task A_damaged_page_is_reported_as_damaged_and_other_datasets_are_unaffected()
    {
        await _site.Site.HeadCompactor.CompactAsync(_dataset.Id, CompactionRequest.Automatic, Ct);
        await ReopenAsync(withoutDatabase: false);
        SiteDataset now = (await _site.Site.Heads.DatasetAsync(_dataset.Id, Ct)).Value;
        Flip(MemberKey.Blob(now.Root.Page));

        Assert.Equal(ErrorCode.Quarantined, (await ReadAsync("small")).Error?.Code);
        Assert.Single(await _site.ReadAllAsync(_other.Id, null, []));
        await _site.PutAsync(_other, "more", RandomNumberGenerator.GetBytes(100));
        Assert.Equal(2, (await _site.ReadAllAsync(_other.Id, null, [])).Count);
    }

    [Fact]
    public async Task Damage_that_a_collection_finds_leaves_the_segment_where_it_is()
    {
        await _site.Site.Segments.SealAsync(Ct);
        MemberLocation place = Flip(MemberKey.Blob(BlobHash.Compute(_small)));
        for (int i = 0; i < 8; i++)
        {
            await _site.PutAsync(_dataset, "replaced", RandomNumberGenerator.GetBytes(9000 + i));
        }

        Life.Maintenance.CollectionReport report = await _site.Site.Collector.CollectAsync(Ct);
        await _site.Site.Collector.CollectAsync(Ct);

        Assert.Contains(_site.Site.Segments.Segments, segment => segment.Number == place.Segment);
        Assert.True(report.LeftSegments <= 1);
        Assert.Equal(ErrorCode.Quarantined, (await ReadAsync("small")).Error?.Code);
    }

    [Fact]
    public async Task A_damaged_journal_is_harmless_while_site_db_exists_and_a_checkpoint_replaces_it()
    {
        await _site.PutAsync(_dataset, "more", RandomNumberGenerator.GetBytes(60));
        await _site.Site.Segments.SealAsync(Ct);
        string[] live = await SimulatedSite.DumpAsync(_site.Site.Records);
        FlipJournal();
        await ReopenAsync(withoutDatabase: false);
        Assert.Equal(live, await SimulatedSite.DumpAsync(_site.Site.Records));

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => ReopenAsync(withoutDatabase: true, keepsCopy: true));
        Assert.Contains("salvage", refused.Message, StringComparison.Ordinal);
        await ReopenAsync(withoutDatabase: false);
        await _site.Site.Checkpointer.WriteAsync(Ct);
        await _site.PutAsync(_dataset, "after the checkpoint", _small);
        live = await SimulatedSite.DumpAsync(_site.Site.Records);
        await ReopenAsync(withoutDatabase: true);

        Assert.Equal(live, await SimulatedSite.DumpAsync(_site.Site.Records));
        await _site.VerifyAllAsync();
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_passed_over_as_long_as_the_journal_is_whole()
    {
        await _site.Site.Checkpointer.WriteAsync(Ct);
        BlobHash part = (await _site.Site.Records.ReadAsync(static queries => queries.CheckpointParts(), Ct))[0];
        Flip(MemberKey.Blob(part));
        await _site.PutAsync(_dataset, "after the checkpoint", _small);
        string[] live = await SimulatedSite.DumpAsync(_site.Site.Records);

        await ReopenAsync(withoutDatabase: true);

        Assert.Equal(live, await SimulatedSite.DumpAsync(_site.Site.Records));
    }

    [Fact]
    public async Task Without_site_db_and_without_a_whole_checkpoint_a_site_whose_journal_is_gone_refuses_with_words()
    {
        for (int i = 0; i < 8; i++)
        {
            await _site.PutAsync(_dataset, "replaced", RandomNumberGenerator.GetBytes(9000 + i));
        }

        Assert.True((await _site.Site.Collector.CollectAsync(Ct)).Retired > 0);
        BlobHash part = (await _site.Site.Records.ReadAsync(static queries => queries.CheckpointParts(), Ct))[0];
        Flip(MemberKey.Blob(part));

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => ReopenAsync(withoutDatabase: true, keepsCopy: true));
        await ReopenAsync(withoutDatabase: false);

        Assert.Contains("salvage", refused.Message, StringComparison.Ordinal);
        await _site.VerifyAllAsync();
    }

    private MemberLocation Flip(MemberKey key)
    {
        Assert.True(_site.Site.Segments.TryLocate(key, out MemberLocation place));
        _disk.FlipBit(PathOf(place.Segment), place.Offset + (place.Length / 2), 3);
        return place;
    }

    private void FlipJournal()
    {
        byte[] mark = "\"k\":\"entry.put\""u8.ToArray();
        foreach (SegmentInfo segment in _site.Site.Segments.Segments.OrderBy(static segment => segment.Number))
        {
            int at = _disk.ReadFile(PathOf(segment.Number)).AsSpan().IndexOf(mark);
            if (at > 0)
            {
                _disk.FlipBit(PathOf(segment.Number), at + 5, 1);
                return;
            }
        }

        Assert.Fail("There is no journal.");
    }

    private string PathOf(long segment) => SimulatedSite.SegmentsFolder + "/" + _disk.FilesIn(SimulatedSite.SegmentsFolder)
        .Single(name => name.StartsWith(segment.ToString("D10", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));

    private async Task ReopenAsync(bool withoutDatabase, bool keepsCopy = false)
    {
        await _site.DisposeAsync();
        string file = Path.Combine(_root, "site.db");
        if (keepsCopy)
        {
            File.Copy(file, file + ".copy");
        }

        if (withoutDatabase)
        {
            foreach (string old in Directory.GetFiles(_root, "site.db").Concat(Directory.GetFiles(_root, "site.db-*")))
            {
                File.Delete(old);
            }
        }

        try
        {
            _site = await SimulatedSite.OpenAsync(_disk, _root, SimulatedSite.Options(2), _time);
        }
        finally
        {
            if (keepsCopy)
            {
                File.Move(file + ".copy", file, overwrite: true);
            }
        }
    }

    private async Task<Result<byte[]>> ReadAsync(string path)
    {
        try
        {
            TreeView view = (await _site.Site.Heads.ResolveAsync(_dataset.Id, null, Ct)).Value;
            Entry entry = (await _site.Site.Heads.FindAsync(view, DatasetPath.Parse(path).Value, Ct))!;
            return await (await _site.Site.Blobs.FindAsync(entry.Hash, Ct))!.ReadAllAsync(int.MaxValue, Ct);
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }
}

using Hutch.Buckets;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Life.Maintenance;
using Hutch.Storage;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>A bucket that refuses, answers wrong bytes, or is used by another server.</summary>
public sealed class BucketFaultTests : IDisposable
{
    private static readonly FolderSettings Roomy = FolderOfBucket.Settings with { CacheBytes = 1L << 30 };

    private readonly FaultyDisk _disk = new(1);
    private readonly MemoryObjectStore _objects = new();
    private readonly byte[] _blob = FolderOfBucket.Blob(1, 100_000);

    public void Dispose() => _objects.Dispose();

    [Fact]
    public async Task Bytes_that_come_back_wrong_do_not_count_and_are_stored_again_under_another_name()
    {
        await using FolderOfBucket folder = await OpenAsync();
        await folder.AppendAsync(1, _blob);
        string? damaged = null;
        _objects.Delay = (call, _) =>
        {
            if (damaged is null && call.Operation == ObjectOperation.Read && call.Key.EndsWith(".tar", StringComparison.Ordinal))
            {
                damaged = call.Key;
                _objects[call.Key] = [.. _objects[call.Key].Select(static one => (byte)~one)];
            }

            return Task.CompletedTask;
        };

        HutchError? first = await folder.SecureAsync();
        IReadOnlyList<string> stayed = LocalSegments();
        HutchError? second = await folder.SecureAsync();

        Assert.Contains("does not have the bytes", first?.Message, StringComparison.Ordinal);
        Assert.Single(stayed);
        Assert.Null(second);
        Assert.Empty(LocalSegments());
        Assert.NotEqual(damaged, Assert.Single(_objects.Keys, key => key.EndsWith(".tar", StringComparison.Ordinal) && key != damaged));
        Assert.Equal(_blob, await folder.ReadAsync(_blob));
    }

    [Fact]
    public async Task While_the_bucket_refuses_everything_is_served_from_the_local_disk_and_a_warning_counts_what_waits()
    {
        await using FolderOfBucket folder = await OpenAsync();
        await folder.AppendAsync(1, _blob);
        _objects.Fault = static call => call.Operation == ObjectOperation.Put ? ObjectFault.Refuse : ObjectFault.None;

        HutchError? refused = await folder.SecureAsync();
        SiteWarning warning = Assert.Single(folder.Bucket.Warnings);
        byte[]? read = await folder.ReadAsync(_blob);
        _objects.Fault = static _ => ObjectFault.None;
        HutchError? later = await folder.SecureAsync();

        Assert.Equal(ErrorCode.Unavailable, refused?.Code);
        Assert.Equal("bucket-behind", warning.Kind);
        Assert.Contains("1 sealed segments are on the local disk alone", warning.Message, StringComparison.Ordinal);
        Assert.Equal(_blob, read);
        Assert.Null(later);
        Assert.Empty(folder.Bucket.Warnings);
    }

    [Fact]
    public async Task An_open_segment_is_stored_at_the_latest_after_the_time_to_seal()
    {
        var time = new PollingTime();
        FolderSettings settings = FolderOfBucket.Settings with { SealAfter = TimeSpan.FromSeconds(600) };
        await using FolderOfBucket folder = await FolderOfBucket.OpenAsync(_disk, _objects, settings, time);
        var segments = new SealedSegments(folder.Store);
        await folder.AppendAsync(1, _blob);
        time.Pass(TimeSpan.FromSeconds(10));
        await folder.Bucket.StoreAsync(segments, CancellationToken.None);
        time.Pass(TimeSpan.FromSeconds(560));
        await folder.Bucket.StoreAsync(segments, CancellationToken.None);
        Assert.DoesNotContain(_objects.Keys, static key => key.EndsWith(".tar", StringComparison.Ordinal));

        time.Pass(TimeSpan.FromSeconds(30));
        await folder.Bucket.StoreAsync(segments, CancellationToken.None);

        Assert.Single(_objects.Keys, static key => key.EndsWith(".tar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_bucket_stays_readable_and_new_data_stay_on_the_local_disk_until_it_has_space()
    {
        await using FolderOfBucket folder = await StoredAsync(FolderOfBucket.Settings);
        byte[] next = FolderOfBucket.Blob(2, 100_000);
        await folder.AppendAsync(2, next);
        _objects.Fault = static _ => ObjectFault.Full;

        HutchError? refused = await folder.SecureAsync();
        SiteWarning warning = Assert.Single(folder.Bucket.Warnings);
        byte[][] read = [(await folder.ReadAsync(_blob))!, (await folder.ReadAsync(next))!];
        _objects.Fault = static _ => ObjectFault.None;

        Assert.Contains("QuotaExceeded", refused?.Message, StringComparison.Ordinal);
        Assert.Contains("its quota", warning.Advice, StringComparison.Ordinal);
        Assert.Equal([_blob, next], read);
        Assert.Null(await folder.SecureAsync());
    }

    [Fact]
    public async Task An_answer_that_comes_late_or_never_leaves_no_object_that_counts()
    {
        await using FolderOfBucket folder = await OpenAsync();
        await folder.AppendAsync(1, _blob);
        _objects.Fault = static call => call.Key.EndsWith(".tar", StringComparison.Ordinal) ? ObjectFault.LoseAnswer : ObjectFault.None;
        HutchError? refused = await folder.SecureAsync();
        IReadOnlyList<string> stayed = LocalSegments();
        _objects.Fault = static _ => ObjectFault.None;

        Assert.NotNull(refused);
        Assert.Single(stayed);
        Assert.Null(await folder.SecureAsync());
        Assert.Equal(_blob, await folder.ReadAsync(_blob));
    }

    [Fact]
    public async Task A_read_that_the_bucket_refuses_is_not_taken_for_damage()
    {
        await using FolderOfBucket folder = await StoredAsync(FolderOfBucket.Settings);
        _objects.Fault = static call => call.Operation == ObjectOperation.Read ? ObjectFault.Lose : ObjectFault.None;
        await Assert.ThrowsAsync<MemberUnreadableException>(() => folder.ReadAsync(_blob));
        _objects.Fault = static _ => ObjectFault.None;

        Assert.Equal(_blob, await folder.ReadAsync(_blob));
        Assert.Empty(folder.Store.Quarantined);
    }

    [Fact]
    public async Task Another_object_in_the_place_of_a_segment_is_quarantined_and_never_served()
    {
        await using FolderOfBucket folder = await StoredAsync(FolderOfBucket.Settings);
        string key = Segment();
        _objects[key] = new byte[_objects[key].Length];

        await Assert.ThrowsAsync<QuarantinedException>(() => folder.ReadAsync(_blob));
        Assert.Single(folder.Store.Quarantined);
    }

    [Fact]
    public async Task Reads_that_were_fetched_once_need_no_bucket()
    {
        await using FolderOfBucket folder = await StoredAsync(Roomy);
        await DropAllAsync(folder);
        Assert.Equal(_blob, await folder.ReadAsync(_blob));
        int calls = _objects.Calls.Count;

        Assert.Equal(_blob, await folder.ReadAsync(_blob));
        Assert.Equal(calls, _objects.Calls.Count);
    }

    [Fact]
    public async Task A_scrub_reads_the_bucket_and_not_the_cache()
    {
        await using FolderOfBucket folder = await StoredAsync(Roomy);
        await DropAllAsync(folder);
        Assert.Equal(_blob, await folder.ReadAsync(_blob));
        long segment = folder.Store.Segments[0].Number;
        Assert.Empty((await folder.Store.ScrubAsync(segment, 1L << 40, CancellationToken.None)).Damage);

        string key = Segment();
        _objects[key] = [.. _objects[key].Select(static (one, at) => at == 50_000 ? (byte)~one : one)];

        Assert.NotEmpty((await folder.Store.ScrubAsync(segment, 1L << 40, CancellationToken.None)).Quarantined);
    }

    [Fact]
    public async Task A_scrub_that_the_bucket_refuses_reports_no_damage()
    {
        await using FolderOfBucket folder = await StoredAsync(FolderOfBucket.Settings);
        long segment = folder.Store.Segments[0].Number;
        _objects.Fault = static call => call.Operation == ObjectOperation.Read ? ObjectFault.Lose : ObjectFault.None;

        await Assert.ThrowsAsync<StoreAwayException>(() => folder.Store.ScrubAsync(segment, 1L << 40, CancellationToken.None));

        _objects.Fault = static _ => ObjectFault.None;
        Assert.Empty((await folder.Store.ScrubAsync(segment, 1L << 40, CancellationToken.None)).Damage);
    }

    [Fact]
    public async Task A_restart_and_look_ups_need_no_bytes_of_segments()
    {
        await (await StoredAsync(FolderOfBucket.Settings)).DisposeAsync();
        int calls = _objects.Calls.Count;

        await using FolderOfBucket folder = await OpenAsync();
        bool isFound = folder.Store.TryLocate(MemberKey.Blob(BlobHash.Compute(_blob)), out _);

        Assert.True(isFound);
        Assert.DoesNotContain(_objects.Calls.Skip(calls), static call => call.Key.EndsWith(".tar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_of_the_folder_is_refused_until_it_takes_over_and_then_the_first_writes_nothing_more()
    {
        await using FolderOfBucket first = await StoredAsync(FolderOfBucket.Settings);
        FaultyDisk copied = _disk.Crash(0);
        FolderSettings elsewhere = FolderOfBucket.Settings with { PlaceOf = static _ => "there" };

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => FolderOfBucket.OpenAsync(copied, _objects, elsewhere));
        await using FolderOfBucket second = await FolderOfBucket.OpenAsync(copied, _objects, elsewhere with { TakesOver = true }, new PollingTime());
        await first.AppendAsync(2, FolderOfBucket.Blob(2, 10));
        HutchError? fenced = await first.SecureAsync();
        await second.AppendAsync(2, FolderOfBucket.Blob(3, 10));

        Assert.Contains("--take-over-bucket", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("has taken over the bucket", fenced?.Message, StringComparison.Ordinal);
        Assert.Equal("bucket-taken", first.Bucket.Warnings[0].Kind);
        Assert.Null(await second.SecureAsync());
        Assert.Equal(_blob, await second.ReadAsync(_blob));
        Assert.True(second.Store.Segments[0].Number > FolderLife.NumbersPerLife);
        await Assert.ThrowsAsync<HutchException>(() => OpenAsync());
    }

    [Fact]
    public async Task A_bucket_with_other_objects_or_of_another_folder_is_refused_and_not_changed()
    {
        _objects["somebody's"] = [1];
        HutchException foreign = await Assert.ThrowsAsync<HutchException>(() => OpenAsync());
        _objects.Remove("somebody's");
        await (await OpenAsync()).DisposeAsync();
        string[] before = [.. _objects.Keys];

        HutchException another = await Assert.ThrowsAsync<HutchException>(
            () => FolderOfBucket.OpenAsync(new FaultyDisk(2), _objects));

        Assert.Contains("does not say which data folder", foreign.Error.Message, StringComparison.Ordinal);
        Assert.Contains("hutch rebuild --from-bucket", another.Error.Message, StringComparison.Ordinal);
        Assert.Equal(before, _objects.Keys);
    }

    [Fact]
    public async Task The_object_of_a_retired_segment_stays_until_its_moved_members_are_stored()
    {
        await using FolderOfBucket folder = await StoredAsync(FolderOfBucket.Settings);
        string key = Segment();
        await folder.AppendAsync(2, _blob);
        await folder.Store.RetireAsync(folder.Store.Segments[^1].Number, CancellationToken.None);
        await folder.Bucket.StoreAsync(new SealedSegments(folder.Store), CancellationToken.None);
        bool stayed = _objects.Keys.Contains(key);

        Assert.Null(await folder.SecureAsync());

        Assert.True(stayed);
        Assert.DoesNotContain(key, _objects.Keys);
        Assert.Equal(_blob, await folder.ReadAsync(_blob));
    }

    [Fact]
    public async Task A_rebuild_reports_the_objects_that_the_bucket_lost()
    {
        await using (FolderOfBucket folder = await StoredAsync(FolderOfBucket.Settings))
        {
            await folder.AppendAsync(2, FolderOfBucket.Blob(2, 10));
            Assert.Null(await folder.SecureAsync());
        }

        string key = Segment();
        _objects.Remove(key);
        var disk = new FaultyDisk();
        disk.CreateFolder(FolderOfBucket.Data);
        RebuiltFolder rebuilt = (await new FolderRebuild(disk, _objects, FolderOfBucket.Settings, new PollingTime())
            .RunAsync(FolderOfBucket.Data, CancellationToken.None)).Value;
        await using FolderOfBucket remade = await FolderOfBucket.OpenAsync(disk, _objects);

        Assert.Equal([key], rebuilt.Missing);
        Assert.Equal([key.Split('/')[^1]], remade.Store.LostSegments);
    }

    private Task<FolderOfBucket> OpenAsync() => FolderOfBucket.OpenAsync(_disk, _objects);

    private async Task<FolderOfBucket> StoredAsync(FolderSettings settings)
    {
        FolderOfBucket folder = await FolderOfBucket.OpenAsync(_disk, _objects, settings);
        await folder.AppendAsync(1, _blob);
        Assert.Null(await folder.SecureAsync());
        return folder;
    }

    /// <summary>Removes the local files of all segments, whatever the cache may have.</summary>
    private static async Task DropAllAsync(FolderOfBucket folder)
    {
        foreach (StoredSegment segment in folder.Bucket.Files.Cached)
        {
            await folder.Bucket.Files.DropAsync(segment, CancellationToken.None);
        }
    }

    private string Segment() => _objects.Keys.First(static key => key.EndsWith(".tar", StringComparison.Ordinal));

    private IReadOnlyList<string> LocalSegments() =>
        [.. _disk.ListFiles(SegmentInspection.FolderOf(FolderOfBucket.Data)).Where(static name => name.EndsWith(".tar", StringComparison.Ordinal))];
}

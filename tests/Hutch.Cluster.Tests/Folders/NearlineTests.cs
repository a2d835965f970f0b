using Hutch.Buckets;
using Hutch.Buckets.Nearline;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Platform.Fairness;
using Hutch.Storage;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>Segments of a data folder over a bucket in nearline storage: tapes in memory.</summary>
public sealed class NearlineTests : IDisposable
{
    private const int Count = 12;

    private readonly FaultyDisk _disk = new(1);
    private readonly MemoryObjectStore _objects = new();
    private readonly TapeLibrary _tapes = new();
    private readonly byte[][] _blobs = [.. Enumerable.Range(0, Count).Select(static i => FolderOfBucket.Blob(i, 20_000))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _objects.Dispose();

    [Fact]
    public async Task Segments_move_from_the_bucket_to_tape_and_are_read_after_a_recall()
    {
        await using FolderOfBucket folder = await FilledAsync();

        await Assert.ThrowsAsync<MemberOfflineException>(() => folder.ReadAsync(_blobs[3]));
        long segment = SegmentOf(folder, _blobs[3]);
        RecallState queued = folder.Bucket.Offline!.Request(new HashSet<long> { segment }, null);
        await folder.Bucket.Offline.BringAsync(new HashSet<long> { segment }, Ct);

        Assert.DoesNotContain(_objects.Keys, static key => key.EndsWith(".tar", StringComparison.Ordinal));
        Assert.Equal(Count, _tapes.Names.Count);
        Assert.Equal((1, 1, 1), (queued.Segments, queued.Offline, queued.Queued));
        Assert.True(queued.Wait > TimeSpan.Zero);
        Assert.Equal(_blobs[3], await folder.ReadAsync(_blobs[3]));
        Assert.False(folder.Bucket.Offline.IsOffline(segment));
    }

    [Fact]
    public async Task Recalls_are_batched_by_tape_in_its_order_with_bounded_drives_and_each_segment_comes_once()
    {
        await using FolderOfBucket folder = await FilledAsync();
        HashSet<long> all = [.. _blobs.Select(blob => SegmentOf(folder, blob))];
        var opened = new TaskCompletionSource();
        var two = new TaskCompletionSource();
        int mounting = 0;
        _tapes.Mounting = _ =>
        {
            if (Interlocked.Increment(ref mounting) == 2)
            {
                two.SetResult();
            }

            return opened.Task;
        };

        Task[] readers = [.. Enumerable.Range(0, 5).Select(_ => folder.Bucket.Offline!.BringAsync(all, Ct))];
        await two.Task.WaitAsync(Ct);
        opened.SetResult();
        await Task.WhenAll(readers);

        Assert.Equal(2, _tapes.MostMounted);
        Assert.Equal(Count / _tapes.PerTape, _tapes.Mounts.Count);
        Assert.Equal(Count, _tapes.Mounts.SelectMany(static mount => mount).Distinct().Count());
        Assert.All(_tapes.Mounts, mount => Assert.Equal(mount.OrderBy(name => _tapes.Names.ToList().IndexOf(name)), mount));
    }

    [Fact]
    public async Task A_server_that_stops_during_a_recall_continues_it_and_recalls_nothing_twice()
    {
        FolderOfBucket folder = await FilledAsync();
        HashSet<long> all = [.. _blobs.Select(blob => SegmentOf(folder, blob))];
        int left = 5;
        FaultyDisk? crashed = null;
        _tapes.Reading = bytes =>
        {
            if (--left == 0)
            {
                crashed = _disk.Crash(7);
            }

            return left > 0 ? bytes : throw new IOException("the server is gone");
        };
        folder.Bucket.Offline!.Request(all, null);
        while (crashed is null)
        {
            await Task.Yield();
        }

        await folder.DisposeAsync();
        List<string> first = [.. _tapes.Mounts.SelectMany(static mount => mount)];
        _tapes.Forget();
        _tapes.Reading = static bytes => bytes;
        await using FolderOfBucket again = await OpenAsync(crashed);
        RecallState resumed = again.Bucket.Offline!.Find(all);
        await again.Bucket.Offline.BringAsync(all, Ct);

        List<string> second = [.. _tapes.Mounts.SelectMany(static mount => mount)];
        Assert.Equal(resumed.Offline, resumed.Queued);
        Assert.Equal(Count, resumed.Segments);
        Assert.True(second.Count <= Count - 4 + 1, $"{first.Count} and {second.Count} recalls");
        Assert.Equal(second.Count, second.Distinct().Count());
        foreach (byte[] blob in _blobs)
        {
            Assert.Equal(blob, await again.ReadAsync(blob));
        }
    }

    [Fact]
    public async Task A_pin_keeps_segments_until_its_end_and_is_refused_beyond_the_cache()
    {
        var time = new ManualTime();
        await using FolderOfBucket folder = await FilledAsync(time, cacheBytes: 100_000);
        HashSet<long> two = [.. _blobs[..2].Select(blob => SegmentOf(folder, blob))];
        HashSet<long> all = [.. _blobs.Select(blob => SegmentOf(folder, blob))];

        folder.Bucket.Offline!.Request(two, time.GetUtcNow() + TimeSpan.FromDays(7));
        await folder.Bucket.Offline.BringAsync(two, Ct);
        HutchException refused = Assert.Throws<HutchException>(() => folder.Bucket.Offline.Request(all, time.GetUtcNow() + TimeSpan.FromDays(7)));
        time.Advance(TimeSpan.FromDays(6));
        await folder.Bucket.EvictAsync(Ct);
        RecallState kept = folder.Bucket.Offline.Find(two);
        folder.Bucket.Offline.Release(two);
        await folder.SecureAsync();

        Assert.Equal(ErrorCode.InsufficientStorage, refused.Error.Code);
        Assert.Equal(0, kept.Offline);
        Assert.NotNull(kept.Until);
        Assert.Null(folder.Bucket.Offline.Find(two).Until);
    }

    [Fact]
    public async Task A_rebuild_recalls_each_segment_once_and_many_of_a_tape_together_through_a_small_cache()
    {
        await (await FilledAsync()).DisposeAsync();
        var empty = new FaultyDisk(2);
        empty.CreateFolder(FolderOfBucket.Data);
        FolderSettings settings = SettingsOf(empty, cacheBytes: 200_000);
        Result<RebuiltFolder> rebuilt = await new FolderRebuild(empty, _objects, settings, TimeProvider.System).RunAsync(FolderOfBucket.Data, Ct);

        await using FolderOfBucket again = await FolderOfBucket.OpenAsync(empty, _objects, settings);
        HashSet<long> all = [.. _blobs.Select(blob => SegmentOf(again, blob))];
        List<string> recalled = [.. _tapes.Mounts.SelectMany(static mount => mount)];

        Assert.Equal(Count, rebuilt.Value.Segments);
        Assert.Equal(_tapes.Names.Order(), recalled.Order());
        Assert.True(_tapes.Mounts.Count < Count, $"{_tapes.Mounts.Count} mounts");
        Assert.True(again.Bucket.Offline!.Find(all).Offline > 0);
        await again.Bucket.Offline.BringAsync(new HashSet<long> { all.First() }, Ct);
        Assert.Equal(_blobs[0], await again.ReadAsync(_blobs[0]));
    }

    [Fact]
    public async Task A_rebuild_that_lacks_a_segment_on_tape_names_it()
    {
        await (await FilledAsync()).DisposeAsync();
        string lost = _tapes.Names[2];
        _tapes.Lose(lost);
        var empty = new FaultyDisk(2);
        empty.CreateFolder(FolderOfBucket.Data);
        FolderSettings settings = SettingsOf(empty);
        Assert.True((await new FolderRebuild(empty, _objects, settings, TimeProvider.System).RunAsync(FolderOfBucket.Data, Ct)).IsOk);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => FolderOfBucket.OpenAsync(empty, _objects, settings));

        Assert.Contains(lost, refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_account_queues_a_bounded_number_of_recalls_and_another_one_still_can()
    {
        await using FolderOfBucket folder = await FilledAsync(perAccount: 3);
        var opened = new TaskCompletionSource();
        _tapes.Mounting = _ => opened.Task;
        HashSet<long> all = [.. _blobs.Select(blob => SegmentOf(folder, blob))];
        var requests = new ActiveRequests(TimeProvider.System, 1 << 20);
        HutchException refused;
        RecallState own;
        using (requests.Begin("ada", RequestClass.Interactive, "rest", "GET"))
        {
            own = folder.Bucket.Offline!.Request(all.Take(3).ToHashSet(), null);
            refused = Assert.Throws<HutchException>(() => folder.Bucket.Offline.Request(all, null));
        }

        RecallState others;
        using (requests.Begin("bob", RequestClass.Interactive, "rest", "GET"))
        {
            others = folder.Bucket.Offline.Request(all.Skip(2).Take(4).ToHashSet(), null);
        }

        opened.SetResult();
        Assert.Equal(3, own.Queued);
        Assert.Equal(ErrorCode.TooManyRequests, refused.Error.Code);
        Assert.Equal(4, others.Queued);
    }

    [Fact]
    public async Task Bytes_that_the_library_changed_are_never_served_and_a_lost_segment_is_named()
    {
        await using FolderOfBucket folder = await FilledAsync(new InstantTime());
        HashSet<long> one = [SegmentOf(folder, _blobs[0])];
        HashSet<long> other = [SegmentOf(folder, _blobs[1])];
        string lost = _tapes.Names[1];
        _tapes.Lose(lost);
        _tapes.Reading = static bytes => [.. bytes[..^1], (byte)~bytes[^1]];

        IOException changed = await Assert.ThrowsAsync<IOException>(() => folder.Bucket.Offline!.BringAsync(one, Ct));
        IOException missing = await Assert.ThrowsAsync<IOException>(() => folder.Bucket.Offline!.BringAsync(other, Ct));

        Assert.Contains("is missing in nearline storage", changed.Message, StringComparison.Ordinal);
        Assert.Contains(lost, missing.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Bucket.Warnings, static warning => warning.Kind == "nearline-lost");
        Assert.True(folder.Bucket.Offline!.IsOffline(one.Single()));
    }

    [Fact]
    public async Task A_retired_segment_leaves_the_tapes_and_a_lock_is_named()
    {
        await using FolderOfBucket folder = await FilledAsync();
        _tapes.Locked = "the tape is locked until 2031";
        await folder.Store.RetireAsync(SegmentOf(folder, _blobs[0]), Ct);

        HutchError? kept = await folder.SecureAsync();
        IReadOnlyList<string> warned = [.. folder.Bucket.Warnings.Select(static warning => warning.Message)];
        _tapes.Locked = null;
        HutchError? removed = await folder.SecureAsync();

        Assert.Contains("did not delete", kept?.Message, StringComparison.Ordinal);
        Assert.Contains(warned, static text => text.Contains("locked until 2031", StringComparison.Ordinal));
        Assert.Null(removed);
        Assert.False(_tapes.Has(_blobs[0]));
    }

    /// <summary>Opens a folder with a segment for each blob, all of them on tape alone.</summary>
    private async Task<FolderOfBucket> FilledAsync(TimeProvider? time = null, long cacheBytes = 10 << 20, int perAccount = 1000)
    {
        FolderOfBucket folder = await OpenAsync(_disk, time, cacheBytes, perAccount);
        for (int i = 0; i < Count; i++)
        {
            await folder.AppendAsync(i + 1, _blobs[i]);
            Assert.Null(await folder.SecureAsync());
        }

        await folder.Bucket.MoveAsync(new SealedSegments(folder.Store), Ct);
        foreach (StoredSegment segment in folder.Bucket.Files.Cached)
        {
            await folder.Bucket.Files.DropAsync(segment, Ct);
        }

        _tapes.Forget();
        return folder;
    }

    private Task<FolderOfBucket> OpenAsync(
        IDisk disk, TimeProvider? time = null, long cacheBytes = 10 << 20, int perAccount = 1000) =>
        FolderOfBucket.OpenAsync(disk, _objects, SettingsOf(disk, cacheBytes, perAccount), time);

    private FolderSettings SettingsOf(IDisk disk, long cacheBytes = 10 << 20, int perAccount = 1000) => FolderOfBucket.Settings with
    {
        CacheBytes = cacheBytes,
        Nearline = new NearlineSettings { After = TimeSpan.Zero, LeastBytes = 0, PerAccount = perAccount, Store = _tapes.For(disk) },
    };

    private static long SegmentOf(FolderOfBucket folder, byte[] blob)
    {
        Assert.True(folder.Store.TryLocate(MemberKey.Blob(BlobHash.Compute(blob)), out MemberLocation location));
        return location.Segment;
    }
}

using Hutch.Buckets;
using Hutch.Buckets.Nearline;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Objects.S3;
using Hutch.Site.Engines;
using Hutch.Site.Engines.Segments;
using Hutch.Storage;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>Segments in the archive class of a bucket: an S3 store with a library of few drives, over HTTP messages.</summary>
public sealed class ArchiveNearlineTests : IDisposable
{
    private const int Count = 6;
    private const string Access = "HKTEST";
    private const string Secret = "s3cr3t/of+all";

    private readonly FaultyDisk _disk = new(1);
    private readonly SkippingTime _time = new();
    private readonly FakeBucketStore _bucket;
    private readonly byte[][] _blobs = [.. Enumerable.Range(0, Count).Select(static i => FolderOfBucket.Blob(i, 20_000))];

    public ArchiveNearlineTests()
    {
        _bucket = new FakeBucketStore(Access, Secret) { Archive = new ArchiveClassOfStore(_time) };
        _bucket.Buckets["bucket"] = new(StringComparer.Ordinal);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ArchiveClassOfStore Library => _bucket.Archive!;

    public void Dispose() => _bucket.Dispose();

    [Fact]
    public async Task Segments_move_to_the_archive_class_and_come_back_after_one_restore_each()
    {
        await using FolderOfBucket folder = await FilledAsync();
        await Assert.ThrowsAsync<MemberOfflineException>(() => folder.ReadAsync(_blobs[3]));
        int stored = Library.Restored.Count;
        TimeSpan before = _time.Skipped;

        await folder.Bucket.Offline!.BringAsync(All(folder), Ct);

        Assert.Equal(0, stored);
        Assert.Equal(Count, Library.Archived.Count);
        Assert.All(Library.Archived, static key => Assert.StartsWith("hutch/nearline/", key, StringComparison.Ordinal));
        Assert.Equal(Library.Archived.Order(), Library.Restored.Order());
        Assert.True(_time.Skipped - before >= Library.Mount * Count / Library.Drives, $"{_time.Skipped - before}");
        foreach (byte[] blob in _blobs)
        {
            Assert.Equal(blob, await folder.ReadAsync(blob));
        }
    }

    [Fact]
    public async Task A_server_that_is_killed_during_restores_continues_and_asks_for_none_twice()
    {
        FolderOfBucket folder = await FilledAsync();
        var killed = new TaskCompletionSource<FaultyDisk>();
        _bucket.Fault = request =>
        {
            if (Library.Restored.Count == Count && !killed.Task.IsCompleted)
            {
                killed.TrySetResult(_disk.Crash(5));
            }

            return killed.Task.IsCompleted ? BucketFault.RefuseConnection : BucketFault.None;
        };
        folder.Bucket.Offline!.Request(All(folder), null);
        FaultyDisk left = await killed.Task.WaitAsync(Ct);
        await folder.DisposeAsync();
        _bucket.Fault = static _ => BucketFault.None;

        await using FolderOfBucket again = await OpenAsync(left);
        await again.Bucket.Offline!.BringAsync(All(again), Ct);

        Assert.Equal(Count, Library.Restored.Count);
        Assert.Equal(_blobs[5], await again.ReadAsync(_blobs[5]));
    }

    [Theory]
    [InlineData(BucketFault.InternalError)]
    [InlineData(BucketFault.LoseAnswer)]
    public async Task A_class_that_does_not_change_leaves_the_segment_readable_and_the_next_look_moves_it(BucketFault fault)
    {
        _bucket.Fault = request => request.StartsWith("PUT", StringComparison.Ordinal)
            && request.Contains("/nearline/", StringComparison.Ordinal) ? fault : BucketFault.None;
        await using FolderOfBucket folder = await FilledAsync();
        byte[]? meanwhile = await folder.ReadAsync(_blobs[0]);
        string warned = Assert.Single(folder.Bucket.Warnings, static warning => warning.Kind == "nearline-behind").Message;
        _bucket.Fault = static _ => BucketFault.None;

        await folder.Bucket.MoveAsync(new SealedSegments(folder.Store), Ct);

        Assert.Equal(_blobs[0], meanwhile);
        Assert.StartsWith("Nearline storage does not take or bring segments", warned, StringComparison.Ordinal);
        Assert.Equal(Count, Library.Archived.Count);
        Assert.DoesNotContain(folder.Bucket.Warnings, static warning => warning.Kind == "nearline-behind");
    }

    [Fact]
    public async Task A_retired_segment_is_removed_from_the_class()
    {
        await using FolderOfBucket folder = await FilledAsync();
        await folder.Store.RetireAsync(SegmentOf(folder, _blobs[0]), Ct);

        HutchError? refused = await folder.SecureAsync();

        Assert.Null(refused);
        Assert.Equal(Count - 1, _bucket.Buckets["bucket"].Keys.Count(static key => key.StartsWith("hutch/nearline/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_doctor_asks_for_each_segment_and_names_a_lost_one()
    {
        await using FolderOfBucket folder = await FilledAsync();
        int whole = (await ExamineAsync()).Count;
        string lost = Library.Archived.First();
        _bucket.Buckets["bucket"].Remove(lost);

        EngineFinding found = Assert.Single(await ExamineAsync());

        Assert.Equal(0, whole);
        Assert.True(found.IsProblem);
        Assert.Contains(lost["hutch/nearline/".Length..], found.What, StringComparison.Ordinal);
    }

    private static HashSet<long> All(FolderOfBucket folder) =>
        [.. Enumerable.Range(0, Count).Select(i => SegmentOf(folder, FolderOfBucket.Blob(i, 20_000)))];

    private static long SegmentOf(FolderOfBucket folder, byte[] blob)
    {
        Assert.True(folder.Store.TryLocate(MemberKey.Blob(BlobHash.Compute(blob)), out MemberLocation location));
        return location.Segment;
    }

    private static FolderSettings Settings { get; } = FolderOfBucket.Settings with
    {
        Prefix = "hutch/",
        CacheBytes = 10 << 20,
        Nearline = new NearlineSettings { StorageClass = "GLACIER", After = TimeSpan.Zero, LeastBytes = 0 },
    };

    private async Task<FolderOfBucket> FilledAsync()
    {
        FolderOfBucket folder = await OpenAsync(_disk);
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

        return folder;
    }

    private Task<FolderOfBucket> OpenAsync(IDisk disk) => FolderOfBucket.OpenAsync(disk, Connect(), Settings, _time);

    /// <summary>The problems but for the clock, which these tests advance.</summary>
    private async Task<IReadOnlyList<EngineFinding>> ExamineAsync()
    {
        using S3ObjectStore objects = Connect();
        return [.. (await new FolderExamination(_disk, objects, Settings, TimeProvider.System).RunAsync(FolderOfBucket.Data, Ct)).Where(static one => one.IsProblem && !one.What.Contains("clocks", StringComparison.Ordinal))];
    }

    private S3ObjectStore Connect() => new(
        new S3Location(new Uri("http://bucket.test"), "bucket"), new S3Credentials(Access, Secret),
        new S3ClientOptions { Handler = _bucket.Unowned(), Retry = HttpRetry.Default with { MaxAttempts = 1 } });
}

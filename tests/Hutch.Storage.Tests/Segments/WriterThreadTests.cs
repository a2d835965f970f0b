using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Storage.Segments;
using Hutch.Testing;

namespace Hutch.Storage.Tests.Segments;

/// <summary>The store as servers use it: lanes with threads of their own, many callers, the local disk.</summary>
public class WriterThreadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_writers_and_readers_at_once_find_all_they_wrote()
    {
        using var folder = new TemporaryFolder();
        var options = new SegmentOptions { SegmentBytes = 2 << 20, ReserveBytes = 0, ZeroAheadBytes = 256 << 10, ReserveAheadBytes = 512 << 10, MaxOpenFiles = 4 };
        (SegmentStore store, _) = await SegmentStore.OpenAsync(LocalDisk.Instance, folder.Path, options, TimeProvider.System, Token);
        Lane[] lanes = [Lane.Bulk, Lane.Until(new DateOnly(2027, 1, 1)), Lane.Main];
        (MemberKey Key, byte[] Body)[][] written = await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(() => WriteAsync(store, lanes[worker % 3], worker), Token)));
        await store.DisposeAsync();

        (store, RecoveryReport report) = await SegmentStore.OpenAsync(LocalDisk.Instance, folder.Path, options, TimeProvider.System, Token);
        Assert.False(report.HasDamage);
        foreach ((MemberKey key, byte[] body) in written.SelectMany(static w => w))
        {
            Assert.Equal(body, await Make.ReadAsync(store, key));
        }

        await store.DisposeAsync();
    }

    [Fact]
    public async Task Groups_without_records_that_wait_together_share_a_sync_and_groups_with_records_stay_apart()
    {
        var disk = new FaultyDisk();
        disk.CreateFolder("/data");
        var options = new SegmentOptions { ReserveBytes = 0, ZeroAheadBytes = 64 << 10 };
        (SegmentStore store, _) = await SegmentStore.OpenAsync(disk, "/data/segments", options, TimeProvider.System, Token);
        using var gate = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        int writes = 0;
        disk.BeforeCall = call =>
        {
            if (call.Operation == DiskOperation.Write && call.Path.EndsWith(".bulk.tar", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref writes);
                blocked.Set();
                gate.Wait();
            }
        };

        Task first = store.AppendAsync(Lane.Bulk, Make.Group(0, Extent(1)), Token).AsTask();
        blocked.Wait(Token);
        Task[] rest = [.. Enumerable.Range(2, 20).Select(i => store.AppendAsync(Lane.Bulk, Make.Group(0, Extent(i)), Token).AsTask())];
        gate.Set();
        await Task.WhenAll([first, .. rest]);

        Assert.Equal(2, writes);
        Assert.All(Enumerable.Range(1, 21), i => Assert.True(store.TryLocate(Extent(i).Key, out _)));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Disposing_waits_for_running_writes_and_refuses_later_ones()
    {
        using var folder = new TemporaryFolder();
        (SegmentStore store, _) = await SegmentStore.OpenAsync(
            LocalDisk.Instance, folder.Path, new SegmentOptions { ReserveBytes = 0 }, TimeProvider.System, Token);
        Task[] appends = [.. Enumerable.Range(1, 50).Select(i => store.AppendAsync(Lane.Bulk, Make.Group(0, Extent(i)), Token).AsTask())];

        await store.DisposeAsync();

        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AppendAsync(Lane.Main, Make.Group(51), Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AppendAsync(Lane.Bulk, Make.Group(0, Extent(51)), Token));
    }

    private static async Task<(MemberKey Key, byte[] Body)[]> WriteAsync(SegmentStore store, Lane lane, int worker)
    {
        var written = new List<(MemberKey Key, byte[] Body)>();
        for (int i = 0; i < 60; i++)
        {
            (MemberKey Key, byte[] Body) blob = Make.Blob(((i * 7919) + worker) % 60_000, (worker * 1000) + i);
            await store.AppendAsync(lane, Make.Group(0, blob), CancellationToken.None);
            written.Add(blob);
            Assert.Equal(blob.Body, await Make.ReadAsync(store, blob.Key));
        }

        return [.. written];
    }

    private static (MemberKey Key, byte[] Body) Extent(int number) =>
        (MemberKey.Extent(new Guid(1, 0, 0, new byte[8]), (long)number << 23), Make.Bytes(100, number));
}

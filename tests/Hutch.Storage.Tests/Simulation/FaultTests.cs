using Hutch.Disk.Faults;
using Hutch.Storage.Segments;
using Hutch.Storage.Tests.Segments;

namespace Hutch.Storage.Tests.Simulation;

public class FaultTests
{
    private const int Steps = 30;

    public static TheoryData<int> FailingCallSeeds => Seeds.With(11, 105);

    public static TheoryData<int> FailingSyncSeeds => Seeds.With(13);

    public static TheoryData<int> FullDiskSeeds => Seeds.With(15);

    [Theory]
    [MemberData(nameof(FailingCallSeeds))]
    public async Task Any_single_call_may_fail_and_every_answer_stays_true(int seed)
    {
        long calls = await CountCallsAsync(seed);
        for (long number = 1; number <= calls; number++)
        {
            var disk = new FaultyDisk(seed);
            DiskOperation failed = default;
            disk.FailWith = call =>
            {
                failed = call.Number == number ? call.Operation : failed;
                return call.Number == number ? new IOException("The disk failed here.") : null;
            };
            await RunAndCheckAsync(disk, seed, () => $"call {number} of {calls} ({failed})");
        }
    }

    [Theory]
    [MemberData(nameof(FailingSyncSeeds))]
    public async Task Any_sync_may_fail_with_the_cache_kept_or_dropped(int seed)
    {
        long syncs = await CountCallsAsync(seed, DiskOperation.Sync);
        for (int number = 1; number <= syncs * 2; number++)
        {
            var disk = new FaultyDisk(seed);
            int seen = 0;
            int failing = (number + 1) / 2;
            bool dropCaches = number % 2 == 0;
            disk.FailWith = call => call.Operation == DiskOperation.Sync && ++seen == failing ? new IOException("The sync failed.") : null;
            disk.BeforeCall = call =>
            {
                if (dropCaches && seen == failing)
                {
                    disk.DropCaches();
                }
            };
            await RunAndCheckAsync(disk, seed, () => $"sync {failing} of {syncs}, caches dropped: {dropCaches}");
        }
    }

    [Theory]
    [MemberData(nameof(FullDiskSeeds))]
    public async Task The_disk_may_be_full_at_any_call_and_nothing_answered_is_lost(int seed)
    {
        long calls = await CountCallsAsync(seed);
        for (long number = 1; number <= calls; number += 2)
        {
            var disk = new FaultyDisk(seed);
            long from = number;
            disk.BeforeCall = call => disk.CapacityBytes = call.Number >= from && call.Number < from + 40 ? Math.Min(disk.CapacityBytes, disk.TakenBytes) : long.MaxValue;
            await RunAndCheckAsync(disk, seed, () => $"full from call {number} of {calls}");
        }
    }

    [Fact]
    public async Task On_a_full_disk_writes_are_refused_deletes_and_reads_go_on_and_space_that_comes_back_is_used()
    {
        var disk = new FaultyDisk { CapacityBytes = 400 << 10 };
        disk.CreateFolder("/data");
        SegmentOptions small = StoreWorkload.Options(1);
        var options = new SegmentOptions
        {
            SegmentBytes = small.SegmentBytes,
            ZeroAheadBytes = small.ZeroAheadBytes,
            ReserveAheadBytes = small.ReserveAheadBytes,
            SmallGroupBytes = small.SmallGroupBytes,
            UseWriterThreads = false,
            ReserveBytes = 100 << 10,
        };
        (SegmentStore store, _) = await SegmentStore.OpenAsync(disk, "/data/segments", options, TimeProvider.System, CancellationToken.None);
        var written = new List<(MemberKey Key, byte[] Body)>();
        StorageFullException? full = null;
        for (int i = 1; full is null; i++)
        {
            (MemberKey Key, byte[] Body) blob = Make.Blob(3000, i);
            try
            {
                await store.AppendAsync(Lane.Main, Make.Group(i, blob), CancellationToken.None);
                written.Add(blob);
            }
            catch (StorageFullException e)
            {
                full = e;
            }
        }

        Assert.True(full.NeededBytes > full.FreeBytes - full.ReserveBytes);
        Assert.True(written.Count > 20);
        SegmentGroup delete = Make.Group(1000);
        delete.MayUseReserve = true;
        await store.AppendAsync(Lane.Main, delete, CancellationToken.None);
        foreach ((MemberKey key, byte[] body) in written)
        {
            Assert.Equal(body, await Make.ReadAsync(store, key));
        }

        await store.DisposeAsync();
        (store, RecoveryReport report) = await SegmentStore.OpenAsync(disk, "/data/segments", options, TimeProvider.System, CancellationToken.None);
        Assert.False(report.HasDamage);
        await store.RetireAsync(1, CancellationToken.None);
        await store.RetireAsync(2, CancellationToken.None);
        await store.AppendAsync(Lane.Main, Make.Group(1001, Make.Blob(3000, 5000)), CancellationToken.None);
        await store.DisposeAsync();
    }

    private static async Task<long> CountCallsAsync(int seed, DiskOperation? of = null)
    {
        var disk = new FaultyDisk(seed);
        long count = 0;
        disk.BeforeCall = call => count += of is null || call.Operation == of ? 1 : 0;
        await new StoreWorkload(disk, seed).RunAsync(Steps);
        return count;
    }

    private static async Task RunAndCheckAsync(FaultyDisk disk, int seed, Func<string> what)
    {
        var workload = new StoreWorkload(disk, seed) { DiskMayFail = true };
        try
        {
            await workload.RunAsync(Steps);
            disk.FailWith = null;
            disk.BeforeCall = null;
            disk.CapacityBytes = long.MaxValue;
            await workload.CheckLiveAsync();
            await new StoreChecker(workload.Ledger).CheckAsync(disk.Crash(seed, Survival.None), seed);
            await new StoreChecker(workload.Ledger).CheckAsync(disk.Crash(seed, Survival.All), seed);
            await new StoreChecker(workload.Ledger).CheckAsync(disk.Crash(seed, Survival.Any), seed);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}, {what()}: {e.Message}", e);
        }
    }
}

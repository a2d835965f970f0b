using System.Security.Cryptography;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Tests.Crashes;
using Hutch.Site.Write.Entries;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Simulation;

/// <summary>A disk that fails or is full under a whole site: the answers that the design names, nothing lost, no hand needed.</summary>
public sealed class SiteFaultTests
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("HUTCH_TORTURE") is { Length: > 0 };

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Any_sync_may_fail_a_retry_works_and_a_restart_finds_what_was_answered(int seed)
    {
        long syncs = await CountSyncsAsync(seed);
        long step = IsLong ? 1 : Math.Max(1, syncs / 6);
        for (long failing = 1 + (seed % step); failing <= syncs; failing += step)
        {
            var disk = new FaultyDisk(seed);
            long seen = 0;
            await RunAsync(disk, seed, () => disk.FailWith = call =>
                call.Operation == DiskOperation.Sync && ++seen == failing ? new IOException("The sync failed.") : null, $"sync {failing} of {syncs}");
        }
    }

    [Theory]
    [InlineData(13)]
    public async Task Any_write_may_fail_a_retry_works_and_a_restart_finds_what_was_answered(int seed)
    {
        for (long failing = 5; failing < (IsLong ? 400 : 300); failing += IsLong ? 3 : 67)
        {
            var disk = new FaultyDisk(seed);
            long seen = 0;
            long now = failing;
            await RunAsync(disk, seed, () => disk.FailWith = call =>
                call.Operation == DiskOperation.Write && ++seen == now ? new IOException("The write failed.") : null, $"write {failing}");
        }
    }

    [Fact]
    public async Task On_a_full_disk_writes_get_507_reads_and_deletes_go_on_and_collecting_makes_room_without_a_restart()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        var disk = new FaultyDisk(1);
        var time = new StandingTime();
        string root = CrashFolder.Make();
        SiteOptions options = SimulatedSite.Options(1, reserveBytes: 600 << 10);
        await using (SimulatedSite site = await SimulatedSite.OpenAsync(disk, root, options, time))
        {
            disk.CapacityBytes = 6 << 20;
            SiteDataset kept = await site.CreateAsync("kept");
            SiteDataset given = await site.CreateAsync("given up");
            byte[] first = RandomNumberGenerator.GetBytes(30_000);
            Assert.True((await site.TryPutAsync(kept, "first", first)).IsOk);
            Assert.True((await site.TryPutAsync(given, "large", RandomNumberGenerator.GetBytes((1 << 20) + 9))).IsOk);
            HutchError? full = null;
            int files = 0;
            while (full is null)
            {
                full = (await site.TryPutAsync(given, $"f{files++}", RandomNumberGenerator.GetBytes(40_000))).Error;
            }

            Result<bool> large = await site.TryPutAsync(given, "too large", RandomNumberGenerator.GetBytes(3 << 20));
            Assert.Equal(ErrorCode.InsufficientStorage, full.Code);
            Assert.Equal(ErrorCode.InsufficientStorage, large.Error?.Code);
            Assert.True(files > 20);
            await site.VerifyAllAsync();
            Assert.True((await site.Site.Entries.RemoveAsync(given.Id, DatasetPath.Parse("f0").Value, EntryCondition.None, ct)).IsOk);
            Task<Result<Entry>> remove = site.Site.Entries.RemoveAsync(given.Id, DatasetPath.Parse("f1").Value, EntryCondition.None, ct);
            Task<Result<bool>> beside = site.TryPutAsync(given, "beside", RandomNumberGenerator.GetBytes(40_000));
            Assert.True((await remove).IsOk);
            Assert.Equal(ErrorCode.InsufficientStorage, (await beside).Error?.Code);
        }

        await using (SimulatedSite site = await SimulatedSite.OpenAsync(disk, root, options, time))
        {
            IReadOnlyList<SiteDataset> datasets = await site.Site.Records.ReadAsync(static queries => queries.DatasetsAfter(0, 10), ct);
            Assert.True((await site.Site.Lifecycle.TrashAsync(datasets[1].Id, "anna", ct)).IsOk);
            time.Advance(TimeSpan.FromDays(31));
            Assert.Equal(1, await site.Site.Lifecycle.EndWhatIsOverAsync(ct));
            await site.Site.Collector.CollectAsync(ct);
            Result<bool> again = await site.TryPutAsync(datasets[0], "again", RandomNumberGenerator.GetBytes(2 << 20));
            Assert.True(again.IsOk, again.Error?.Message);
            await site.VerifyAllAsync();
        }

        Directory.Delete(root, recursive: true);
    }

    private static async Task<long> CountSyncsAsync(int seed)
    {
        var disk = new FaultyDisk(seed);
        long syncs = 0;
        await RunAsync(disk, seed, () => disk.BeforeCall = call => syncs += call.Operation == DiskOperation.Sync ? 1 : 0, "counting");
        return syncs;
    }

    private static async Task RunAsync(FaultyDisk disk, int seed, Action arm, string what)
    {
        string root = CrashFolder.Make();
        try
        {
            var workload = new Workload(disk, Path.Combine(root, "live"), seed) { DiskMayFail = true };
            bool isArmed = false;
            workload.Opened = () =>
            {
                if (!isArmed)
                {
                    isArmed = true;
                    arm();
                }
            };
            await workload.RunAsync();
            disk.FailWith = null;
            disk.BeforeCall = null;
            string[] live = await SimulatedSite.DumpAsync(workload.Live.Site.Records);
            foreach (Survival survival in new[] { Survival.None, Survival.All })
            {
                await using SimulatedSite again = await SimulatedSite.OpenAsync(
                    disk.Crash(seed, survival), Path.Combine(root, survival.ToString()), SimulatedSite.Options(seed), workload.Time);
                Assert.Equal(live, await SimulatedSite.DumpAsync(again.Site.Records));
                await again.VerifyAllAsync();
            }

            await workload.Live.DisposeAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"Seed {seed}, {what}: {e.Message}", e);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}

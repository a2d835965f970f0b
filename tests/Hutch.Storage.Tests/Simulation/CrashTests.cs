using System.Diagnostics;
using Hutch.Disk.Faults;
using Hutch.Storage.Segments;
using Hutch.Storage.Tests.Segments;
using Hutch.Testing;

namespace Hutch.Storage.Tests.Simulation;

public class CrashTests
{
    private const int Steps = 45;

    public static TheoryData<int> PowerCutSeeds => Seeds.With(1, 2);

    public static TheoryData<int> TwiceCutSeeds => Seeds.With(5);

    [Theory]
    [MemberData(nameof(PowerCutSeeds))]
    public async Task A_power_cut_at_any_moment_loses_nothing_that_was_answered_and_leaves_nothing_in_halves(int seed)
    {
        var disk = new FaultyDisk(seed);
        var workload = new StoreWorkload(disk, seed);
        var checker = new StoreChecker(workload.Ledger);
        int crashes = 0;
        disk.BeforeCall = call =>
        {
            if (call.IsChange)
            {
                for (int cut = 0; cut < 4; cut++)
                {
                    Crash(checker, disk, unchecked((int)(call.Number * 31) + (cut * 7) + seed), call);
                    crashes++;
                }
            }
        };

        await workload.RunAsync(Steps);

        TestContext.Current.TestOutputHelper?.WriteLine($"{crashes} crashes, {workload.Ledger.Groups.Count} groups");
        Assert.True(crashes > 400);
    }

    private static void Crash(StoreChecker checker, FaultyDisk disk, int seed, DiskCall call)
    {
        try
        {
            checker.CheckAsync(disk.Crash(seed & int.MaxValue), seed).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Crash seed {seed} before {call}: {e.Message}", e);
        }
    }

    [Theory]
    [MemberData(nameof(TwiceCutSeeds))]
    public async Task A_power_cut_while_recovering_from_a_power_cut_changes_nothing(int seed)
    {
        var disk = new FaultyDisk(seed);
        var workload = new StoreWorkload(disk, seed);
        var checker = new StoreChecker(workload.Ledger);
        disk.BeforeCall = call =>
        {
            if (call.IsChange && call.Number % 3 == 0)
            {
                FaultyDisk cut = disk.Crash((int)call.Number);
                cut.BeforeCall = inner =>
                {
                    if (inner.IsChange)
                    {
                        Crash(checker, cut, (int)(call.Number + inner.Number), inner);
                    }
                };
                (SegmentStore store, _) = StoreWorkload.OpenAsync(cut, seed).GetAwaiter().GetResult();
                store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        };

        await workload.RunAsync(Steps);
    }

    [Fact]
    public async Task A_group_that_was_seen_after_a_failed_sync_and_a_restart_survives_a_power_cut()
    {
        var disk = new FaultyDisk(3);
        disk.CreateFolder("/data");
        disk.SyncFolder("/");
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(disk, 1);
        (MemberKey first, _) = Make.Blob(100, 1);
        (MemberKey second, byte[] body) = Make.Blob(4000, 2);
        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(100, 1)), CancellationToken.None);
        disk.FailWith = static call => call.Operation == DiskOperation.Sync ? new IOException("broken") : null;
        await Assert.ThrowsAsync<StorageUnknownOutcomeException>(
            async () => await store.AppendAsync(Lane.Main, Make.Group(2, (second, body)), CancellationToken.None));
        Assert.False(store.TryLocate(second, out _));
        disk.FailWith = null;
        await store.DisposeAsync();

        // The process restarts on the same machine: the system still shows the group from its memory.
        (store, _) = await StoreWorkload.OpenAsync(disk, 2);
        Assert.True(store.TryLocate(second, out _));
        await store.DisposeAsync();

        (store, _) = await StoreWorkload.OpenAsync(disk.Crash(0, Survival.None), 3);
        Assert.True(store.TryLocate(first, out _));
        Assert.Equal(body, await Make.ReadAsync(store, second));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Debian_tar_lists_every_segment_at_every_moment()
    {
        var disk = new FaultyDisk(7);
        var workload = new StoreWorkload(disk, 7);
        using var folder = new TemporaryFolder();
        int images = 0;
        disk.BeforeCall = call =>
        {
            if (call.IsChange && call.Number % 4 == 0)
            {
                Dump(disk.Crash((int)call.Number), Path.Combine(folder.Path, $"{images++:D4}"));
            }
        };
        await workload.RunAsync(Steps);

        using Process tar = Process.Start(new ProcessStartInfo(
            "sh", ["-c", "for f in */*.tar; do tar --list --file \"$f\" >/dev/null 2>\"$f.err\" || { echo \"$f\"; cat \"$f.err\"; }; done"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
        })!;
        string complaints = await tar.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.True(images > 50);
        Assert.Equal("", complaints);
    }

    private static void Dump(FaultyDisk disk, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string name in disk.FilesIn(StoreWorkload.Folder))
        {
            File.WriteAllBytes(Path.Combine(folder, name), disk.ReadFile(Path.Combine(StoreWorkload.Folder, name)));
        }
    }
}

using Hutch.Disk.Faults;

namespace Hutch.Storage.Tests.Simulation;

public class CrashTests
{
    private const int Steps = 45;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
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
}

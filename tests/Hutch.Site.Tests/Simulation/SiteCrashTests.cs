using System.Diagnostics;
using Hutch.Disk.Faults;
using Hutch.Site.Tests.Crashes;

namespace Hutch.Site.Tests.Simulation;

/// <summary>
/// Stops the machine before every change of the disk in the life of a site. In the suite, before some of them; with
/// <c>HUTCH_TORTURE=1</c> before all, for more seeds.
/// </summary>
public sealed class SiteCrashTests
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("HUTCH_TORTURE") is { Length: > 0 };

    public static TheoryData<int> Seeds => IsLong ? [1, 2, 3, 4, 5] : [1, 2];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_power_cut_at_any_moment_leaves_whole_groups_and_every_byte_that_was_answered(int seed)
    {
        int every = IsLong ? 1 : 24;
        var disk = new FaultyDisk(seed);
        string root = CrashFolder.Make();
        var workload = new Workload(disk, Path.Combine(root, "live"), seed);
        using var checker = new CrashChecker(root, disk, workload, seed);
        workload.Opened = checker.Follow;
        long changes = 0;
        bool isOpen = false;
        workload.Opened += () => isOpen = true;
        disk.BeforeCall = call =>
        {
            if (isOpen && call.IsChange && ++changes % every == seed % every)
            {
                checker.CrashAsync(call, recoversAgain: changes % (every * 10) < every).GetAwaiter().GetResult();
            }
        };

        await workload.RunAsync();
        disk.BeforeCall = null;
        checker.Finish();
        await workload.Live.DisposeAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"{checker.Crashes} crashes at {changes} changes of the disk");
        Assert.True(checker.Crashes > 15);
    }

    [Fact]
    public async Task Debian_tar_lists_every_segment_after_a_whole_life()
    {
        var disk = new FaultyDisk(3);
        string root = CrashFolder.Make();
        var workload = new Workload(disk, Path.Combine(root, "live"), 3);
        int images = 0;
        long changes = 0;
        disk.BeforeCall = call =>
        {
            if (call.IsChange && ++changes % 100 == 0)
            {
                FaultyDisk left = disk.Crash((int)changes);
                string folder = Directory.CreateDirectory(Path.Combine(root, $"tar-{images++}")).FullName;
                foreach (string name in left.FilesIn(SimulatedSite.SegmentsFolder).Where(static name => name.EndsWith(".tar", StringComparison.Ordinal)))
                {
                    File.WriteAllBytes(Path.Combine(folder, name), left.ReadFile(SimulatedSite.SegmentsFolder + "/" + name));
                }
            }
        };

        await workload.RunAsync();
        await workload.Live.DisposeAsync();
        using Process tar = Process.Start(new ProcessStartInfo(
            "sh", ["-c", "for f in tar-*/*.tar; do tar tf \"$f\" >/dev/null 2>\"$f.err\" || { echo \"$f\"; cat \"$f.err\"; }; done"])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        })!;
        string complaints = await tar.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Directory.Delete(root, recursive: true);

        Assert.True(images > 3);
        Assert.Equal("", complaints);
    }
}

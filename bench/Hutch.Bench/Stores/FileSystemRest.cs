using System.Globalization;

namespace Hutch.Bench.Stores;

/// <summary>
/// Waits until files can be made as fast as the file system can. ext4 without a journal (some virtual machines) does not use an inode again
/// in the minutes after its file was deleted, and looks at each such inode for every file that is made in the same part of the disk: after
/// 10 000 deletions, a new file takes a millisecond of the kernel's time, whoever makes it. What is measured then is the kernel.
/// </summary>
internal static class FileSystemRest
{
    private const int Files = 300;
    private const int MaxWaits = 24;
    private const double SlowMicroseconds = 90;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(15);

    /// <summary>Waits at most six minutes; says what making a file costs now.</summary>
    public static async Task<string> WaitAsync(string folder, CancellationToken ct)
    {
        double cost = MicrosecondsAFile(folder);
        for (int waits = 0; cost > SlowMicroseconds && waits < MaxWaits; waits++)
        {
            await Task.Delay(Wait, ct);
            cost = MicrosecondsAFile(folder);
        }

        string remark = cost > SlowMicroseconds ? ": the file system still looks for inodes among those of deleted files" : "";
        return string.Create(CultureInfo.InvariantCulture, $"making an empty file takes {cost:0} us{remark}");
    }

    private static double MicrosecondsAFile(string folder)
    {
        string probe = Directory.CreateDirectory(Path.Combine(folder, "probe-" + Path.GetRandomFileName())).FullName;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Files; i++)
        {
            using (File.Create(Path.Combine(probe, i.ToString(CultureInfo.InvariantCulture))))
            {
            }
        }

        // Not deleted here: these files would be in the way of the next.
        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Files;
    }
}

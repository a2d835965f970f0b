using System.Diagnostics;
using System.Globalization;

namespace Hutch.Bench.Stores;

/// <summary>The memory that a process has resident.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident now, in MB (10^6 bytes).</summary>
    public static double ResidentMegabytes(int processId) => Megabytes($"/proc/{processId}/status", "VmRSS:");

    /// <summary>What of it only this process has and was written to, in MB: all but files that the system can read again.</summary>
    public static double OwnMegabytes(int processId) => Megabytes($"/proc/{processId}/smaps_rollup", "Private_Dirty:");

    private static double Megabytes(string file, string field)
    {
        string line = File.ReadLines(file).First(text => text.StartsWith(field, StringComparison.Ordinal));
        string kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return double.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>Samples until it is stopped; gives each sample with its time in seconds.</summary>
    public static Task<List<(double Seconds, double Megabytes)>> SampleAsync(int processId, CancellationToken stop) =>
        SampleAsync(() => ResidentMegabytes(processId), stop);

    /// <summary>Samples what is asked until it is stopped.</summary>
    public static async Task<List<(double Seconds, double Megabytes)>> SampleAsync(Func<double> ask, CancellationToken stop)
    {
        List<(double, double)> samples = [];
        long start = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            samples.Add((Stopwatch.GetElapsedTime(start).TotalSeconds, ask()));
            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }

        return samples;
    }

    /// <summary>Resident memory of the program that a shell of ours runs now, in MB; 0 when there is none.</summary>
    public static double ResidentOfClient(string name)
    {
        foreach (Process client in Process.GetProcessesByName(name))
        {
            using (client)
            {
                try
                {
                    if (ParentOf(ParentOf(client.Id)) == Environment.ProcessId)
                    {
                        return ResidentMegabytes(client.Id);
                    }
                }
                catch (Exception e) when (e is IOException or InvalidOperationException)
                {
                    // It ended meanwhile.
                }
            }
        }

        return 0;
    }

    private static int ParentOf(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(text => text.StartsWith("PPid:", StringComparison.Ordinal));
        return int.Parse(line["PPid:".Length..], CultureInfo.InvariantCulture);
    }
}

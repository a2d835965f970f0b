using System.Globalization;

namespace Hutch.Bench.Stores;

/// <summary>The memory that a process has resident.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident now, in MB (10^6 bytes).</summary>
    public static double ResidentMegabytes(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        string kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return double.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>Samples until it is stopped; gives each sample with its time in seconds.</summary>
    public static async Task<List<(double Seconds, double Megabytes)>> SampleAsync(int processId, CancellationToken stop)
    {
        List<(double, double)> samples = [];
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            samples.Add((System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, ResidentMegabytes(processId)));
            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }

        return samples;
    }
}

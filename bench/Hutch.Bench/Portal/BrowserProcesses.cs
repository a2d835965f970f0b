using System.Globalization;

namespace Hutch.Bench.Portal;

/// <summary>What all processes of the browser that this program started take together.</summary>
internal static class BrowserProcesses
{
    /// <summary>Memory now, in MB (10^6 bytes); what several of them share is counted once.</summary>
    public static double Megabytes() => Sum(process =>
        File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal)) is { } line
            ? Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024 / 1e6
            : 0);

    /// <summary>Time of the processor so far, in seconds.</summary>
    public static double ProcessorSeconds() => Sum(ProcessorTime.From);

    private static double Sum(Func<int, double> of)
    {
        double sum = 0;
        foreach (int process in Below(Environment.ProcessId))
        {
            try
            {
                if (File.ReadAllText($"/proc/{process}/cmdline").Contains("/chromium", StringComparison.Ordinal))
                {
                    sum += of(process);
                }
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // It ended meanwhile.
            }
        }

        return sum;
    }

    private static List<int> Below(int root)
    {
        ILookup<int, int> children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? process : 0)
            .Where(process => process > 0)
            .ToLookup(ParentOf);
        var found = new List<int>();
        var next = new Queue<int>([root]);
        while (next.TryDequeue(out int process))
        {
            foreach (int child in children[process])
            {
                found.Add(child);
                next.Enqueue(child);
            }
        }

        return found;
    }

    private static int ParentOf(int process)
    {
        try
        {
            return (int)Number(File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[1]);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

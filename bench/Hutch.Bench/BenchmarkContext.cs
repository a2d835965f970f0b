using System.Diagnostics;
using System.Globalization;

namespace Hutch.Bench;

/// <summary>What a benchmark may use: a folder of its own, the peers' sources, and the report.</summary>
internal sealed class BenchmarkContext(string folder, string peersFolder)
{
    /// <summary>An empty folder, deleted afterwards.</summary>
    public string Folder { get; } = folder;

    /// <summary>Where the peers' sources are.</summary>
    public string PeersFolder { get; } = peersFolder;

    /// <summary>Whether a few minutes are all that there is: a benchmark that takes longer measures a part.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Whether no peer is wanted: for trying something out.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Which cells are measured, where there are many.</summary>
    public CellChoice Cells { get; init; } = new([]);

    /// <summary>Prints one line of the report.</summary>
    public void Report(string line) => Console.WriteLine("  " + line);

    /// <summary>Prints both medians and their ratio beside the aim.</summary>
    public void ReportRatio(string what, IReadOnlyCollection<double> ours, IReadOnlyCollection<double> peer, double aim)
    {
        double mine = Median(ours), other = Median(peer);
        Report(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: hutch {mine:0.000} ms (best {ours.Min():0.000}), peer {other:0.000} ms (best {peer.Min():0.000}), ratio {other / mine:0.0} x (best/best {peer.Min() / ours.Min():0.0}), aim >= {aim} x"));
    }

    /// <summary>Compiles a peer with g++ -O3 -march=native and gives the path of the program.</summary>
    public async Task<string> CompileCppAsync(string source, CancellationToken cancellationToken, params string[] libraries)
    {
        string program = Path.Combine(Folder, Path.GetFileNameWithoutExtension(source));
        await RunProgramAsync(
            "g++", ["-O3", "-march=native", "-std=c++17", "-o", program, Path.Combine(PeersFolder, source), .. libraries], cancellationToken);
        return program;
    }

    /// <summary>Runs a program to its end and gives its standard output; throws when it fails.</summary>
    public static async Task<string> RunProgramAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    /// <summary>Milliseconds that an action takes, once.</summary>
    public static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>
    /// Milliseconds of processor time that an action takes, once: what one core does, whoever else is on the machine. For actions that
    /// stay on their thread, after warming up.
    /// </summary>
    public static double TimeProcessor(Action action)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - start).TotalMilliseconds;
    }

    /// <summary>The median of some timings; between the two in the middle where there are two.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] ordered = [.. values.Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }

    /// <summary>
    /// The median of the ratios of rounds, in each of which both were measured one after the other: a machine that is slower for a while is
    /// so for both.
    /// </summary>
    public static double MedianRatio(IEnumerable<double> values, IEnumerable<double> others) =>
        Median([.. values.Zip(others, (value, other) => value / other)]);
}

using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.Disks;

namespace Hutch.Bench.Stores;

/// <summary>What a command took: on the clock, and on processors, its children included.</summary>
/// <param name="Seconds">On the clock.</param>
/// <param name="CpuSeconds">On processors, of the command.</param>
/// <param name="ServerCpuSeconds">On processors, of the server at the same time; 0 for a store without one.</param>
internal sealed record Measurement(double Seconds, double CpuSeconds, double ServerCpuSeconds = 0)
{
    /// <summary>What the disk of the folder did meanwhile, and the share of the time in which processors had no work.</summary>
    public DiskUse? Disk { get; init; }

    /// <summary>Runs a program to its end, as a shell would time it; throws with what it printed when it fails.</summary>
    public static async Task<Measurement> RunAsync(
        string folder, IReadOnlyDictionary<string, string> environment, string program, string[] arguments, CancellationToken ct)
    {
        // The shell's `time` also counts children of children, which the clock of the process itself does not.
        const string Script = "TIMEFORMAT='%R %U %S'; out=$1; shift; time \"$@\" >\"$out\" 2>&1 </dev/null";
        string output = Path.GetTempFileName();
        ProcessStartInfo start = new("/bin/bash", ["-c", Script, "time", output, program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Func<DiskUse> used = DiskUse.Watch(folder);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        string times = await process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        DiskUse disk = used();
        string printed = await File.ReadAllTextAsync(output, ct);
        File.Delete(output);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{printed}");
        }

        double[] numbers = [.. times.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        return new Measurement(numbers[0], numbers[1] + numbers[2]) { Disk = disk };
    }
}

using System.Globalization;
using System.Net;

namespace Hutch.Bench.S3;

/// <summary>A server that the same load goes to.</summary>
/// <param name="Name">How it is called in the report.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Key">The key to sign with; null for a server that asks for none.</param>
/// <param name="Processes">Its processes, whose CPU is counted.</param>
internal sealed record S3Target(string Name, IPEndPoint Address, (string Access, string Secret)? Key, IReadOnlyList<int> Processes)
{
    /// <summary>The bucket, or the folder, that has the objects.</summary>
    public const string Bucket = "bench";

    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that Hutch runs on

    /// <summary>Processor time of all its processes so far, seconds.</summary>
    public double CpuSeconds() => Processes.Sum(id =>
    {
        string status = File.ReadAllText($"/proc/{id}/stat");
        string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    });
}

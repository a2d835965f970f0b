using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.Stores;

namespace Hutch.Bench.Agent;

/// <summary>A folder of 100 000 files becomes a dataset on a real server: until all are listed, and until all are hashed.</summary>
internal sealed class RegisterBenchmark : IBenchmark
{
    private const int Files = 100_000;
    private const int FileBytes = 100;
    private const int Samples = 20;

    public string Name => "agent-register";

    public string Group => "agent";

    public string Description =>
        "the metadata file of a folder of 100 000 files is dropped: until a real server lists all of them, and has hashed them; beside find, and sha256sum";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        foreach (int directories in context.IsQuick ? [1000] : (int[])[1, 1000])
        {
            await MeasureAsync(context, directories, cancellationToken);
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, int directories, CancellationToken ct)
    {
        string parent = Path.Combine(context.Folder, $"krios-{directories}");
        string folder = Directory.CreateDirectory(Path.Combine(parent, "session")).FullName;
        foreach (int file in Enumerable.Range(0, Files))
        {
            string path = Path.Combine(folder, PathOf(file, directories));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, $"{file}".PadRight(FileBytes), ct);
        }

        string peer = context.IsAlone ? "" : await MeasurePeersAsync(folder, ct);
        string data = Directory.CreateDirectory(Path.Combine(context.Folder, $"server-{directories}")).FullName;
        await using FacilityServer server = await FacilityServer.StartAsync(data, parent, [], ct);
        string metadata = Path.Combine(folder, "SPA.yml");
        long start = Stopwatch.GetTimestamp();
        await File.WriteAllTextAsync(metadata, "DataId: a\n", ct);
        string dataset = await FacilityServer.DatasetAsync(metadata, ct);
        await Poll.UntilAsync(async () => (await server.LastLookAsync(ct)).Files >= Files, TimeSpan.FromMilliseconds(10), ct);

        double registered = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // To look at the folder costs as much as to hash some thousand files: it is asked for when a sample of them is hashed.
        foreach (int sample in Enumerable.Range(1, Samples))
        {
            string path = PathOf((sample * (Files / Samples)) - 1, directories);
            await Poll.UntilAsync(() => server.IsHashedAsync(dataset, path, ct), TimeSpan.FromMilliseconds(100), ct);
        }

        do
        {
            await server.PokeAsync(folder, ct);
            await Task.Delay(250, ct); // a look at the folder costs the server as much as hashing some thousand files
        }
        while ((await server.LastLookAsync(ct)).ToHash > 0);
        double hashed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"{Files} files in {directories} {(directories == 1 ? "directory" : "directories")}: listed after {registered:0.0} s, "
            + $"{Files / registered:0} a second; hashed after {hashed:0.0} s; {ProcessMemory.ResidentMegabytes(server.ProcessId):0} MB{peer}"));
    }

    private static string PathOf(int file, int directories) => $"grid-{file / (Files / directories):0000}/FoilHole_{file:000000}.xml";

    private static async Task<string> MeasurePeersAsync(string folder, CancellationToken ct)
    {
        long start = Stopwatch.GetTimestamp();
        _ = await BenchmarkContext.RunProgramAsync("find", [folder, "-type", "f", "-printf", "%P %s %T@ %C@ %i\\n"], ct);
        double found = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        _ = await BenchmarkContext.RunProgramAsync("bash", ["-c", $"find '{folder}' -type f -print0 | xargs -0 sha256sum"], ct);
        double summed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"; find {found:0.0} s, sha256sum {summed:0.0} s");
    }
}

using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.Agent;
using Hutch.Peers.Slurm;

namespace Hutch.Bench.Programs;

/// <summary>
/// The way of a program to its engine: jobs a second to Slurm beside a loop of <c>sbatch</c>, runs a second through the local engine beside
/// a loop of its sandbox, and the time from the close of a dataset to the submission with a thousand runs waiting.
/// </summary>
internal sealed class ProgramsBenchmark : IBenchmark
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    public string Name => "programs";

    public string Description => "runs handed to Slurm beside a loop of sbatch, aim: >= 0.8 x; runs through the local engine beside a loop of its sandbox; a dataset closed until its program is submitted, with 1000 waiting, aim: p99 < 2 s";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await MeasureClosesAsync(context, cancellationToken);
        await MeasureLocalAsync(context, cancellationToken);
        await MeasureSlurmAsync(context, cancellationToken);
    }

    // Jobs stay in the queue of Slurm, since its partition is down: only their submission is measured.
    private static async Task MeasureSlurmAsync(BenchmarkContext context, CancellationToken ct)
    {
        int jobs = context.IsQuick ? 100 : 300;
        await using SlurmCluster cluster = await SlurmCluster.StartAsync(ct);
        await cluster.RunAsync("scontrol", ["update", "PartitionName=debug", "State=DOWN"], ct);
        string folder = NewFolder(context, "slurm");
        ProgramSite.Write(folder, "nothing", "slurm", "");
        var environment = new Dictionary<string, string> { ["SLURM_CONF"] = cluster.Configuration };
        string Engine(int most) => Text($"  slurm: {{folder: '{folder}/shared', maxJobs: {most}}}\n");
        await using (ProgramSite site = await ProgramSite.StartAsync(folder, Engine(1), environment, ct))
        {
            await site.QueueAsync("nothing", await site.MakeAsync("input", ct), jobs + 1, ct);
            await Poll.UntilAsync(() => Count() == 1, Often, ct);
        }

        // The first half of the loop before, the second after: the machine is shared.
        double loop = await LoopAsync(cluster, jobs / 2, ct);
        int before = Count();
        await using ProgramSite again = await ProgramSite.StartAsync(folder, Engine(100_000), environment, ct);
        await Poll.UntilAsync(() => Count() > before, Often, ct);
        long begin = Stopwatch.GetTimestamp();
        int first = Count();
        await Poll.UntilAsync(() => Count() > jobs, TimeSpan.FromMilliseconds(200), ct);
        double ours = (jobs + 1 - first) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        double theirs = jobs / (loop + await LoopAsync(cluster, jobs - (jobs / 2), ct));
        context.Report(Text($"Slurm: hutch {ours:0.0} jobs/s, a loop of sbatch {theirs:0.0} jobs/s, ratio {ours / theirs:0.00} x, aim >= 0.8 x"));

        // Slurm keeps the script of each job that waits.
        int Count() => Directory.EnumerateFiles(cluster.State, "script", SearchOption.AllDirectories)
            .Count(static script => File.ReadAllText(script).Contains("--token-file", StringComparison.Ordinal));
    }

    private static async Task<double> LoopAsync(SlurmCluster cluster, int jobs, CancellationToken ct)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < jobs; i++)
        {
            await cluster.RunAsync("sbatch", ["--parsable", "--no-requeue", "--export=NONE", "--output=/dev/null", "--chdir=/", "--wrap=true"], ct);
        }

        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    // A run is a claim, a staged input, a sandbox and a push, in a process of its own. Its peer has the sandbox alone.
    private static async Task MeasureLocalAsync(BenchmarkContext context, CancellationToken ct)
    {
        int runs = context.IsQuick ? 40 : 200;
        string folder = NewFolder(context, "local");
        ProgramSite.Write(folder, "nothing", "local", "");
        await using ProgramSite site = await ProgramSite.StartAsync(folder, Text($"  cores: {Environment.ProcessorCount}\n"), [], ct);
        string input = await site.MakeAsync("input", ct);
        long begin = Stopwatch.GetTimestamp();
        await site.QueueAsync("nothing", input, runs, ct);
        await Poll.UntilAsync(async () => await site.CountAsync(input, "done", ct) == runs, TimeSpan.FromMilliseconds(200), ct);
        double ours = runs / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        begin = Stopwatch.GetTimestamp();
        await BenchmarkContext.RunProgramAsync(
            "sh", ["-c", Text($"seq {runs} | xargs -P {Environment.ProcessorCount} -I N bwrap --unshare-pid --unshare-net --ro-bind / / --proc /proc --dev /dev true")], ct);
        double theirs = runs / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        context.Report(Text($"local engine: {ours:0.0} runs/s from the start to durable results; its sandbox alone {theirs:0.0} /s; {1000 * Environment.ProcessorCount / ours:0} ms of a core a run"));
    }

    // The engine takes everything and writes down when. The others wait for an engine that has one job, which never ends.
    private static async Task MeasureClosesAsync(BenchmarkContext context, CancellationToken ct)
    {
        const int Waiting = 1000;
        int closes = context.IsQuick ? 50 : 200;
        string folder = NewFolder(context, "closes"), times = Path.Combine(folder, "times");
        ProgramSite.Write(folder, "waits", "full", "");
        ProgramSite.Write(folder, "starts", "free", "accepts: {types: [mx], state: closed}\nwhen: closed\n");
        string Engine(string name, int most, string command) => Text(
            $"    - {{name: {name}, folder: '{folder}/{name}', maxJobs: {most}, submit: [sh, -c, '{command}'], state: [\"true\"], cancel: [\"true\"], running: [a], ended: [b]}}\n");
        await using ProgramSite site = await ProgramSite.StartAsync(
            folder, $"  silentSeconds: 86400\n  engines:\n{Engine("full", 1, "true")}{Engine("free", 100_000, $"date +%s%N >> {times}")}", [], ct);
        await site.QueueAsync("waits", await site.MakeAsync("input", ct), Waiting + 1, ct);
        await site.PostAsync("programs/starts/enable", new { }, ct);
        List<double> milliseconds = [];
        for (int i = 0; i < closes; i++)
        {
            string id = await site.MakeAsync(Text($"scan-{i}"), ct);
            await site.PostAsync($"datasets/{id}/close", new { }, ct);
            double closed = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            await Poll.UntilAsync(() => File.Exists(times) && File.ReadAllLines(times).Length == i + 1, TimeSpan.FromMilliseconds(5), ct);
            milliseconds.Add((long.Parse((await File.ReadAllLinesAsync(times, ct))[i], CultureInfo.InvariantCulture) / 1e6) - closed);
        }

        context.Report($"closed until submitted, {Waiting} waiting: {Percentiles.Show(milliseconds)}, aim p99 < 2000 ms");
    }

    private static string NewFolder(BenchmarkContext context, string name) =>
        Directory.CreateDirectory(Path.Combine(context.Folder, name)).FullName;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using Hutch.Agent;

namespace Hutch.Bench.Agent;

/// <summary>What it costs to watch 10 000 folders in which nothing happens, and how soon a metadata file in one of them is noticed.</summary>
internal sealed class IdleFoldersBenchmark : IBenchmark
{
    private const int Folders = 10_000;
    private const int Drops = 20;

    public string Name => "agent-idle";

    public string Group => "agent";

    public string Description => "10 000 watched folders, nothing happens: processor time, memory; then a metadata file; beside a poller in Python; aim: < 1 % of a core";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string served = Path.Combine(context.Folder, "served");
        string parent = Path.Combine(served, "krios");
        foreach (int i in Enumerable.Range(0, Folders))
        {
            string folder = Path.Combine(parent, $"session-{i:00000}");
            Directory.CreateDirectory(Path.Combine(folder, "Movies"));
            File.WriteAllText(Path.Combine(folder, "notes.txt"), "1");
            File.WriteAllText(Path.Combine(folder, "Movies", "movie.mrc"), "1");
        }

        TimeSpan time = TimeSpan.FromSeconds(context.IsQuick ? 10 : 60);
        await MeasureAsync(context, "local disk, quiet", parent, served, isActive: false, time, cancellationToken);
        await MeasureAsync(context, "local disk, without metadata file yet", parent, served, isActive: true, time, cancellationToken);
        await using MountedFolder mounted = await MountedFolder.MountAsync(served, Path.Combine(context.Folder, "mount"), cancellationToken);
        string mount = Path.Combine(mounted.Mount, "krios");
        await MeasureAsync(context, "network, quiet", mount, served, isActive: false, time, cancellationToken);
        await MeasureAsync(context, "network, without metadata file yet", mount, served, isActive: true, time, cancellationToken);
        if (!context.IsAlone)
        {
            await MeasurePeerAsync(context, "local disk", parent, time, cancellationToken);
            await MeasurePeerAsync(context, "network", mount, time, cancellationToken);
        }
    }

    private static async Task MeasureAsync(
        BenchmarkContext context, string what, string parent, string served, bool isActive, TimeSpan time, CancellationToken ct)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await using var agent = new LookingAgent(parent, new WatchingOptions(), isActive, _ => { });
        await agent.SettleAsync(Folders, ct);
        await Task.Delay(TimeSpan.FromSeconds(3), ct);
        double kilobytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e3 / Folders;
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        int looks = agent.Looks;
        await Task.Delay(time, ct);
        double percent = (Environment.CpuUsage.TotalTime - begun) / time * 100;
        looks = agent.Looks - looks;
        string noticed = isActive ? await DropAsync(agent, served, ct) : "";
        context.Report(string.Create(
            CultureInfo.InvariantCulture, $"{what}: {percent:0.00} % of a core, {kilobytes:0.00} kB a folder, {looks} looks ({agent.Describe()}){noticed}"));
    }

    private static async Task<string> DropAsync(LookingAgent agent, string served, CancellationToken ct)
    {
        var times = new List<double>();
        foreach (int i in Enumerable.Range(0, Drops))
        {
            string name = $"session-{i * 37 % Folders:00000}";
            string file = Path.Combine(served, "krios", name, "SPA.yml");
            var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            agent.Request = one =>
            {
                if (one.Folder.EndsWith(name, StringComparison.Ordinal) && File.Exists(Path.Combine(one.Folder, "SPA.yml")))
                {
                    due.TrySetResult();
                }
            };
            await Task.Delay(TimeSpan.FromMilliseconds(37 * (i % 27)), ct);
            long start = Stopwatch.GetTimestamp();
            File.WriteAllText(file, "DataId: a\n");
            await due.Task.WaitAsync(ct);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            File.Delete(file);
        }

        return $"; a metadata file is noticed after {Percentiles.Show(times)}";
    }

    /// <summary>A poller that looks at each folder every second, or as often as it can.</summary>
    private static async Task MeasurePeerAsync(BenchmarkContext context, string what, string parent, TimeSpan time, CancellationToken ct)
    {
        string output = await BenchmarkContext.RunProgramAsync(
            "/usr/bin/python3",
            [Path.Combine(context.PeersFolder, "folder_poller.py"), "folders", parent, time.TotalSeconds.ToString(CultureInfo.InvariantCulture)],
            ct);
        context.Report($"{what}, poller in Python: {output.Trim()}");
    }
}

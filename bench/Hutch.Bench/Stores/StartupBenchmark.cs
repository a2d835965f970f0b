using System.Diagnostics;
using System.Globalization;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.Bench.Stores;

/// <summary>How soon the server is ready, what a verb of the command costs, and the memory at rest, beside an empty host.</summary>
internal sealed class StartupBenchmark : IBenchmark
{
    private const int Rounds = 10;

    public string Name => "startup";

    public string Description => "server ready, one verb, memory at rest, beside an empty ASP.NET host; aim: < 0.8 s, < 0.25 s, < 120 MB";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string empty = await PublishEmptyHostAsync(context, cancellationToken);
        string data = Path.Combine(context.Folder, "data");
        List<double> first = [], again = [], peer = [], verb = [], help = [], atRest = [], own = [], peerAtRest = [], peerOwn = [];
        Dictionary<string, string> environment = new() { ["HOME"] = context.Folder };
        for (int i = 0; i < Rounds; i++)
        {
            first.Add((await StartAsync(Path.Combine(context.Folder, $"fresh-{i}"), null, cancellationToken)).Seconds);
            (double seconds, double megabytes, double ownMegabytes) = await StartAsync(data, async server =>
            {
                environment["HUTCH_REMOTE"] = server.Address.ToString();
                environment["HUTCH_TOKEN"] = await server.ReadAdminTokenAsync(cancellationToken);
                verb.Add((await Measurement.RunAsync(context.Folder, environment, HutchExecutable.Path, ["list"], cancellationToken)).Seconds);
            }, cancellationToken);
            again.Add(seconds);
            atRest.Add(megabytes);
            own.Add(ownMegabytes);
            help.Add((await Measurement.RunAsync(context.Folder, environment, HutchExecutable.Path, ["--help"], cancellationToken)).Seconds);
            (seconds, megabytes, ownMegabytes) = await StartPeerAsync(empty, cancellationToken);
            peer.Add(seconds);
            peerAtRest.Add(megabytes);
            peerOwn.Add(ownMegabytes);
        }

        context.Report($"server ready    hutch {Show(again, "s")}, on a fresh folder {Show(first, "s")}; empty host {Show(peer, "s")}");
        context.Report($"a verb          hutch list {Show(verb, "s")}, hutch --help {Show(help, "s")}");
        context.Report($"memory at rest  hutch {Show(atRest, "MB")}; empty host {Show(peerAtRest, "MB")}");
        context.Report($"of it its own   hutch {Show(own, "MB")}; empty host {Show(peerOwn, "MB")}; the rest are pages of files, which the system can take back");
    }

    private static async Task<(double Seconds, double Megabytes, double OwnMegabytes)> StartAsync(
        string folder, Func<ServerProcess, Task>? use, CancellationToken ct)
    {
        long start = Stopwatch.GetTimestamp();
        await using ServerProcess server = await ServerProcess.StartReadyAsync(folder, ct);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (use is not null)
        {
            await use(server);
        }

        double megabytes = ProcessMemory.ResidentMegabytes(server.ProcessId), ownMegabytes = ProcessMemory.OwnMegabytes(server.ProcessId);
        await server.StopAsync(ct);
        return (seconds, megabytes, ownMegabytes);
    }

    private static async Task<(double Seconds, double Megabytes, double OwnMegabytes)> StartPeerAsync(string program, CancellationToken ct)
    {
        int port = LoopbackPort.FindFree();
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(program, [$"http://127.0.0.1:{port}"]) { RedirectStandardOutput = true })!;
        try
        {
            await ServerProcess.WaitReadyAsync(process, new Uri($"http://127.0.0.1:{port}"), ct);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return (seconds, ProcessMemory.ResidentMegabytes(process.Id), ProcessMemory.OwnMegabytes(process.Id));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>The peer is published as the product is.</summary>
    private static async Task<string> PublishEmptyHostAsync(BenchmarkContext context, CancellationToken ct)
    {
        string project = Path.Combine(context.PeersFolder, "EmptyHost", "EmptyHost.csproj");
        string output = Path.Combine(context.Folder, "empty-host");
        string[] arguments = ["publish", project, "--configuration", "Release", "--runtime", "linux-x64", "--self-contained", "--nologo", "--output", output];
        await BenchmarkContext.RunProgramAsync("dotnet", arguments, ct);
        return Path.Combine(output, "EmptyHost");
    }

    private static string Show(List<double> values, string unit) => string.Create(
        CultureInfo.InvariantCulture, $"{BenchmarkContext.Median(values):0.00} {unit} (best {values.Min():0.00})");
}

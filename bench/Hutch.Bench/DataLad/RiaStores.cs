using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.S3;
using Hutch.Bench.Stores;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.Bench.DataLad;

/// <summary>A store from which DataLad clones.</summary>
/// <param name="Name">For people.</param>
/// <param name="Address">What stands before the alias of a dataset.</param>
internal sealed record RiaAddress(string Name, string Address);

/// <summary>The same datasets in a server of Hutch and in a RIA store, which is read by its path and through nginx.</summary>
internal sealed class RiaStores : IAsyncDisposable
{
    private readonly ServerProcess _server;
    private readonly PeerProcess _nginx;

    private RiaStores(string folder, ServerProcess server, PeerProcess nginx, string web, string plain, int securePort)
    {
        (_server, _nginx, Folder, Plain) = (server, nginx, folder, plain);
        Secure = new Uri($"https://localhost:{securePort}/");
        User = new DataLadUser(Directory.CreateDirectory(Path.Combine(folder, "home")).FullName, server);
        Hutch = new RiaAddress("hutch", $"ria+{server.Address}ria#~admin/");
        Others = [new RiaAddress("RIA over nginx", $"ria+{web}/store#~"), new RiaAddress("RIA by its path", $"ria+file://{plain}#~")];
    }

    public string Folder { get; }

    /// <summary>The folder of the RIA store.</summary>
    public string Plain { get; }

    /// <summary>The server over TLS.</summary>
    public Uri Secure { get; }

    public DataLadUser User { get; }

    public RiaAddress Hutch { get; }

    public IReadOnlyList<RiaAddress> Others { get; }

    public static async Task<RiaStores> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        (PeerProcess nginx, S3Target web, string root) = await NginxFiles.StartAsync(context, ct)
            ?? throw new InvalidOperationException("nginx is missing: apt install nginx-light.");
        (string certificate, string key) = (Path.Combine(context.Folder, "crt"), Path.Combine(context.Folder, "key"));
        string[] subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
        await Measurement.RunAsync(
            context.Folder, new Dictionary<string, string>(), "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", .. subject, "-keyout", key,
                "-out", certificate,
            ],
            ct);
        int port = LoopbackPort.FindFree();
        ServerProcess server = await ServerProcess.StartReadyAsync(
            Path.Combine(context.Folder, "data"), ct, "--https", $"127.0.0.1:{port}", "--set", $"tls.certificateFile={certificate}",
            "--set", $"tls.keyFile={key}");
        var stores = new RiaStores(context.Folder, server, nginx, $"http://{web.Address}", Path.Combine(root, "store"), port);
        await stores.User.SetUpAsync(ct);
        await stores.User.TrustAsync(stores.Secure, certificate, ct);
        return stores;
    }

    /// <summary>Runs a command that uses the server, and says what that cost the server.</summary>
    public async Task<(Measurement Took, double PeakMegabytes)> WatchAsync(Func<Task<Measurement>> command)
    {
        using Process server = Process.GetProcessById(_server.ProcessId);
        TimeSpan before = server.TotalProcessorTime;
        using CancellationTokenSource stop = new();
        Task<List<(double Seconds, double Megabytes)>> memory = ProcessMemory.SampleAsync(_server.ProcessId, stop.Token);
        Measurement took = await command();
        await stop.CancelAsync();
        server.Refresh();
        return (took with { ServerCpuSeconds = (server.TotalProcessorTime - before).TotalSeconds }, (await memory).Max(static one => one.Megabytes));
    }

    /// <summary>What a command took with Hutch, and how many times longer it took with the others.</summary>
    public static string Compare(string what, (Measurement Took, double PeakMegabytes) ours, IEnumerable<(string Name, Measurement Took)> others) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: hutch {ours.Took.Seconds:0.0} s (cpu {ours.Took.CpuSeconds:0.0} s, server {ours.Took.ServerCpuSeconds:0.0} s, {ours.PeakMegabytes:0} MB)")
        + string.Concat(others.Select(other => string.Create(
            CultureInfo.InvariantCulture,
            $"; {other.Name} {other.Took.Seconds:0.0} s (cpu {other.Took.CpuSeconds:0.0} s), {other.Took.Seconds / ours.Took.Seconds:0.00} x hutch")));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _nginx.DisposeAsync();
    }
}

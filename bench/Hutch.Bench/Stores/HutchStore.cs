using System.Diagnostics;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.Stores;

/// <summary>A real server on the same disk, and the command that a person uses. It verifies and syncs.</summary>
internal sealed class HutchStore(string folder) : IStore
{
    private readonly Dictionary<string, string> _environment = new()
    {
        ["HOME"] = folder,
        ["XDG_CONFIG_HOME"] = Path.Combine(folder, "config"),
        ["XDG_CACHE_HOME"] = Path.Combine(folder, "cache"),
    };

    private ServerProcess? _server;

    public string Name => "hutch";

    public string Folder { get; } = Path.Combine(folder, "data");

    /// <summary>The running server.</summary>
    public ServerProcess Server => _server ?? throw new InvalidOperationException("Prepare comes first.");

    public async Task<string> PrepareAsync(string source, CancellationToken ct)
    {
        _server = await ServerProcess.StartReadyAsync(Folder, ct);
        _environment["HUTCH_REMOTE"] = _server.Address.ToString();
        _environment["HUTCH_TOKEN"] = await _server.ReadAdminTokenAsync(ct);
        await RunAsync(source, ["init", "--name", "bench"], ct);
        return source;
    }

    public Task<Measurement> PushAsync(string source, CancellationToken ct) => MeasureAsync(source, ["push"], ct);

    public Task<Measurement> CloneAsync(string target, CancellationToken ct) => MeasureAsync(folder, ["clone", "bench", target], ct);

    /// <summary>Says what the next push would do.</summary>
    public Task<Measurement> StatusAsync(string source, CancellationToken ct) => MeasureAsync(source, ["status"], ct);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<Measurement> MeasureAsync(string where, string[] arguments, CancellationToken ct)
    {
        using Process server = Process.GetProcessById(Server.ProcessId);
        TimeSpan before = server.TotalProcessorTime;
        Measurement took = await RunAsync(where, arguments, ct);
        server.Refresh();
        return took with { ServerCpuSeconds = (server.TotalProcessorTime - before).TotalSeconds };
    }

    private Task<Measurement> RunAsync(string where, string[] arguments, CancellationToken ct) =>
        Measurement.RunAsync(where, _environment, HutchExecutable.Path, arguments, ct);
}

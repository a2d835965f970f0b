using System.Net;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.S3;

/// <summary>A Hutch server and an S3 key for it.</summary>
internal sealed class HutchDoor(ServerProcess server) : IAsyncDisposable
{
    /// <summary>Starts it.</summary>
    public static async Task<(HutchDoor Door, S3Target Target)> StartAsync(string folder, CancellationToken ct)
    {
        ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(folder, "hutch"), ct);
        string token = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(token, await server.ReadAdminTokenAsync(ct), ct);
        string json = await BenchmarkContext.RunProgramAsync(
            "/bin/bash",
            ["-c", $"HOME={folder} HUTCH_TOKEN=$(<{token}) '{HutchExecutable.Path}' token create --s3 --json --remote {server.Address}"],
            ct);
        using var key = JsonDocument.Parse(json);
        return (
            new HutchDoor(server),
            new S3Target(
                "hutch",
                new IPEndPoint(IPAddress.Loopback, server.S3.Port),
                (key.RootElement.GetProperty("accessKey").GetString()!, key.RootElement.GetProperty("secretKey").GetString()!),
                [server.ProcessId]));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

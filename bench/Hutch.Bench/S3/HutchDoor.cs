using System.Net;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.S3;

/// <summary>A Hutch server and an S3 key for it.</summary>
internal sealed class HutchDoor(ServerProcess server) : IAsyncDisposable
{
    /// <summary>Starts it.</summary>
    /// <param name="folder">For its data.</param>
    /// <param name="more">More options of the server.</param>
    public static async Task<(HutchDoor Door, S3Target Target)> StartAsync(string folder, CancellationToken ct, params string[] more)
    {
        ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(folder, "hutch"), ct, more);
        return (new HutchDoor(server), TargetOf("hutch", await CreateKeyAsync(server, folder, ct), server));
    }

    /// <summary>Equal servers of one site as a target.</summary>
    public static S3Target TargetOf(string name, (string Access, string Secret) key, params ServerProcess[] servers)
    {
        IPEndPoint[] doors = [.. servers.Select(static server => new IPEndPoint(IPAddress.Loopback, server.S3.Port))];
        return new S3Target(name, doors[0], key, [.. servers.Select(static server => server.ProcessId)]) { Peers = doors[1..] };
    }

    /// <summary>A key of the administrator of a server that was just made.</summary>
    public static async Task<(string Access, string Secret)> CreateKeyAsync(ServerProcess server, string folder, CancellationToken ct)
    {
        string token = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(token, await server.ReadAdminTokenAsync(ct), ct);
        string json = await BenchmarkContext.RunProgramAsync(
            "/bin/bash",
            ["-c", $"HOME={folder} HUTCH_TOKEN=$(<{token}) '{HutchExecutable.Path}' token create --s3 --json --remote {server.Address}"],
            ct);
        using var key = JsonDocument.Parse(json);
        return (key.RootElement.GetProperty("accessKey").GetString()!, key.RootElement.GetProperty("secretKey").GetString()!);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

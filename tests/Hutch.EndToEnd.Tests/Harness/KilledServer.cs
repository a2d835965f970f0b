using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>A server on one data folder that is killed at moments that nobody chose, and started again each time.</summary>
internal sealed class KilledServer : IAsyncDisposable
{
    private readonly Random _random = new(7);
    private readonly Func<ServerProcess> _start;

    private KilledServer(Func<ServerProcess> start)
    {
        _start = start;
        Now = start();
    }

    /// <summary>The server that runs now.</summary>
    public ServerProcess Now { get; private set; }

    /// <param name="dataFolder">Its data.</param>
    /// <param name="options">More options, for the port that it has.</param>
    public static async Task<KilledServer> StartAsync(string dataFolder, Func<int, string[]> options, CancellationToken ct)
    {
        int port = LoopbackPort.FindFree();
        string[] more = options(port);
        var server = new KilledServer(() => ServerProcess.Start(dataFolder, port, more));
        await server.Now.WaitReadyAsync(ct);
        return server;
    }

    /// <summary>Kills it, each time a moment after it can serve.</summary>
    public async Task KillAsync(int times, CancellationToken ct)
    {
        for (int i = 0; i < times; i++)
        {
            await Task.Delay(_random.Next(100, 900), ct);
            await Now.DisposeAsync();
            Now = _start();
            await Now.WaitReadyAsync(ct);
        }
    }

    public ValueTask DisposeAsync() => Now.DisposeAsync();
}

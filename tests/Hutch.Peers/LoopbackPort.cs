using System.Net;
using System.Net.Sockets;

namespace Hutch.Peers;

/// <summary>Ports of this machine for servers that do not choose one themselves.</summary>
public static class LoopbackPort
{
    // Below what the kernel gives to outgoing connections, so that no client takes it while the server is down.
    private const int First = 10_000;
    private const int End = 30_000;
    private const int MaxTries = 6000;

    /// <summary>A port that is free now.</summary>
    public static int FindFree()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, End);
            using TcpListener listener = new(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another one.
            }
        }
    }

    /// <summary>Returns when the port takes connections: for servers that tell nobody when they are ready.</summary>
    public static async Task WaitAsync(int port, CancellationToken ct)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(IPAddress.Loopback, port, ct);
                return;
            }
            catch (SocketException) when (i < MaxTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), ct);
            }
        }
    }
}

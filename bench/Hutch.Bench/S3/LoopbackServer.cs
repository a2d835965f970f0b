using System.Net;
using System.Net.Sockets;

namespace Hutch.Bench.S3;

/// <summary>Waits for servers that tell nobody when they are ready.</summary>
internal static class LoopbackServer
{
    private const int MaxTries = 1000;

    /// <summary>Returns when the port takes connections.</summary>
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

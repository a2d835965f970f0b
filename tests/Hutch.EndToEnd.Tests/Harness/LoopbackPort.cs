using System.Net;
using System.Net.Sockets;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>Ports for servers that are started again on the same one.</summary>
internal static class LoopbackPort
{
    // Below what the kernel gives to outgoing connections, so that no client takes it while the server is down.
    private const int First = 10_000;
    private const int End = 30_000;

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
}

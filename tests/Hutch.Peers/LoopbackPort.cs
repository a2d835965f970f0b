using System.Collections.Concurrent;
using System.Globalization;
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

    // A server takes seconds until it listens. Until then another test, also one of another project, could find the same port free. A name in the
    // kernel's table of abstract sockets belongs to one process, and is free again when that process ends, however it ends.
    private static readonly ConcurrentBag<Socket> Reserved = [];

    /// <summary>Finds a free port, and reserves it for this process among all that call this.</summary>
    public static int FindFree()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, End);
            if (TryReserve(port) && IsFree(port))
            {
                return port;
            }
        }
    }

    /// <summary>Returns when the port accepts connections. Throws when it does not within a minute.</summary>
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

    private static bool TryReserve(int port)
    {
        var name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            name.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0hutch-test-port-{port}")));
            Reserved.Add(name);
            return true;
        }
        catch (SocketException)
        {
            name.Dispose();
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using TcpListener listener = new(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Hutch.Doors;

/// <summary>
/// Makes the kernel acknowledge received bytes at once. A client with Nagle's algorithm that sends the head of a request and a small body
/// as two packets waits between them for an acknowledgement. The kernel otherwise delays it by 40 ms.
/// </summary>
public static class QuickAcknowledgement
{
    private const int Tcp = 6;
    private const int QuickAck = 12;

    private static readonly byte[] On = [1, 0, 0, 0];

    /// <summary>Does it for the connection of a request, where it is one of TCP on Linux. It lasts for a few packets.</summary>
    public static void Request(HttpContext http)
    {
        if (OperatingSystem.IsLinux()
            && http.Features.Get<IConnectionSocketFeature>()?.Socket is { ProtocolType: ProtocolType.Tcp } socket)
        {
            socket.SetRawSocketOption(Tcp, QuickAck, On);
        }
    }
}

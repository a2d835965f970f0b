namespace Hutch.Messaging.Callbacks;

/// <summary>Connects to a host that a user has named, and only to its permitted addresses.</summary>
public static class GuardedConnection
{
    /// <summary>Connects. Names are resolved here, so that the checked address is the one that is connected to.</summary>
    /// <param name="mayReach">Returns true for an address that may be connected to.</param>
    /// <param name="refusal">The message if none of them may.</param>
    public static async ValueTask<NetworkStream> OpenAsync(
        DnsEndPoint host, Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPAddress, bool> mayReach, string refusal,
        CancellationToken ct)
    {
        IPAddress[] addresses = IPAddress.TryParse(host.Host, out IPAddress? literal) ? [literal] : await resolve(host.Host, ct);
        IPAddress[] reachable = [.. addresses.Where(mayReach)];
        if (addresses.Length > 0 && reachable.Length == 0)
        {
            throw new ForbiddenAddressException(refusal);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, host.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A host has no address that may be connected to.</summary>
internal sealed class ForbiddenAddressException(string message) : IOException(message);

using System.Net;
using System.Net.Sockets;

namespace Hutch.DataLadClient;

/// <summary>
/// The addresses of a server that are this machine's own or those of a local network. git-annex itself sends nothing there
/// unless it was allowed to; DataLad and git do.
/// </summary>
public static class PrivateAddresses
{
    /// <summary>Those of a host; none when it has no address now.</summary>
    public static async Task<IReadOnlyList<IPAddress>> OfAsync(string host, CancellationToken ct)
    {
        try
        {
            return [.. (await Dns.GetHostAddressesAsync(host, ct)).Where(IsPrivate).Distinct()];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    /// <summary>Returns true if an address is for nearby machines only (RFC 1918, 3927, 4193, 4291).</summary>
    public static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        byte[] bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address) || (address.AddressFamily == AddressFamily.InterNetworkV6
            ? address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal
            : bytes is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..] or [169, 254, ..]);
    }
}

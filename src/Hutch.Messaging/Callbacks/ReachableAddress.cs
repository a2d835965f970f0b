namespace Hutch.Messaging.Callbacks;

/// <summary>
/// Checks an address that a name resolved to. The owner of a name can make it resolve to the server itself, or to hosts that only its
/// network reaches (DNS rebinding), so the address is checked when the connection is made.
/// </summary>
public static class ReachableAddress
{
    private const string ThisMachine = "localhost";

    /// <summary>Returns true if the address may be connected to under this name of an allowed host.</summary>
    public static bool IsFor(string host, IPAddress address) =>
        !IsSpecial(address)
        || (IPAddress.TryParse(host, out IPAddress? named) && named.Equals(address))
        || (host == ThisMachine && IPAddress.IsLoopback(address));

    public static bool IsThisMachine(string host) =>
        host == ThisMachine || (IPAddress.TryParse(host, out IPAddress? named) && IPAddress.IsLoopback(named));

    /// <summary>Returns true for a loopback, link-local, multicast or unassigned address (RFC 6890).</summary>
    public static bool IsSpecial(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return Embedded(address) is { } inner
                ? IsSpecial(inner)
                : IPAddress.IsLoopback(address) || address.Equals(IPAddress.IPv6Any)
                    || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6Multicast;
        }

        byte[] parts = address.GetAddressBytes();
        return parts[0] is 0 or 127 or >= 224 || (parts[0] == 169 && parts[1] == 254);
    }

    /// <summary>Returns the IPv4 address in one of IPv6: mapped, compatible (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        byte[] bytes = address.GetAddressBytes();
        ReadOnlySpan<byte> start = bytes.AsSpan(0, 12);
        bool isCompatible = !start.ContainsAnyExcept((byte)0)
            && !address.Equals(IPAddress.IPv6Loopback) && !address.Equals(IPAddress.IPv6Any);
        return isCompatible || start.SequenceEqual((byte[])[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])
            ? new IPAddress(bytes.AsSpan(12, 4))
            : bytes is [0x20, 0x02, ..] ? new IPAddress(bytes.AsSpan(2, 4))
            : null;
    }
}

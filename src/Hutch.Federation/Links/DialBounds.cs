using System.Net.Sockets;
using Hutch.Messaging.Callbacks;

namespace Hutch.Federation.Links;

/// <summary>
/// The addresses that a site may have for others. A site announces its own address, and must not make others connect to addresses that
/// only they can reach: themselves, their own link, the metadata of a cloud. Zones whose own address is on the loopback have all their
/// sites on one machine, also if that address is the machine's name, which many systems resolve to 127.0.1.1.
/// </summary>
internal static class DialBounds
{
    public const string Refusal =
        "its address leads to this machine or to its own link, where sites are dialled only in a zone whose address is on the loopback";

    /// <summary>Returns the check for a site's address. Null for any address: the operator chose the zone's.</summary>
    /// <param name="zone">The address at which this site dials the zone, HOST:PORT; null at the zone.</param>
    public static Func<IPAddress, bool>? For(string? zone, string? door, string address) =>
        address == zone ? null : found => MayReach(zone ?? door, found, Dns.GetHostAddresses);

    /// <summary>Returns true if an address may be dialled.</summary>
    /// <param name="zone">The zone's own address, as the operator of this server gave it, HOST:PORT; null for none.</param>
    public static bool MayReach(string? zone, IPAddress address, Func<string, IPAddress[]> resolve) =>
        !ReachableAddress.IsSpecial(address) || (IPAddress.IsLoopback(address) && IsOfZone(zone, address, resolve));

    /// <summary>Of a name, only the very address that it leads to: nothing else on this machine.</summary>
    private static bool IsOfZone(string? zone, IPAddress address, Func<string, IPAddress[]> resolve)
    {
        if (!Uri.TryCreate("https://" + zone, UriKind.Absolute, out Uri? uri))
        {
            return false;
        }

        string host = uri.IdnHost.Trim('[', ']');
        try
        {
            return ReachableAddress.IsThisMachine(host) || (!IPAddress.TryParse(host, out _) && resolve(host).Contains(address));
        }
        catch (SocketException)
        {
            // The name has no address now.
            return false;
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Hutch.Doors;

/// <summary>
/// The address of a listener: <c>HOST:PORT</c>, with <c>localhost</c>, <c>*</c>, an IPv4 address or an IPv6 address in brackets
/// as the host.
/// </summary>
public static class ListenAddress
{
    /// <param name="otherwise">The alternative to an address, for the error; empty if there is none.</param>
    /// <exception cref="HutchException">It is no address.</exception>
    public static IPEndPoint Parse(string text, int usualPort, string otherwise = "")
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw Reject(text, usualPort, otherwise);
        }

        string host = text[..colon];
        IPAddress? address = host switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? parsed) ? parsed : null,
        };
        return address is not null ? new IPEndPoint(address, port) : throw Reject(text, usualPort, otherwise);
    }

    /// <summary>Listens for a moment: the reason why no server can, and the remedy; null if one can, or for an unknown reason.</summary>
    public static (string Problem, string Remedy)? Probe(IPEndPoint address)
    {
        try
        {
            using var listener = new TcpListener(address);
            listener.Start();
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    ("another program uses it", $"`ss -ltnp 'sport = :{address.Port}'` shows which. Stop it, or choose another port."),
                SocketError.AccessDenied => (
                    "this user may not listen on ports below 1024",
                    "Choose a higher port, or give the service the capability CAP_NET_BIND_SERVICE."),
                SocketError.AddressNotAvailable => ("this machine does not have the address", "Choose one of `ip address`, or * for all."),
                _ => null,
            };
        }
    }

    /// <summary>The address under which a program of the same machine reaches a listener: one that listens everywhere has no own.</summary>
    public static Uri Reachable(Uri address)
    {
        return IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(address) { Host = address.Scheme == Uri.UriSchemeHttps ? "localhost" : "127.0.0.1" }.Uri
            : address;
    }

    private static HutchException Reject(string text, int port, string otherwise) => ErrorCode.BadRequest.With(
        $"{Display.Quote(text)} is not a listen address: use HOST:PORT, such as 127.0.0.1:{port}, [::1]:{port} or *:{port}{otherwise}.")
        .ToException();
}

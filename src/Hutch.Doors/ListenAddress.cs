using System.Net;

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
        ArgumentNullException.ThrowIfNull(text);
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

    private static HutchException Reject(string text, int port, string otherwise) => ErrorCode.BadRequest.With(
        $"{Display.Quote(text)} is not a listen address: use HOST:PORT, such as 127.0.0.1:{port}, [::1]:{port} or *:{port}{otherwise}.")
        .ToException();
}

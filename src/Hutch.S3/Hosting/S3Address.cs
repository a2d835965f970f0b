using System.Globalization;
using System.Net;
using Hutch.Model;

namespace Hutch.S3.Hosting;

/// <summary>Where to listen: <c>HOST:PORT</c>, with <c>localhost</c>, <c>*</c>, an IPv4 address or an IPv6 address in brackets as the host.</summary>
internal static class S3Address
{
    public static IPEndPoint Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw Refuse(text);
        }

        string host = text[..colon];
        IPAddress? address = host switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? parsed) ? parsed : null,
        };
        return address is not null ? new IPEndPoint(address, port) : throw Refuse(text);
    }

    private static HutchException Refuse(string text) => ErrorCode.BadRequest.With(
        $"{Display.Quote(text)} is no address to listen at: HOST:PORT is needed, as 127.0.0.1:8471, [::1]:8471 or *:8471, or 'off'.").ToException();
}

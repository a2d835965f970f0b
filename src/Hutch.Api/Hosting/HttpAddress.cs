using System.Globalization;
using System.Net;
using Hutch.Model;

namespace Hutch.Api.Hosting;

/// <summary>Where to listen: <c>HOST:PORT</c>, with <c>localhost</c>, <c>*</c>, an IPv4 address or an IPv6 address in brackets as the host.</summary>
internal sealed record HttpAddress(IReadOnlyList<IPAddress> Addresses, int Port)
{
    public static HttpAddress Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw Refuse(text);
        }

        string host = text[..colon];
        if (host == "*")
        {
            return new HttpAddress([IPAddress.IPv6Any], port);
        }

        if (host == "localhost")
        {
            return new HttpAddress([IPAddress.Loopback], port);
        }

        return IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) ? new HttpAddress([address], port) : throw Refuse(text);
    }

    private static HutchException Refuse(string text) =>
        ErrorCode.BadRequest.With($"{Display.Quote(text)} is no address to listen at: HOST:PORT is needed, as 127.0.0.1:8470, [::1]:8470 or *:8470.").ToException();
}

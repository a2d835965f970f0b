using System.Net;

namespace Hutch.Api.Http;

/// <summary>
/// Applies the headers of a proxy before the server: the client, the scheme and the name. They are trusted only from configured proxies:
/// anyone can write these headers. The name counts only where the server has no public address, since many proxies pass on what their
/// client wrote. Also removes the path prefix of the server.
/// </summary>
internal sealed class ProxyHeaders
{
    private const int MaxHops = 16;

    private readonly IPNetwork[] _proxies;
    private readonly PathString _prefix;
    private readonly bool _takesHost;

    /// <param name="takesHost">True to take the name from the proxy.</param>
    public ProxyHeaders(IReadOnlyList<string> proxies, string? prefix, bool takesHost)
    {
        _takesHost = takesHost;
        _proxies = [.. proxies.Select(Parse)];
        _prefix = ParsePrefix(prefix);
    }

    public RequestDelegate Wrap(RequestDelegate next) => http =>
    {
        if (http.Connection.RemoteIpAddress is { } address)
        {
            http.Connection.RemoteIpAddress = Plain(address);
            if (IsProxy(http.Connection.RemoteIpAddress))
            {
                Apply(http);
            }
        }

        if (_prefix.HasValue)
        {
            // A proxy may have removed the prefix already; links still need it.
            http.Request.Path = http.Request.Path.StartsWithSegments(_prefix, StringComparison.Ordinal, out PathString rest)
                ? rest.HasValue ? rest : "/"
                : http.Request.Path;
            http.Request.PathBase = _prefix;
        }

        return next(http);
    };

    /// <summary>Checks one item of the list of proxies: an address, or a network as <c>10.0.0.0/8</c>.</summary>
    public static IPNetwork Parse(string text)
    {
        if (IPNetwork.TryParse(text, out IPNetwork network))
        {
            return network;
        }

        return IPAddress.TryParse(text.Trim('[', ']'), out IPAddress? address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is not the address or network of a proxy: use one such as 10.0.0.7 or 10.0.0.0/8.").ToException();
    }

    private static PathString ParsePrefix(string? prefix)
    {
        if (string.IsNullOrEmpty(prefix) || prefix == "/")
        {
            return default;
        }

        string path = "/" + prefix.Trim('/');
        return path.Split('/')[1..].All(part => part.Length > 0
            && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~')
            && part is not ("." or ".."))
            ? new PathString(path)
            : throw ErrorCode.BadRequest.With(
                $"{Display.Quote(prefix)} is not a path prefix: use letters, digits, '-', '_', '.', '~' between slashes, such as /hutch.")
                .ToException();
    }

    private void Apply(HttpContext http)
    {
        IHeaderDictionary headers = http.Request.Headers;
        string[] hops = headers["X-Forwarded-For"].ToString()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        // From the right: each proxy adds the address of its client. The first that is no proxy of ours is the client, and the addresses
        // that it
        // wrote itself are not trusted.
        foreach (string hop in hops.Reverse().Take(MaxHops))
        {
            if (!IPAddress.TryParse(hop.Trim('[', ']'), out IPAddress? client))
            {
                break;
            }

            http.Connection.RemoteIpAddress = Plain(client);
            if (!IsProxy(http.Connection.RemoteIpAddress))
            {
                break;
            }
        }

        string scheme = Last(headers["X-Forwarded-Proto"].ToString());
        if (scheme is "http" or "https")
        {
            http.Request.Scheme = scheme;
        }

        if (_takesHost && Last(headers["X-Forwarded-Host"].ToString()) is { Length: > 0 and < 256 } host
            && !host.Any(c => c is '/' or '\\' or '@' or ' '))
        {
            http.Request.Host = new HostString(host);
        }
    }

    private bool IsProxy(IPAddress address) => Array.Exists(_proxies, network => network.Contains(address));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Last(string list) => list[(list.LastIndexOf(',') + 1)..].Trim();
}

using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Doors;

public static class KestrelSetup
{
    // Buffered bytes must still be in the processor's cache when they are read: a quarter of a megabyte for each connection.
    private const int BufferBytes = 256 << 10;

    /// <summary>Sets the limits of a door. Bodies have none here: their size is the business of each operation.</summary>
    public static void Limit(KestrelServerOptions kestrel, ConnectionLimits limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeaderSeconds);
        kestrel.Limits.MinRequestBodyDataRate = Rate(limits.MinUploadRate, limits.SlowSeconds);
        kestrel.Limits.MinResponseDataRate = Rate(limits.MinDownloadRate, limits.SlowSeconds);
        kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
        kestrel.Limits.MaxRequestLineSize = limits.MaxRequestLineBytes;
        kestrel.Limits.MaxRequestBufferSize = BufferBytes;
        kestrel.Limits.MaxResponseBufferSize = BufferBytes;
        kestrel.RequestHeaderEncodingSelector = EncodingOf;
        kestrel.ResponseHeaderEncodingSelector = EncodingOf;
    }

    /// <summary>S3 reads the bytes of its user's metadata, which come in either encoding.</summary>
    private static Encoding EncodingOf(string header) =>
        header.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase) ? Encoding.Latin1 : Encoding.UTF8;

    /// <summary>Shows each client that connects the certificate of that moment.</summary>
    public static TlsHandshakeCallbackOptions Handshake(IServerCertificates certificates)
    {
        return new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(certificates.ForConnection()),
        };
    }

    /// <summary>The addresses of a started door, without and with HTTPS; null for no listener.</summary>
    public static (Uri? Plain, Uri? Secure) Addresses(IServiceProvider services)
    {
        ICollection<string> texts = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Uri[] all = [.. texts.Select(static text => new Uri(text))];
        return (
            Array.Find(all, static uri => uri.Scheme == Uri.UriSchemeHttp),
            Array.Find(all, static uri => uri.Scheme == Uri.UriSchemeHttps));
    }

    private static MinDataRate? Rate(int bytesPerSecond, int seconds) =>
        bytesPerSecond == 0 ? null : new MinDataRate(bytesPerSecond, TimeSpan.FromSeconds(seconds));
}

using Hutch.Site.Platform.Servers;

namespace Hutch.Server;

/// <summary>
/// The address at which the other servers of the site reach this one: the configured one, or that of the listener. Plain HTTP leaves the
/// machine only if the configuration trusts the network with it.
/// </summary>
internal sealed record OwnAddress(ServeOptions Options, Uri? Plain, Uri? Secure, TlsCertificates? Certificates)
{
    public ServerAddress? Find()
    {
        if (Options.Address is { } configured)
        {
            // Another port is another program, which ends TLS with a certificate of its own.
            bool isOwn = configured.Scheme == Uri.UriSchemeHttps && configured.Port == Secure?.Port;
            return new ServerAddress(configured, isOwn ? Certificates?.Fingerprint : null);
        }

        return Secure is not null ? new ServerAddress(WithHost(Secure), Certificates?.Fingerprint)
            : Plain is not null && (Plain.IsLoopback || Options.AllowTokensOverHttp) ? new ServerAddress(WithHost(Plain), null)
            : null;
    }

    private static Uri WithHost(Uri listener) =>
        IPAddress.TryParse(listener.Host.Trim('[', ']'), out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(listener) { Host = Environment.MachineName }.Uri
            : listener;
}

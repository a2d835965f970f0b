using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hutch.Client;
using Hutch.Federation.Doors;
using Hutch.Federation.Keys;
using Hutch.Federation.Reverse;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Traffic;
using Hutch.Model.Sites;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Federation.Tests.Keys;

/// <summary>Who gets as far as a request at the door for other sites.</summary>
public sealed class SiteDoorTests
{
    /// <summary>With what HTTP/2 begins, and settings that change nothing: a server says nothing before it has them.</summary>
    private static readonly byte[] HttpPreface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_without_a_key_gets_no_connection()
    {
        await using SiteServer zone = await SiteServer.StartAsync();

        Assert.False(await IsLetInAsync(zone, null, SslProtocols.Tls13));
    }

    [Fact]
    public async Task Another_kind_of_key_gets_no_connection()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=hutch-site", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        Assert.False(await IsLetInAsync(zone, certificate, SslProtocols.Tls13));
    }

    [Fact]
    public async Task An_older_TLS_gets_no_connection()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var key = SiteKey.Read(SiteKey.Make());

        Assert.False(await IsLetInAsync(zone, key.Certificate, SslProtocols.Tls12));
        Assert.True(await IsLetInAsync(zone, key.Certificate, SslProtocols.Tls13));
    }

    [Fact]
    public async Task The_key_is_readable_by_its_owner_only_and_stays_the_same()
    {
        await using SiteServer site = await SiteServer.StartAsync();
        string before = (await site.Admin.GetSitesAsync(Ct)).Here.Key;

        await site.RestartAsync();

        Assert.Equal(before, (await site.Admin.GetSitesAsync(Ct)).Here.Key);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(site.KeyFile));
    }

    [Fact]
    public async Task A_key_that_others_may_read_stops_the_start_with_what_to_do()
    {
        await using SiteServer site = await SiteServer.StartAsync();
        File.SetUnixFileMode(site.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var refused = await Assert.ThrowsAsync<Model.HutchException>(site.RestartAsync);

        Assert.Contains("chmod 600", refused.Error.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(site.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await site.StartAgainAsync();
    }

    [Fact]
    public async Task A_connection_that_ends_while_its_site_is_looked_up_is_no_failure()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var key = SiteKey.Read(SiteKey.Make());
        var connections = new SiteConnections(zone.Zone.Sites, new ReverseConnections(), new SiteTraffic(TimeProvider.System));
        var ended = new DefaultConnectionContext();
        ended.Features.Set<ITlsConnectionFeature>(new TlsConnectionFeature { ClientCertificate = key.Certificate });
        bool isAnswered = false;

        await connections.ServeAsync(
            ended,
            _ =>
            {
                isAnswered = true;
                return Task.CompletedTask;
            },
            new CancellationToken(canceled: true));

        Assert.False(isAnswered);
    }

    /// <summary>Whether the zone goes on with a connection: in TLS 1.3 a client learns of a refusal with the first read.</summary>
    private static async Task<bool> IsLetInAsync(SiteServer zone, X509Certificate2? certificate, SslProtocols protocol)
    {
        string[] address = JoinToken.Parse(await zone.InviteAsync("s" + Guid.NewGuid().ToString("N")[..8])).Value.Address.Split(':');
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address[0], int.Parse(address[1], System.Globalization.CultureInfo.InvariantCulture), Ct);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, shown, _, _) => shown is not null);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "hutch-site",
                    EnabledSslProtocols = protocol,
                    ClientCertificates = certificate is null ? null : [certificate],
                    ApplicationProtocols = [SslApplicationProtocol.Http2],
                },
                Ct);
            await tls.WriteAsync(HttpPreface, Ct);
            return await tls.ReadAsync(new byte[16], Ct) > 0; // the zone's own settings
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }
    }
}

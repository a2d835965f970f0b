using System.Net.Security;
using Hutch.Federation.Keys;
using Hutch.Federation.Reverse;
using Hutch.Federation.Traffic;
using Hutch.Hosting;
using Hutch.Zone.Sites;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation.Doors;

/// <summary>
/// The door for other sites: a listener of its own where both sides prove their keys. A site that cannot be dialled opens connections here
/// on which this one asks.
/// </summary>
internal sealed class SiteDoor(
    SitesOptions options, SiteKeyStore keys, SiteDispatch dispatch, SiteRegistry registry, ReverseConnections reverse,
    SiteTraffic traffic, ILoggerFactory loggers, Action<string>? notice)
    : IHostedService, IDoor, IAsyncDisposable
{
    private static readonly SslApplicationProtocol Reverse = new(ReverseConnections.Protocol);

    private WebApplication? _app;

    /// <inheritdoc/>
    public string Name => "sites";

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>Where others dial it, HOST:PORT.</summary>
    public string? Address => options.Address ?? (Addresses is [var first, ..] ? first.Authority : null);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        SiteKey key = await keys.GetAsync(cancellationToken);
        _app = SiteHost.Build(options, dispatch, loggers, kestrel => Listen(kestrel, key));
        await _app.StartAsync(cancellationToken);
        (_, Uri? secure) = KestrelSetup.Addresses(_app.Services);
        Addresses = [secure!];
        notice?.Invoke($"Other sites at {secure!.Authority} (`hutch site invite NAME`).");
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Listen(KestrelServerOptions kestrel, SiteKey key)
    {
        SslStreamCertificateContext shown = SslStreamCertificateContext.Create(key.Certificate, null, offline: true);
        kestrel.Listen(ListenAddress.Parse(options.Listen!, SitesOptions.UsualPort), listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(
                    SiteTls.Server(shown, [SslApplicationProtocol.Http2, Reverse])),
            });
            listen.Use(next => connection => IsReverse(connection) ? KeepAsync(connection) : AnswerAsync(connection, next));
        });
    }

    private static bool IsReverse(ConnectionContext connection) =>
        connection.Features.Get<ISslStreamFeature>()?.SslStream.NegotiatedApplicationProtocol == Reverse;

    /// <summary>What is exchanged with a site is counted; whoever is none is forgotten with the connection.</summary>
    private async Task AnswerAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (SiteTls.KeyOf(connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate) is { } key
            && await registry.FindPeerAsync(key, connection.ConnectionClosed) is not null)
        {
            connection.Transport = new CountedPipes(connection.Transport, traffic.Of(key));
        }

        await next(connection);
    }

    /// <summary>A site that was removed, and whoever was none, gets no connection.</summary>
    private async Task KeepAsync(ConnectionContext connection)
    {
        if (SiteTls.KeyOf(connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate) is { } key
            && await registry.FindPeerAsync(key, connection.ConnectionClosed) is not null)
        {
            await reverse.KeepAsync(key, connection, connection.ConnectionClosed);
        }
    }
}

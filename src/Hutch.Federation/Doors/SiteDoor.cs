using System.Net.Security;
using Hutch.Doors;
using Hutch.Federation.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Hosting;

namespace Hutch.Federation.Doors;

/// <summary>
/// The door for other sites: a listener of its own where both sides prove their keys. A site that cannot be dialled opens connections here
/// on which this one asks.
/// </summary>
internal sealed class SiteDoor(
    SitesOptions options, SiteKeyStore keys, SiteDispatch dispatch, SiteConnections connections, IMemoryPoolFactory<byte> memory,
    ILoggerFactory loggers, Action<string>? notice)
    : IHostedService, IDoor, IAsyncDisposable
{
    private WebApplication? _app;

    public string Name => "sites";

    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>The address at which others dial it, HOST:PORT.</summary>
    public string? Address => options.Address ?? (Addresses is [var first, ..] ? first.Authority : null);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        SiteKey key = await keys.GetAsync(cancellationToken);
        _app = SiteHost.Build(options, dispatch, memory, loggers, kestrel => Listen(kestrel, key));
        await _app.StartAsync(cancellationToken);
        (_, Uri? secure) = KestrelSetup.Addresses(_app.Services);
        Addresses = [secure!];
        notice?.Invoke($"Other sites at {secure!.Authority} (`hutch site invite NAME`).");
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

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
                    SiteTls.Server(shown, [SslApplicationProtocol.Http2, SiteConnections.Reverse])),
            });
            listen.Use(next => connection => connections.ServeAsync(connection, next, connection.ConnectionClosed));
        });
    }
}

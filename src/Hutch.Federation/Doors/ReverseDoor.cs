using System.Threading.Channels;
using Hutch.Federation.Reverse;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Federation.Doors;

/// <summary>The door for other sites of a server that cannot be dialled: it answers on connections that this server has opened.</summary>
internal sealed class ReverseDoor : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private static readonly Slot Place = new();

    private readonly Channel<ReverseConnection> _connections = Channel.CreateUnbounded<ReverseConnection>();
    private readonly WebApplication _app;

    /// <param name="options">The limits of the door.</param>
    public ReverseDoor(
        SitesOptions options, SiteDispatch dispatch, IMemoryPoolFactory<byte> memory, ILoggerFactory loggers) => _app = SiteHost.Build(
        options, dispatch, memory, loggers,
        kestrel => kestrel.Listen(Place, static listen => listen.Protocols = HttpProtocols.Http2),
        services => services.AddSingleton<IConnectionListenerFactory>(this));

    public EndPoint EndPoint => Place;

    public Task StartAsync(CancellationToken ct) => _app.StartAsync(ct);

    public async Task StopAsync(CancellationToken ct)
    {
        await _app.StopAsync(ct);
        await _app.DisposeAsync();
    }

    /// <summary>Answers on a connection until it ends; it is disposed then.</summary>
    public void Answer(ReverseConnection connection) => _connections.Writer.TryWrite(connection);

    public bool CanBind(EndPoint endpoint) => endpoint is Slot;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _connections.Reader.WaitToReadAsync(cancellationToken) && _connections.Reader.TryRead(out ReverseConnection? connection)
            ? connection
            : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _connections.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        while (_connections.Reader.TryRead(out ReverseConnection? connection))
        {
            await connection.DisposeAsync();
        }
    }

    private sealed class Slot : EndPoint
    {
        public override string ToString() => "reverse connections";
    }
}

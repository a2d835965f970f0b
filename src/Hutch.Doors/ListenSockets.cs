using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Doors;

/// <summary>
/// The listening sockets of a process, which outlive its servers. Between the end of one server and the start of the next, clients that
/// connect wait and are not refused.
/// </summary>
/// <remarks>One server at a time uses them.</remarks>
public sealed class ListenSockets : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Kept> _sockets = [];

    /// <summary>Lets the doors of a host listen on these sockets. Called before Kestrel is added.</summary>
    public void Use(IServiceCollection services) => services.AddSingleton<IConnectionListenerFactory>(
        provider => new Factory(this, ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider)));

    /// <summary>Returns true if a socket listens at an address.</summary>
    public bool Has(EndPoint address)
    {
        lock (_gate)
        {
            return _sockets.Any(one => one.Address.Equals(address));
        }
    }

    /// <summary>Notes that the server which used the sockets has ended.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _sockets.ForEach(static one => one.IsUsed = false);
        }
    }

    /// <summary>Closes the sockets that the running server does not use.</summary>
    public async ValueTask CloseUnusedAsync(CancellationToken ct)
    {
        List<Kept> unused;
        lock (_gate)
        {
            unused = _sockets.FindAll(static one => !one.IsUsed);
            _sockets.RemoveAll(static one => !one.IsUsed);
        }

        foreach (Kept one in unused)
        {
            await one.CloseAsync(ct);
        }
    }

    public ValueTask DisposeAsync()
    {
        Release();
        return CloseUnusedAsync(CancellationToken.None);
    }

    private Kept? Take(EndPoint address)
    {
        lock (_gate)
        {
            Kept? socket = _sockets.Find(one => !one.IsUsed && one.Address.Equals(address));
            socket?.IsUsed = true;
            return socket;
        }
    }

    private Kept Keep(EndPoint address, IConnectionListener listener)
    {
        lock (_gate)
        {
            var socket = new Kept(address, listener) { IsUsed = true };
            _sockets.Add(socket);
            return socket;
        }
    }

    private sealed class Factory(ListenSockets sockets, SocketTransportFactory inner) : IConnectionListenerFactory
    {
        public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            new Lent(sockets.Take(endpoint) ?? sockets.Keep(endpoint, await inner.BindAsync(endpoint, cancellationToken)));
    }

    /// <summary>A listener that one server uses, and whose end does not close the socket.</summary>
    private sealed class Lent(Kept socket) : IConnectionListener
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => socket.Listener.EndPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            socket.AcceptAsync(_ended.Task);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _ended.TrySetResult();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);
    }

    /// <param name="address">The address as the door asked for it: with port 0 for any.</param>
    private sealed class Kept(EndPoint address, IConnectionListener listener)
    {
        private Task<ConnectionContext?>? _next;

        public EndPoint Address => address;

        public IConnectionListener Listener => listener;

        public bool IsUsed { get; set; }

        /// <summary>Returns the next connection, or null at the end. A connection that comes later is for the next server.</summary>
        public async ValueTask<ConnectionContext?> AcceptAsync(Task ended)
        {
            Task<ConnectionContext?> next = _next ??= listener.AcceptAsync(CancellationToken.None).AsTask();
            await Task.WhenAny(next, ended);
            if (ended.IsCompleted)
            {
                return null;
            }

            _next = null;
            return await next;
        }

        public async ValueTask CloseAsync(CancellationToken ct)
        {
            await listener.UnbindAsync(ct);
            if (_next is { } next && await next is { } late)
            {
                await late.DisposeAsync();
            }

            await listener.DisposeAsync();
        }
    }
}

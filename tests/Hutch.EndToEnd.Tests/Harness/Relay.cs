using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>A network between clients and a server: counts what one side sends, and can stop to carry it at a byte.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _ends = [];
    private readonly bool _countsServer;
    private readonly Task _accepting;
    private TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _carried;
    private long _stopAt;

    /// <summary>Begins to carry.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="stopAt">From this byte of the side that is counted on nothing of it is carried until <see cref="Cut"/>.</param>
    /// <param name="countsServer">Whether what the server sends is counted, not what clients send.</param>
    public Relay(Uri server, long stopAt, bool countsServer = false)
    {
        Server = server;
        _countsServer = countsServer;
        _stopAt = stopAt;
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}/");
        _accepting = AcceptAsync();
    }

    /// <summary>Where new connections are carried to.</summary>
    public Uri Server { get; set; }

    /// <summary>What clients connect to.</summary>
    public Uri Address { get; }

    /// <summary>Bytes that were carried from the side that is counted.</summary>
    public long Carried => Interlocked.Read(ref _carried);

    /// <summary>Ends when the byte was reached.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Carries so many bytes more before it stops.</summary>
    public void StopAfter(long bytes)
    {
        _stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _stopAt, Carried + bytes);
    }

    /// <summary>Breaks all connections; those to come are carried whole.</summary>
    public void Cut()
    {
        Interlocked.Exchange(ref _stopAt, long.MaxValue);
        while (_ends.TryTake(out TcpClient? end))
        {
            end.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Connect(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (SocketException)
        {
            // The listener was stopped.
        }
    }

    private void Connect(TcpClient client)
    {
        try
        {
            var server = new TcpClient(Server.Host, Server.Port);
            _ends.Add(client);
            _ends.Add(server);
            _ = CarryAsync(client, server, _countsServer ? static _ => true : Count);
            _ = CarryAsync(server, client, _countsServer ? Count : static _ => true);
        }
        catch (SocketException)
        {
            client.Dispose(); // the server is down
        }
    }

    private bool Count(int bytes)
    {
        if (Interlocked.Add(ref _carried, bytes) < Interlocked.Read(ref _stopAt))
        {
            return true;
        }

        _stopped.TrySetResult();
        return false;
    }

    private static async Task CarryAsync(TcpClient from, TcpClient to, Func<int, bool> goesOn)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
                if (!goesOn(read))
                {
                    return; // the connection stays, as that to somebody who has gone out of reach
                }
            }

            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or SocketException)
        {
            from.Dispose();
            to.Dispose();
        }
    }
}

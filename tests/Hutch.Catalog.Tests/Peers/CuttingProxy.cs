using System.Net;
using System.Net.Sockets;
using Hutch.Catalog.Postgres;

namespace Hutch.Catalog.Tests.Peers;

/// <summary>Stands before a database and cuts a connection at a statement: before the server gets it, or before its answer comes back.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly PostgresAddress _server;
    private readonly Task _accepting;
    private byte[]? _statement;
    private bool _isBeforeServer;

    public CuttingProxy(PostgresAddress server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the database seems to be.</summary>
    public PostgresAddress Address => PostgresAddress.Parse(
        $"postgres://{_server.User}@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{_server.Database}?sslmode=disable").Value;

    public int Cuts { get; private set; }

    /// <summary>Cuts once, when a client sends these words.</summary>
    public void CutAt(string statement, bool beforeServer)
    {
        _isBeforeServer = beforeServer;
        Volatile.Write(ref _statement, System.Text.Encoding.ASCII.GetBytes(statement));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
        {
            await server.ConnectAsync(IPAddress.Loopback, _server.Port);
            Task[] both = [CopyAsync(client, server, true, end.Token), CopyAsync(server, client, false, end.Token)];
            await Task.WhenAny(both);
            await end.CancelAsync();
            await Task.WhenAll(both);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isClient, CancellationToken ct)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, ct) is var length and > 0)
            {
                bool cut = isClient && Volatile.Read(ref _statement) is { } words && buffer.AsSpan(0, length).IndexOf(words) >= 0;
                if (!cut || !_isBeforeServer)
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, length), ct);
                }

                if (cut)
                {
                    Volatile.Write(ref _statement, null);
                    Cuts++;
                    if (!_isBeforeServer)
                    {
                        // The server has done it when it answers; nobody hears.
                        await to.GetStream().ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, ct);
                    }

                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
            // The way a connection ends here.
        }
    }
}

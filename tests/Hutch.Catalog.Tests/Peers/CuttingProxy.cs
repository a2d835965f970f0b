using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Hutch.Catalog.Postgres;

namespace Hutch.Catalog.Tests.Peers;

/// <summary>Stands before a database and cuts a connection at a statement: before the server gets it, or before its answer comes back.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _clients = [];
    private readonly Task _accepting;
    private PostgresAddress _server;
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

    /// <summary>Whether nobody gets through any more once it has cut.</summary>
    public bool StaysCut { get; init; }

    /// <summary>Cuts once, when a client sends these words.</summary>
    public void CutAt(string statement, bool beforeServer)
    {
        _isBeforeServer = beforeServer;
        Volatile.Write(ref _statement, System.Text.Encoding.ASCII.GetBytes(statement));
    }

    /// <summary>Leads to another server from now on; connections to the one before end.</summary>
    public void SwitchTo(PostgresAddress server)
    {
        _server = server;
        CutAll();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private void CutAll()
    {
        lock (_clients)
        {
            _clients.ForEach(client => client.Close());
            _clients.Clear();
        }
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                lock (_clients)
                {
                    _clients.Add(client);
                }

                connections.Add(ForwardAsync(client));
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
            if (StaysCut && Cuts > 0)
            {
                return;
            }

            await server.ConnectAsync(IPAddress.Loopback, _server.Port);
            var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var isCut = new StrongBox<bool>();
            Task[] both =
            [
                CopyFromClientAsync(client, server, isCut, answered.Task, end.Token),
                CopyFromServerAsync(server, client, isCut, answered, end.Token),
            ];
            await Task.WhenAny(both);
            await end.CancelAsync();
            await Task.WhenAll(both);
        }
    }

    private async Task CopyFromClientAsync(TcpClient client, TcpClient server, StrongBox<bool> isCut, Task answered, CancellationToken ct)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await client.GetStream().ReadAsync(buffer, ct) is var length and > 0)
            {
                isCut.Value = Volatile.Read(ref _statement) is { } words && buffer.AsSpan(0, length).IndexOf(words) >= 0;
                if (!isCut.Value || !_isBeforeServer)
                {
                    await server.GetStream().WriteAsync(buffer.AsMemory(0, length), ct);
                }

                if (isCut.Value)
                {
                    Volatile.Write(ref _statement, null);
                    await (_isBeforeServer ? Task.CompletedTask : answered.WaitAsync(ct));
                    Cuts++;
                    if (StaysCut)
                    {
                        CutAll();
                    }

                    return;
                }
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The way a connection ends here.
        }
    }

    /// <summary>The server has done what it answers; once it is cut, nobody hears.</summary>
    private static async Task CopyFromServerAsync(
        TcpClient server, TcpClient client, StrongBox<bool> isCut, TaskCompletionSource answered, CancellationToken ct)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await server.GetStream().ReadAsync(buffer, ct) is var length and > 0)
            {
                if (isCut.Value)
                {
                    answered.SetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                }

                await client.GetStream().WriteAsync(buffer.AsMemory(0, length), ct);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // As above.
        }
    }

    private static bool IsEnd(Exception e) =>
        e is OperationCanceledException or IOException or SocketException or InvalidOperationException;
}

using System.Net;
using System.Net.Sockets;

namespace Hutch.Cluster.Tests.Support;

/// <summary>
/// Stands between the program and PostgreSQL, knows each statement that passes, and cuts the connection where the test says, or lets nothing
/// through any more.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];
    private volatile TaskCompletionSource _open = Opened();

    /// <param name="target">The port of PostgreSQL.</param>
    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What becomes of a statement; asked for each one before it passes.</summary>
    public Func<string, Cut> Decide { get; set; } = static _ => Cut.None;

    /// <summary>From now on nothing passes, and nobody is told: an unplugged cable.</summary>
    public void Unplug() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All connections break at once, and there are no new ones: the program at the other end was killed.</summary>
    public void Sever()
    {
        _listener.Stop();
        _stop.Cancel();
        Plug();
    }

    /// <summary>Everything passes again.</summary>
    public void Plug() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Plug();
        _listener.Stop();
        await _accepting;
        Task[] all;
        lock (_connections)
        {
            all = [.. _connections];
        }

        await Task.WhenAll(all);
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                lock (_connections)
                {
                    _connections.Add(ServeAsync(client));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over, or the proxy was severed: a listener that was stopped says that it is not listening.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, over.Token);
                var state = new ConnectionState();
                Task up = UpAsync(client, server, state, over.Token);
                Task down = DownAsync(server, client, state, over.Token);
                await Task.WhenAny(up, down);
                await over.CancelAsync();
                await Task.WhenAll(up, down);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // Cut, or one side is gone: the other one is closed too.
            }
        }
    }

    /// <summary>From the program to PostgreSQL, message by message.</summary>
    private async Task UpAsync(Socket client, Socket server, ConnectionState state, CancellationToken ct)
    {
        await using var from = new NetworkStream(client);
        await using var to = new NetworkStream(server);
        var messages = new FrontendMessages();
        while (await messages.ReadAsync(from, ct) is { } message)
        {
            await _open.Task.WaitAsync(ct);
            Cut cut = message.Statement is { } statement ? Decide(statement) : Cut.None;
            if (cut == Cut.Before)
            {
                return;
            }

            state.HidesAnswers |= cut == Cut.After;
            await to.WriteAsync(message.Bytes, ct);
            if (cut == Cut.Within)
            {
                return;
            }
        }
    }

    /// <summary>From PostgreSQL to the program. When an answer is to be hidden, the connection is cut as soon as it is there.</summary>
    private async Task DownAsync(Socket server, Socket client, ConnectionState state, CancellationToken ct)
    {
        var buffer = new byte[1 << 16];
        while (await server.ReceiveAsync(buffer, ct) is > 0 and int count)
        {
            await _open.Task.WaitAsync(ct);
            if (state.HidesAnswers)
            {
                return;
            }

            for (int sent = 0; sent < count;)
            {
                sent += await client.SendAsync(buffer.AsMemory(sent, count - sent), ct);
            }
        }
    }

    private sealed class ConnectionState
    {
        public volatile bool HidesAnswers;
    }
}

/// <summary>Where a connection is cut.</summary>
internal enum Cut
{
    None,

    /// <summary>The statement never comes to PostgreSQL.</summary>
    Before,

    /// <summary>The statement comes to PostgreSQL, and the connection breaks at once: nobody knows how far it got.</summary>
    Within,

    /// <summary>PostgreSQL carries the statement out, and its answer is lost.</summary>
    After,
}

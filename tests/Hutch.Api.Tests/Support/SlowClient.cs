using System.Net.Sockets;
using System.Text;

namespace Hutch.Api.Tests.Support;

/// <summary>A connection whose client sends or takes only what it is told to, by a socket of its own with small buffers.</summary>
internal sealed class SlowClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private bool _isAnswered;

    /// <summary>Whether the server holds the connection too, and has not refused what it is about.</summary>
    public bool IsOpen => !_socket.Poll(0, SelectMode.SelectRead) || (_isAnswered && _socket.Available > 0);

    /// <summary>Connects and sends what may be a part of a head.</summary>
    public static async Task<SlowClient> ConnectAsync(TestServer server, string begun)
    {
        var client = new SlowClient();
        await client._socket.ConnectAsync(server.Address.Host, server.Address.Port, Ct);
        await client.SendAsync(Encoding.ASCII.GetBytes(begun));
        return client;
    }

    /// <summary>Sends a head and the beginning of a body.</summary>
    public static async Task<SlowClient> UploadAsync(
        TestServer server, TestCaller caller, string method, string path, long length, ReadOnlyMemory<byte> first, params string[] headers)
    {
        SlowClient client = await ConnectAsync(server, Head(server, caller, method, path, [$"Content-Length: {length}", .. headers]));
        await client.SendAsync(first);
        return client;
    }

    /// <summary>Asks for something and takes the head of the answer.</summary>
    public static async Task<SlowClient> DownloadAsync(TestServer server, TestCaller caller, string path, params string[] headers)
    {
        SlowClient client = await ConnectAsync(server, Head(server, caller, "GET", path, headers));
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)await client.TakeAsync());
        }

        Assert.StartsWith("HTTP/1.1 200", head.ToString());
        client._isAnswered = true;
        return client;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, Ct)..];
        }
    }

    /// <summary>The status of the answer.</summary>
    public async Task<int> StatusAsync()
    {
        var line = new StringBuilder();
        while (line.Length < "HTTP/1.1 200".Length)
        {
            line.Append((char)await TakeAsync());
        }

        return int.Parse(line.ToString()[^3..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Takes all that comes until the server ends the connection.</summary>
    public async Task<byte[]> RestAsync()
    {
        var rest = new MemoryStream();
        var some = new byte[64 << 10];
        try
        {
            for (int count; (count = await _socket.ReceiveAsync(some, Ct)) > 0;)
            {
                rest.Write(some, 0, count);
            }
        }
        catch (SocketException)
        {
            // It was cut: what came is what came.
        }

        return rest.ToArray();
    }

    /// <summary>Takes a byte; -1 when the server has ended the connection.</summary>
    public async Task<int> TakeAsync()
    {
        var one = new byte[1];
        try
        {
            return await _socket.ReceiveAsync(one, Ct) == 1 ? one[0] : -1;
        }
        catch (SocketException)
        {
            return -1;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static string Head(TestServer server, TestCaller caller, string method, string path, string[] headers) =>
        $"{method} /api/v1/{path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {caller.Token}\r\n"
        + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n";
}

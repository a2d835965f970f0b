using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hutch.S3.Tests.Support;

/// <summary>A request that is written byte for byte, as no HTTP library would: lengths that lie, headers twice, bodies that break off.</summary>
internal sealed class RawRequest
{
    private readonly TestDoor _door;
    private readonly List<string> _lines;
    private Encoding _encoding = Encoding.UTF8;

    private RawRequest(TestDoor door, List<string> lines)
    {
        _door = door;
        _lines = lines;
    }

    /// <summary>A signed request. A header with several values is signed as S3 wants and sent as several lines.</summary>
    public static RawRequest Signed(TestDoor door, string method, string target, string payload, params (string Name, string[] Values)[] headers)
    {
        (string, string)[] joined = [("x-amz-content-sha256", payload), .. headers.Select(header => (header.Name, string.Join(',', header.Values)))];
        using HttpRequestMessage request = door.Admin.Sign(method, target, null, joined);
        List<string> lines = [$"{method} {target} HTTP/1.1", $"Host: {door.S3.Authority}", "Connection: close"];
        foreach ((string name, IEnumerable<string> values) in request.Headers)
        {
            string[]? several = headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Values;
            lines.AddRange((several ?? [string.Join(',', values)]).Select(value => $"{name}: {value}"));
        }

        return new RawRequest(door, lines);
    }

    /// <summary>A request without a signature.</summary>
    public static RawRequest Unsigned(TestDoor door, string method, string target) =>
        new(door, [$"{method} {target} HTTP/1.1", $"Host: {door.S3.Authority}", "Connection: close"]);

    /// <summary>One more line in the head.</summary>
    public RawRequest With(string name, string value)
    {
        _lines.Add($"{name}: {value}");
        return this;
    }

    /// <summary>With the length of the body.</summary>
    public RawRequest With(long length) => With("Content-Length", length.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sends the head in an encoding, and reads the answer in it.</summary>
    public Task<string> SendAsync(Encoding encoding)
    {
        _encoding = encoding;
        return SendAsync();
    }

    /// <summary>Sends head and body, and reads what is answered: all of it, as text.</summary>
    public async Task<string> SendAsync(params byte[] body)
    {
        using Socket socket = await BeginAsync(body);
        return await ReadAsync(socket, _encoding);
    }

    /// <summary>Sends the head and the beginning of a body; the connection is the caller's.</summary>
    public async Task<Socket> BeginAsync(byte[] begin)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_door.S3.Host, _door.S3.Port, ct);
        await WriteAsync(socket, _encoding.GetBytes(string.Join("\r\n", _lines) + "\r\n\r\n"));
        await WriteAsync(socket, begin);
        return socket;
    }

    /// <summary>Sends more of a body.</summary>
    public static async Task WriteAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
        }
    }

    /// <summary>Reads an answer up to the end of the connection, or of a refusal: behind that, the server waits a while for the rest of the body.</summary>
    public static async Task<string> ReadAsync(Socket socket, Encoding? encoding = null)
    {
        var text = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        try
        {
            for (int read = 1; read > 0 && text.GetBuffer().AsSpan(0, (int)text.Length).IndexOf("</Error>"u8) < 0;)
            {
                read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
                text.Write(buffer, 0, read);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Behind its answer the server gives a connection up on which a body did not come.
        }

        return (encoding ?? Encoding.UTF8).GetString(text.ToArray());
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Hutch.Bench.S3;

/// <summary>One connection, blocking: a request out, an answer in, and nothing is done with its bytes.</summary>
internal sealed class RawConnection : IDisposable
{
    private const int BufferBytes = 256 << 10;
    private const int GatheredBytes = 128 << 10;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly ArraySegment<byte>[] _gathered = new ArraySegment<byte>[2];
    private readonly Socket _socket;
    private int _start;
    private int _end;

    public RawConnection(IPEndPoint address)
    {
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(address);
    }

    /// <summary>Sends a request and reads the whole answer; gives the bytes of its body. Throws when it is no success.</summary>
    public long Exchange(byte[] head, ReadOnlyMemory<byte> body, bool hasAnswerBody)
    {
        Send(head, body);
        string answer = ReadHead();
        return !hasAnswerBody ? 0
            : Field(answer, "Transfer-Encoding") is not null ? ReadChunks(null)
            : Pass(Length(answer), null);
    }

    /// <summary>The same, and gives the head and the body of the answer as texts.</summary>
    public (string Head, string Body) Ask(byte[] head, ReadOnlyMemory<byte> body)
    {
        Send(head, body);
        string answer = ReadHead();
        var text = new StringBuilder();
        _ = Field(answer, "Transfer-Encoding") is not null ? ReadChunks(text) : Pass(Length(answer), text);
        return (answer, text.ToString());
    }

    /// <summary>A field of the head of an answer; null when it is absent.</summary>
    public static string? Field(string head, string name)
    {
        int at = head.IndexOf("\r\n" + name + ":", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        int from = at + name.Length + 3;
        int to = head.IndexOf('\r', from);
        return (to < 0 ? head[from..] : head[from..to]).Trim();
    }

    public void Dispose() => _socket.Dispose();

    private static long Length(string head) => Field(head, "Content-Length") is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    private void Send(byte[] head, ReadOnlyMemory<byte> body)
    {
        if (body.Length is > 0 and <= GatheredBytes && MemoryMarshal.TryGetArray(body, out ArraySegment<byte> segment))
        {
            (_gathered[0], _gathered[1]) = (head, segment);
            if (_socket.Send(_gathered) < head.Length + body.Length)
            {
                throw new InvalidOperationException("A blocking socket took a part of what it was given.");
            }

            return;
        }

        SendAll(head);
        SendAll(body.Span);
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private string ReadHead()
    {
        int length;
        while ((length = _buffer.AsSpan(_start.._end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            Fill();
        }

        string head = Encoding.ASCII.GetString(_buffer, _start, length);
        _start += length + 4;
        return head.StartsWith("HTTP/1.1 2", StringComparison.Ordinal)
            ? head
            : throw new InvalidOperationException($"The server refused: {head}\n{Encoding.ASCII.GetString(_buffer.AsSpan(_start.._end))}");
    }

    /// <summary>Passes over so many bytes.</summary>
    private long Pass(long length, StringBuilder? text)
    {
        for (long left = length; left > 0;)
        {
            if (_start == _end)
            {
                Fill();
            }

            int taken = (int)Math.Min(left, _end - _start);
            text?.Append(Encoding.UTF8.GetString(_buffer, _start, taken));
            _start += taken;
            left -= taken;
        }

        return length;
    }

    private long ReadChunks(StringBuilder? text)
    {
        long total = 0;
        while (true)
        {
            int length;
            while ((length = _buffer.AsSpan(_start.._end).IndexOf("\r\n"u8)) < 0)
            {
                Fill();
            }

            long size = long.Parse(_buffer.AsSpan(_start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            _start += length + 2;
            total += Pass(size, text);
            Pass(2, null);
            if (size == 0)
            {
                return total;
            }
        }
    }

    /// <summary>Receives what is there; what was not read stays.</summary>
    private void Fill()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        int count = _socket.Receive(_buffer.AsSpan(_end));
        _end += count > 0 ? count : throw new InvalidOperationException("The server closed the connection.");
    }
}

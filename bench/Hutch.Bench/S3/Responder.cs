using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Hutch.Peers;

namespace Hutch.Bench.S3;

/// <summary>
/// A server that does nothing: it answers as soon as a request has come, with zeros as long as the path's beginning says. What the driver
/// reaches with it is the most that it could measure.
/// </summary>
internal static class Responder
{
    /// <summary>The hidden argument of this program behind which it becomes the responder.</summary>
    public const string Argument = "s3-responder";

    /// <summary>Starts it in a process of its own.</summary>
    public static async Task<(PeerProcess Process, S3Target Target)> StartAsync(CancellationToken ct)
    {
        int port = LoopbackPort.FindFree();
        PeerProcess process = await PeerProcess.StartAsync(
            PeerProcess.WithParent, [Environment.ProcessPath!, Argument, port.ToString(CultureInfo.InvariantCulture)], ct);
        await LoopbackPort.WaitAsync(port, ct);
        return (process, new S3Target("nothing", new IPEndPoint(IPAddress.Loopback, port), null, process.Ids));
    }

    /// <summary>Is the responder, until it is killed.</summary>
    public static void Serve(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(1024);
        while (true)
        {
            Socket socket = listener.AcceptSocket();
            new Thread(() => Answer(socket)) { IsBackground = true }.Start();
        }
    }

    private static void Answer(Socket socket)
    {
        using Socket closing = socket;
        socket.NoDelay = true;
        var buffer = new byte[256 << 10];
        var zeros = new byte[1 << 20];
        int filled = 0;
        while (true)
        {
            int end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                int count = socket.Receive(buffer.AsSpan(filled));
                if (count == 0)
                {
                    return;
                }

                filled += count;
                continue;
            }

            string head = Encoding.ASCII.GetString(buffer, 0, end);
            long body = RawConnection.Field(head, "Content-Length") is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;
            filled = PassBody(socket, buffer, end + 4, filled, body);
            Send(socket, head.StartsWith("GET", StringComparison.Ordinal) ? SizeOf(head) : 0, zeros);
        }
    }

    /// <summary>Takes in the body; what follows it stays at the beginning of the buffer.</summary>
    private static int PassBody(Socket socket, byte[] buffer, int start, int filled, long length)
    {
        long left = length - (filled - start);
        while (left > 0)
        {
            left -= socket.Receive(buffer) is > 0 and int count ? count : throw new InvalidOperationException("The driver went away.");
        }

        int kept = (int)-left;
        buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        return kept;
    }

    private static void Send(Socket socket, long size, byte[] zeros)
    {
        byte[] head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n"));
        int first = (int)Math.Min(size, zeros.Length);
        socket.Send([new ArraySegment<byte>(head), new ArraySegment<byte>(zeros, 0, first)]);
        for (long left = size - first; left > 0;)
        {
            left -= socket.Send(zeros.AsSpan(0, (int)Math.Min(left, zeros.Length)));
        }
    }

    // GET /bench/4096-000001
    private static long SizeOf(string head)
    {
        ReadOnlySpan<char> name = head.AsSpan(head.IndexOf('/', 5) + 1);
        int dash = name.IndexOf('-');
        return dash > 0 && long.TryParse(name[..dash], out long size) ? size : 0;
    }
}

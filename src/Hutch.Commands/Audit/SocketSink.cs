using System.Net.Sockets;

namespace Hutch.Commands.Audit;

/// <summary>
/// Lines to a collector: over TCP, each with its length before it (RFC 6587, section 3.4.1), or to a socket of this machine such as
/// <c>/dev/log</c>, a datagram each.
/// </summary>
internal sealed class SocketSink : IAuditSink
{
    private readonly Socket _socket;
    private readonly bool _isDatagram;

    private SocketSink(Socket socket, bool isDatagram)
    {
        _socket = socket;
        _isDatagram = isDatagram;
    }

    internal static async Task<SocketSink> ConnectAsync(string target, CancellationToken cancellationToken)
    {
        bool isPath = target.StartsWith('/');
        int colon = target.LastIndexOf(':');
        int port = 0;
        if (!isPath && (colon <= 0
            || !int.TryParse(target[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port is < 1 or > 65_535))
        {
            throw ErrorCode.BadRequest.With(
                $"{Display.Quote(target)} is not a collector: use HOST:PORT, or the path of a socket such as /dev/log.").ToException();
        }

        var socket = isPath
            ? new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await (isPath
                ? socket.ConnectAsync(new UnixDomainSocketEndPoint(target), cancellationToken)
                : socket.ConnectAsync(target[..colon].Trim('[', ']'), port, cancellationToken));
            return new SocketSink(socket, isPath);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new HutchException(
                ErrorCode.Unavailable.With($"Cannot reach the collector {Display.Quote(target)}: {e.Message}"), e);
        }
    }

    public async ValueTask WriteAsync(string line, CancellationToken cancellationToken)
    {
        byte[] message = Encoding.UTF8.GetBytes(line);
        byte[] framed = _isDatagram
            ? message
            : [.. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture) + " "), .. message];
        for (ReadOnlyMemory<byte> rest = framed; rest.Length > 0;)
        {
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
        }
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (!_isDatagram)
        {
            _socket.Shutdown(SocketShutdown.Send);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}

using Hutch.Formats.Native;

namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// One end of a detector's stream: a PULL socket that receives, or a PUSH socket that sends. Used by one thread at a time; only
/// <see cref="Stop"/> and <see cref="Dispose"/> may be called by another.
/// </summary>
/// <remarks>
/// libzmq ends the whole process (SIGABRT) when a socket is closed during a call, so that this must not come about, whatever goes wrong
/// elsewhere: a wait that was given up, say.
/// </remarks>
public sealed unsafe class StreamSocket : IDisposable
{
    private const int MaxEndpointBytes = 256;

    private readonly nint _context;
    private readonly nint _socket;
    private readonly Lock _use = new(); // held during calls of the socket
    private readonly Lock _ending = new();
    private bool _isStopped; // no call of the context any more
    private bool _isClosed; // under _use

    private StreamSocket(int type, int highWaterMark)
    {
        _context = ZeroMqLibrary.NewContext();
        _socket = ZeroMqLibrary.NewSocket(_context, type);
        SetOption(ZeroMqLibrary.SendHighWaterMark, highWaterMark);
        SetOption(ZeroMqLibrary.ReceiveHighWaterMark, highWaterMark);
    }

    /// <summary>Opens a receiving socket, which waits for senders (<paramref name="binds"/>) or connects to one.</summary>
    /// <param name="endpoint">Such as <c>tcp://0.0.0.0:31001</c>.</param>
    /// <param name="binds">True to listen at this address; false to connect to it, with retries until a peer listens.</param>
    /// <param name="highWaterMark">The most messages that wait inside; the sender waits beyond.</param>
    public static Result<StreamSocket> OpenPull(string endpoint, bool binds, int highWaterMark) =>
        Open(new StreamSocket(ZeroMqLibrary.Pull, highWaterMark), endpoint, binds);

    /// <param name="endpoint">Such as <c>tcp://127.0.0.1:31001</c>.</param>
    /// <param name="highWaterMark">The most messages that wait inside.</param>
    /// <param name="lingers">The longest time that sent messages wait for their receiver after the socket is closed.</param>
    public static Result<StreamSocket> OpenPush(string endpoint, bool binds, int highWaterMark, TimeSpan lingers)
    {
        var socket = new StreamSocket(ZeroMqLibrary.Push, highWaterMark);
        socket.SetOption(ZeroMqLibrary.Linger, (int)lingers.TotalMilliseconds);

        // Messages wait for a receiver that is there, and not in the queue of one that never comes.
        socket.SetOption(ZeroMqLibrary.Immediate, 1);
        return Open(socket, endpoint, binds);
    }

    /// <summary>The address where it listens or connects; with the port that the system chose for port 0 or <c>*</c>.</summary>
    public string Endpoint
    {
        get
        {
            byte* text = stackalloc byte[MaxEndpointBytes];
            nuint bytes = MaxEndpointBytes;
            Check(ZeroMqLibrary.GetOption(_socket, ZeroMqLibrary.LastEndpoint, text, &bytes));
            return Encoding.UTF8.GetString(text, (int)bytes).TrimEnd('\0');
        }
    }

    /// <summary>Waits for a message; null after <see cref="Stop"/>. Of a message of several parts, each part is one.</summary>
    public StreamBuffer? Receive()
    {
        lock (_use)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return TryReceive();
        }
    }

    /// <summary>Sends a message, waiting for room; false after <see cref="Stop"/>. The message is gone in either case.</summary>
    public bool Send(StreamBuffer message) => Send(message, 0);

    /// <summary>Sends a message of parts, waiting for room; false after <see cref="Stop"/>. The parts are gone in either case.</summary>
    public bool Send(IReadOnlyList<StreamBuffer> parts) => SendAll(parts, 0);

    /// <summary>Sends a message of several parts if there is room for it now; else drops it. The parts are gone in either case.</summary>
    public bool TrySend(IReadOnlyList<StreamBuffer> parts) => SendAll(parts, ZeroMqLibrary.DontWait);

    /// <summary>Sends a message if there is room for it now; else drops it. The message is gone in either case.</summary>
    public bool TrySend(StreamBuffer message) => Send(message, ZeroMqLibrary.DontWait);

    /// <summary>Ends a call that waits, and all later ones. From any thread, any number of times.</summary>
    public void Stop()
    {
        lock (_ending)
        {
            if (!_isStopped)
            {
                _isStopped = true;
                _ = ZeroMqLibrary.ShutDownContext(_context);
            }
        }
    }

    /// <summary>Closes the socket, after it has sent its remaining messages. A running call is stopped first.</summary>
    public void Dispose()
    {
        if (!_use.TryEnter())
        {
            Stop();
            _use.Enter();
        }

        try
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            lock (_ending)
            {
                _isStopped = true;
            }

            _ = ZeroMqLibrary.Close(_socket);
            _ = ZeroMqLibrary.FreeContext(_context);
        }
        finally
        {
            _use.Exit();
        }
    }

    private static Result<StreamSocket> Open(StreamSocket socket, string endpoint, bool binds)
    {
        int result = binds ? ZeroMqLibrary.Bind(socket._socket, endpoint) : ZeroMqLibrary.Connect(socket._socket, endpoint);
        if (result == 0)
        {
            return socket;
        }

        string reason = ZeroMqLibrary.ErrorText(ZeroMqLibrary.LastError());
        socket.Dispose();
        return (ErrorCode.BadRequest with { Advice = "Give an address such as tcp://127.0.0.1:31001." })
            .With($"Cannot {(binds ? "listen at" : "connect to")} {Display.Quote(endpoint)}: {reason}.", "endpoint", endpoint);
    }

    private StreamBuffer? TryReceive()
    {
        var buffer = new StreamBuffer();
        while (true)
        {
            if (ZeroMqLibrary.Receive(buffer.Message, _socket, 0) >= 0)
            {
                return buffer;
            }

            int error = ZeroMqLibrary.LastError();
            if (error != ZeroMqLibrary.Interrupted)
            {
                buffer.Dispose();
                return error == ZeroMqLibrary.Terminated ? null : throw Failed(error);
            }
        }
    }

    private bool SendAll(IReadOnlyList<StreamBuffer> parts, int flags)
    {
        bool isSent = true;
        for (int i = 0; i < parts.Count; i++)
        {
            using StreamBuffer part = parts[i]; // room for the first is room for all
            isSent = isSent && Send(part, (i == 0 ? flags : 0) | (i < parts.Count - 1 ? ZeroMqLibrary.SendMore : 0));
        }

        return isSent;
    }

    private bool Send(StreamBuffer message, int flags)
    {
        using StreamBuffer owned = message;
        lock (_use)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return TrySend(message, flags);
        }
    }

    private bool TrySend(StreamBuffer message, int flags)
    {
        flags |= message.HasMore ? ZeroMqLibrary.SendMore : 0;
        while (ZeroMqLibrary.Send(message.Message, _socket, flags) < 0)
        {
            int error = ZeroMqLibrary.LastError();
            if (error is ZeroMqLibrary.Terminated or ZeroMqLibrary.Again)
            {
                return false;
            }

            if (error != ZeroMqLibrary.Interrupted)
            {
                throw Failed(error);
            }
        }

        return true;
    }

    private void SetOption(int option, int value) => Check(ZeroMqLibrary.SetOption(_socket, option, &value, sizeof(int)));

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw Failed(ZeroMqLibrary.LastError());
        }
    }

    private static IOException Failed(int error) => new($"ZeroMQ: {ZeroMqLibrary.ErrorText(error)}.");
}

using System.Runtime.InteropServices;
using Hutch.Formats.Native;

namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// The bytes of one ZeroMQ message, where libzmq put them: they are read, stored and forwarded without a copy. The owner disposes
/// it once, after the last use of its memory.
/// </summary>
public sealed unsafe class StreamBuffer : MemoryManager<byte>
{
    private ZeroMqLibrary.Message* _message;

    internal StreamBuffer()
    {
        _message = (ZeroMqLibrary.Message*)NativeMemory.Alloc((nuint)sizeof(ZeroMqLibrary.Message));
        _ = ZeroMqLibrary.InitMessage(_message); // cannot fail
    }

    /// <summary>Makes a message to be written and sent.</summary>
    /// <param name="length">Bytes of the message.</param>
    public StreamBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _message = (ZeroMqLibrary.Message*)NativeMemory.Alloc((nuint)sizeof(ZeroMqLibrary.Message));
        if (ZeroMqLibrary.InitMessage(_message, (nuint)length) != 0)
        {
            NativeMemory.Free(_message);
            _message = null;
            throw new InsufficientMemoryException($"There is no memory for a message of {length} bytes.");
        }
    }

    /// <summary>Makes a message with these bytes.</summary>
    public static StreamBuffer Copy(ReadOnlySpan<byte> bytes)
    {
        var message = new StreamBuffer(bytes.Length);
        bytes.CopyTo(message.GetSpan());
        return message;
    }

    /// <summary>Bytes of the message, which may be more than can be read.</summary>
    public long TotalLength => (long)ZeroMqLibrary.Size(Message);

    /// <summary>Bytes of the message.</summary>
    public int Length => checked((int)ZeroMqLibrary.Size(Message));

    /// <summary>True if it has 2 GiB or more: it can be passed on, but not read.</summary>
    public bool IsTooLong => ZeroMqLibrary.Size(Message) > int.MaxValue;

    /// <summary>True if it is a part of a message, and another one follows.</summary>
    public bool HasMore => ZeroMqLibrary.HasMore(Message) != 0;

    internal ZeroMqLibrary.Message* Message
    {
        get
        {
            ObjectDisposedException.ThrowIf(_message is null, this);
            return _message;
        }
    }

    /// <summary>Another holder of the same bytes.</summary>
    public StreamBuffer Share()
    {
        var copy = new StreamBuffer();
        _ = ZeroMqLibrary.CopyMessage(copy._message, Message); // both are messages, so it cannot fail
        return copy;
    }

    /// <summary>Gives the bytes back. The second time does nothing.</summary>
    public void Dispose() => ((IDisposable)this).Dispose();

    public override Span<byte> GetSpan() => new(ZeroMqLibrary.Data(Message), Length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)Length, nameof(elementIndex));
        return new MemoryHandle((byte*)ZeroMqLibrary.Data(Message) + elementIndex);
    }

    public override void Unpin()
    {
        // The bytes never move.
    }

    protected override void Dispose(bool disposing)
    {
        if (_message is not null)
        {
            _ = ZeroMqLibrary.CloseMessage(_message);
            NativeMemory.Free(_message);
            _message = null;
        }
    }
}

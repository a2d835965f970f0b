namespace Hutch.Model;

/// <summary>Bytes that grow at the end and are used again after <see cref="Clear"/>. Not safe for several threads.</summary>
internal sealed class ByteBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    /// <summary>Bytes in use.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes in use; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>Room for at least so many bytes after those in use.</summary>
    public Span<byte> GetSpan(int length)
    {
        if (_bytes.Length - Count < length)
        {
            Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, Count + length)));
        }

        return _bytes.AsSpan(Count);
    }

    /// <summary>Takes bytes into use that were written into the room.</summary>
    public void Advance(int length) => Count += length;

    /// <summary>Adds bytes at the end.</summary>
    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Count += bytes.Length;
    }

    /// <summary>Adds one byte at the end.</summary>
    public void Append(byte value)
    {
        GetSpan(1)[0] = value;
        Count++;
    }

    /// <summary>Overwrites bytes in use.</summary>
    public void Overwrite(int at, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes.AsSpan(at, Count - at));

    /// <summary>Empties the buffer and keeps its memory.</summary>
    public void Clear() => Count = 0;
}

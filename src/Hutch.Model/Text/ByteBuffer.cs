namespace Hutch.Model;

/// <summary>A growing buffer that is reused after <see cref="Clear"/>. Not thread-safe.</summary>
internal sealed class ByteBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Count { get; private set; }

    /// <summary>The bytes in use; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>Free space for at least the given number of bytes after those in use.</summary>
    public Span<byte> GetSpan(int length)
    {
        if (_bytes.Length - Count < length)
        {
            Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, Count + length)));
        }

        return _bytes.AsSpan(Count);
    }

    /// <summary>Marks bytes in the free space as used after they were written.</summary>
    public void Advance(int length) => Count += length;

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Count += bytes.Length;
    }

    public void Append(byte value)
    {
        GetSpan(1)[0] = value;
        Count++;
    }

    public void Overwrite(int at, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes.AsSpan(at, Count - at));

    public void Clear() => Count = 0;
}

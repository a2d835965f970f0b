namespace Hutch.Worker;

/// <summary>Memory for the stored bytes of one frame, kept from frame to frame.</summary>
public sealed class FrameBuffer
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Reads stored bytes, checked.</summary>
    /// <exception cref="HutchException">They are not there, damaged, or too many.</exception>
    internal Task ReadAsync(BlobContent content, long maxBytes, CancellationToken cancellationToken) =>
        content.ReadAsync(Take(content.Size, maxBytes), cancellationToken);

    /// <exception cref="HutchException">It is larger than an image can be.</exception>
    internal Memory<byte> Take(long size, long maxBytes)
    {
        if (size > maxBytes)
        {
            throw FrameEntry.TooLarge(size, maxBytes).ToException();
        }

        if (_bytes.Length < size)
        {
            // Frames of a series differ by little: with room to spare, few are larger than all before.
            _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(size + (size / 8), Math.Min(maxBytes, Array.MaxLength)));
        }

        _length = (int)size;
        return _bytes.AsMemory(0, _length);
    }
}

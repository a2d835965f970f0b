namespace Hutch.Formats.Frames;

/// <summary>
/// A stored frame as <see cref="FrameDecoder"/> decodes it, but a piece at a time, so that pixels can be used while they are in the
/// processor's cache. Blocks of bitshuffle with LZ4 come one by one; a frame of another codec is one piece.
/// </summary>
/// <param name="elementSize">Bytes of a pixel: 1, 2 or 4.</param>
/// <param name="filterMask">HDF5's filter mask of the chunk.</param>
public ref struct FramePieces(FrameCodec codec, int elementSize, uint filterMask, ReadOnlySpan<byte> chunk, int imageBytes)
{
    private readonly ReadOnlySpan<byte> _chunk = chunk;
    private BitshuffleLz4Blocks _blocks;
    private bool _isOpen;

    /// <summary>Bytes of the image that were not read yet.</summary>
    public int LeftBytes { get; private set; } = imageBytes;

    /// <summary>Decodes the next pieces: as many as there is room for, and at least one, as long as there is room for the rest.</summary>
    /// <param name="pixels">Receives them.</param>
    /// <param name="atMostBytes">How many are wanted; more come when a piece is larger.</param>
    public FrameDecodeError Read(Span<byte> pixels, int atMostBytes, out int written)
    {
        written = 0;
        FrameDecodeError error;
        if (codec != FrameCodec.BitshuffleLz4 || (filterMask & 1) != 0 || elementSize is not (1 or 2 or 4))
        {
            error = FrameDecoder.TryDecode(codec, elementSize, filterMask, _chunk, pixels[..LeftBytes]);
            written = LeftBytes;
        }
        else
        {
            error = _isOpen ? FrameDecodeError.None : BitshuffleLz4Framing.Open(elementSize, _chunk, LeftBytes, out _blocks);
            if (error == FrameDecodeError.None)
            {
                error = _blocks.Read(pixels[..Math.Min(Math.Max(atMostBytes, _blocks.NextBytes), pixels.Length)], out written);
            }
        }

        _isOpen = true;
        LeftBytes -= written;
        return error;
    }
}

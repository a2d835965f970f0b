namespace Hutch.Formats.Frames;

/// <summary>
/// Turns a stored frame into pixels. Allocates nothing, throws nothing on damaged bytes, and never reads or writes outside the two spans.
/// Thread-safe.
/// </summary>
public static class FrameDecoder
{
    /// <summary>Decodes one frame into <paramref name="pixels"/>, whose length must be that of the image in bytes.</summary>
    /// <param name="elementSize">Bytes of a pixel: 1, 2 or 4.</param>
    /// <param name="filterMask">
    /// HDF5's filter mask of the chunk: bit <em>i</em> set means that the <em>i</em>-th filter of the pipeline was left out when it was
    /// written.
    /// </param>
    /// <param name="chunk">The stored bytes. Bytes after the end of a frame that says its size are ignored, as the HDF5 filters do.</param>
    /// <param name="pixels">Receives the pixels, row by row, little-endian. Its content is undefined after an error.</param>
    public static FrameDecodeError TryDecode(
        FrameCodec codec, int elementSize, uint filterMask, ReadOnlySpan<byte> chunk, Span<byte> pixels)
    {
        if (elementSize is not (1 or 2 or 4) || pixels.Length % elementSize != 0)
        {
            return FrameDecodeError.BadElementSize;
        }

        bool firstLeftOut = (filterMask & 1) != 0;
        bool secondLeftOut = (filterMask & 2) != 0;
        return codec switch
        {
            FrameCodec.BitshuffleLz4 when !firstLeftOut => BitshuffleLz4Framing.Decode(elementSize, chunk, pixels),
            FrameCodec.Lz4 when !firstLeftOut => Lz4Framing.Decode(chunk, pixels),
            FrameCodec.Deflate when !firstLeftOut => DeflateFraming.Decode(chunk, pixels, 1),
            FrameCodec.ByteOffset => ByteOffsetCoding.Decode(elementSize, chunk, pixels),
            FrameCodec.ShuffleDeflate => DecodeShuffled(elementSize, firstLeftOut, secondLeftOut, chunk, pixels),
            FrameCodec.Raw or FrameCodec.BitshuffleLz4 or FrameCodec.Lz4 or FrameCodec.Deflate => CopyRaw(chunk, pixels),
            _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "No such codec."),
        };
    }

    private static FrameDecodeError DecodeShuffled(
        int elementSize, bool shuffleLeftOut, bool deflateLeftOut, ReadOnlySpan<byte> chunk, Span<byte> pixels)
    {
        int stride = shuffleLeftOut ? 1 : elementSize;
        if (!deflateLeftOut)
        {
            return DeflateFraming.Decode(chunk, pixels, stride);
        }

        FrameDecodeError error = CheckRawLength(chunk, pixels);
        if (error == FrameDecodeError.None)
        {
            ByteShuffle.Scatter(chunk, 0, pixels, stride);
        }

        return error;
    }

    private static FrameDecodeError CopyRaw(ReadOnlySpan<byte> chunk, Span<byte> pixels)
    {
        FrameDecodeError error = CheckRawLength(chunk, pixels);
        if (error == FrameDecodeError.None)
        {
            chunk.CopyTo(pixels);
        }

        return error;
    }

    private static FrameDecodeError CheckRawLength(ReadOnlySpan<byte> chunk, Span<byte> pixels) =>
        chunk.Length < pixels.Length ? FrameDecodeError.Truncated
        : chunk.Length > pixels.Length ? FrameDecodeError.SizeMismatch
        : FrameDecodeError.None;
}

using System.Buffers;

namespace Hutch.Formats.Frames;

/// <summary>Packs pixels as a detector would: for the simulator, tests and benchmarks. Thread-safe.</summary>
public static class FrameEncoder
{
    /// <summary>The most bytes that <see cref="Encode"/> can write for an image of this many bytes.</summary>
    public static int MaxEncodedLength(FrameCodec codec, int imageBytes) => codec switch
    {
        FrameCodec.Raw => imageBytes,
        FrameCodec.BitshuffleLz4 => BitshuffleLz4Framing.MaxEncodedLength(imageBytes),
        FrameCodec.Lz4 => Lz4Framing.MaxEncodedLength(imageBytes),
        FrameCodec.Deflate or FrameCodec.ShuffleDeflate => DeflateFraming.MaxEncodedLength(imageBytes),
        FrameCodec.ByteOffset => ByteOffsetCoding.MaxEncodedLength(imageBytes),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "No such codec."),
    };

    /// <summary>Packs one image and returns the length. <paramref name="destination"/> must hold <see cref="MaxEncodedLength"/>.</summary>
    /// <param name="elementSize">Bytes of a pixel: 1, 2 or 4.</param>
    /// <param name="pixels">The pixels, row by row, little-endian.</param>
    public static int Encode(FrameCodec codec, int elementSize, ReadOnlySpan<byte> pixels, Span<byte> destination)
    {
        if (elementSize is not (1 or 2 or 4) || pixels.Length % elementSize != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(elementSize), elementSize, "Pixels have 1, 2 or 4 bytes.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxEncodedLength(codec, pixels.Length));
        switch (codec)
        {
            case FrameCodec.BitshuffleLz4: return BitshuffleLz4Framing.Encode(elementSize, pixels, destination);
            case FrameCodec.Lz4: return Lz4Framing.Encode(pixels, destination);
            case FrameCodec.Deflate: return DeflateFraming.Encode(pixels, destination);
            case FrameCodec.ShuffleDeflate: return EncodeShuffled(elementSize, pixels, destination);
            case FrameCodec.ByteOffset: return ByteOffsetCoding.Encode(elementSize, pixels, destination);
            default:
                pixels.CopyTo(destination);
                return pixels.Length;
        }
    }

    private static int EncodeShuffled(int elementSize, ReadOnlySpan<byte> pixels, Span<byte> destination)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(pixels.Length);
        try
        {
            Span<byte> shuffled = rented.AsSpan(0, pixels.Length);
            ByteShuffle.Gather(pixels, shuffled, elementSize);
            return DeflateFraming.Encode(shuffled, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

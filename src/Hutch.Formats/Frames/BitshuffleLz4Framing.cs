using System.Runtime.CompilerServices;
using Hutch.Formats.Native;

namespace Hutch.Formats.Frames;

/// <summary>
/// HDF5's filter 32008 with LZ4 inside: 8 bytes plain size and 4 bytes block size in bytes, big-endian. For each block, 4 bytes length
/// and an LZ4 block follow that unpacks to bit planes. The last block has the largest remaining multiple of eight pixels; fewer than eight
/// left-over pixels are uncompressed at the end. See https://github.com/kiyo-masui/bitshuffle.
/// </summary>
internal static unsafe class BitshuffleLz4Framing
{
    private const int HeaderBytes = 12;
    internal const int LengthBytes = 4;
    private const int DefaultBlockBytes = 8192;

    public static FrameDecodeError Decode(int elementSize, ReadOnlySpan<byte> chunk, Span<byte> pixels)
    {
        FrameDecodeError error = Open(elementSize, chunk, pixels.Length, out BitshuffleLz4Blocks blocks);
        return error == FrameDecodeError.None ? blocks.Read(pixels, out _) : error;
    }

    /// <summary>Gives the blocks of a chunk that says that it unpacks to so many bytes.</summary>
    public static FrameDecodeError Open(int elementSize, ReadOnlySpan<byte> chunk, int imageBytes, out BitshuffleLz4Blocks blocks)
    {
        blocks = default;
        if (chunk.Length < HeaderBytes)
        {
            return FrameDecodeError.Truncated;
        }

        if (BinaryPrimitives.ReadUInt64BigEndian(chunk) != (ulong)imageBytes)
        {
            return FrameDecodeError.SizeMismatch;
        }

        uint blockBytes = BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]);
        if (blockBytes == 0 || blockBytes % (8u * (uint)elementSize) != 0)
        {
            return FrameDecodeError.BadBlockSize;
        }

        // A block larger than the image is never filled: only the shorter last block exists then. So the image bounds the buffer.
        blocks = new BitshuffleLz4Blocks(elementSize, (int)Math.Min(blockBytes, (uint)imageBytes), imageBytes, chunk[HeaderBytes..]);
        return FrameDecodeError.None;
    }

    /// <summary>Packs with the default block size; returns the length.</summary>
    [SkipLocalsInit]
    public static int Encode(int elementSize, ReadOnlySpan<byte> pixels, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, (ulong)pixels.Length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], DefaultBlockBytes);
        Span<byte> planes = stackalloc byte[DefaultBlockBytes];
        int written = HeaderBytes;
        while (true)
        {
            int blockBytes = WholeGroups(Math.Min(DefaultBlockBytes, pixels.Length), elementSize);
            if (blockBytes == 0)
            {
                pixels.CopyTo(destination[written..]);
                return written + pixels.Length;
            }

            BitTranspose.ToPlanes(pixels[..blockBytes], planes[..blockBytes], elementSize);
            int length = CompressBlock(planes[..blockBytes], destination[(written + LengthBytes)..]);
            BinaryPrimitives.WriteUInt32BigEndian(destination[written..], (uint)length);
            written += LengthBytes + length;
            pixels = pixels[blockBytes..];
        }
    }

    public static int MaxEncodedLength(int bytes)
    {
        int blocks = (bytes / DefaultBlockBytes) + 1;
        return checked(HeaderBytes + (blocks * (LengthBytes + Lz4Library.CompressBound(DefaultBlockBytes))));
    }

    private static int CompressBlock(ReadOnlySpan<byte> planes, Span<byte> destination)
    {
        fixed (byte* source = planes, target = destination)
        {
            int length = Lz4Library.Compress(source, target, planes.Length, destination.Length);
            return length > 0 ? length : throw new ArgumentException("The destination is too small.", nameof(destination));
        }
    }

    /// <summary>As many bytes as are whole groups of eight pixels.</summary>
    internal static int WholeGroups(int bytes, int elementSize) => bytes - (bytes % (8 * elementSize));
}

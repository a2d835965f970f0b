using System.Buffers;
using System.Runtime.CompilerServices;
using Hutch.Formats.Native;

namespace Hutch.Formats.Frames;

/// <summary>The blocks of a chunk of <see cref="BitshuffleLz4Framing"/>, unpacked in turn, as many as there is room for.</summary>
internal unsafe ref struct BitshuffleLz4Blocks(int elementSize, int blockBytes, int imageBytes, ReadOnlySpan<byte> packed)
{
    private const int MaxStackBlockBytes = 16 * 1024;

    private ReadOnlySpan<byte> _packed = packed;

    /// <summary>Bytes of the image that were not read yet.</summary>
    public int LeftBytes { get; private set; } = imageBytes;

    public readonly int NextBytes => Math.Min(blockBytes, LeftBytes);

    /// <summary>Unpacks the next blocks, as long as they fit.</summary>
    public FrameDecodeError Read(Span<byte> pixels, out int written) =>
        blockBytes <= MaxStackBlockBytes ? ReadOnStack(pixels, out written) : ReadOnHeap(pixels, out written);

    [SkipLocalsInit]
    private FrameDecodeError ReadOnStack(Span<byte> pixels, out int written)
    {
        byte* planes = stackalloc byte[MaxStackBlockBytes];
        return Read(pixels, planes, out written);
    }

    private FrameDecodeError ReadOnHeap(Span<byte> pixels, out int written)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(blockBytes);
        try
        {
            fixed (byte* planes = rented)
            {
                return Read(pixels, planes, out written);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private FrameDecodeError Read(Span<byte> pixels, byte* planes, out int written)
    {
        written = 0;
        while (LeftBytes > 0 && NextBytes <= pixels.Length - written)
        {
            int bytes = BitshuffleLz4Framing.WholeGroups(NextBytes, elementSize);
            FrameDecodeError error = bytes == 0
                ? CopyLeftOver(pixels.Slice(written, bytes = LeftBytes))
                : ReadBlock(pixels.Slice(written, bytes), planes);
            if (error != FrameDecodeError.None)
            {
                return error;
            }

            written += bytes;
            LeftBytes -= bytes;
        }

        return FrameDecodeError.None;
    }

    private FrameDecodeError ReadBlock(Span<byte> pixels, byte* planes)
    {
        if (_packed.Length < BitshuffleLz4Framing.LengthBytes)
        {
            return FrameDecodeError.Truncated;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(_packed);
        _packed = _packed[BitshuffleLz4Framing.LengthBytes..];
        if (length > (uint)_packed.Length)
        {
            return FrameDecodeError.Truncated;
        }

        fixed (byte* block = _packed)
        {
            if (Lz4Library.DecompressSafe(block, planes, (int)length, pixels.Length) != pixels.Length)
            {
                return FrameDecodeError.CorruptBlock;
            }
        }

        BitTranspose.FromPlanes(new ReadOnlySpan<byte>(planes, pixels.Length), pixels, elementSize);
        _packed = _packed[(int)length..];
        return FrameDecodeError.None;
    }

    private readonly FrameDecodeError CopyLeftOver(Span<byte> pixels)
    {
        if (_packed.Length < pixels.Length)
        {
            return FrameDecodeError.Truncated;
        }

        _packed[..pixels.Length].CopyTo(pixels);
        return FrameDecodeError.None;
    }
}

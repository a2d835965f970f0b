using Hutch.Formats.Native;

namespace Hutch.Formats.Frames;

/// <summary>
/// HDF5's filter 32004: 8 bytes plain size and 4 bytes block size, big-endian, then for each block 4 bytes length and an LZ4 block;
/// a length equal to the block's plain size means that it is stored as it is. DECTRIS writes one block for the whole image.
/// </summary>
internal static unsafe class Lz4Framing
{
    private const int HeaderBytes = 12;
    private const int LengthBytes = 4;

    public static FrameDecodeError Decode(ReadOnlySpan<byte> chunk, Span<byte> pixels)
    {
        if (chunk.Length < HeaderBytes)
        {
            return FrameDecodeError.Truncated;
        }

        if (BinaryPrimitives.ReadUInt64BigEndian(chunk) != (ulong)pixels.Length)
        {
            return FrameDecodeError.SizeMismatch;
        }

        uint announced = BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]);
        if (announced == 0 && !pixels.IsEmpty)
        {
            return FrameDecodeError.BadBlockSize;
        }

        int blockBytes = (int)Math.Min(announced, (uint)pixels.Length);
        ReadOnlySpan<byte> rest = chunk[HeaderBytes..];
        while (!pixels.IsEmpty)
        {
            Span<byte> block = pixels[..Math.Min(blockBytes, pixels.Length)];
            if (rest.Length < LengthBytes)
            {
                return FrameDecodeError.Truncated;
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            rest = rest[LengthBytes..];
            if (length > (uint)rest.Length)
            {
                return FrameDecodeError.Truncated;
            }

            if (!DecodeBlock(rest[..(int)length], block))
            {
                return FrameDecodeError.CorruptBlock;
            }

            rest = rest[(int)length..];
            pixels = pixels[block.Length..];
        }

        return FrameDecodeError.None;
    }

    /// <summary>Packs as one block, as DECTRIS detectors do; returns the length.</summary>
    public static int Encode(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        if (bytes.IsEmpty)
        {
            destination[..HeaderBytes].Clear();
            return HeaderBytes;
        }

        Span<byte> block = destination[(HeaderBytes + LengthBytes)..];
        int length;
        fixed (byte* source = bytes, target = block)
        {
            length = Lz4Library.Compress(source, target, bytes.Length, block.Length);
        }

        if (length <= 0 || length >= bytes.Length)
        {
            bytes.CopyTo(block);
            length = bytes.Length;
        }

        WriteHead(destination, bytes.Length, length);
        return HeaderBytes + LengthBytes + length;
    }

    /// <summary>The bytes before a packed block that is a whole image, which must not be as long as the image itself.</summary>
    public static byte[] HeadOfOneBlock(int bytes, int packedBytes)
    {
        byte[] head = new byte[HeaderBytes + LengthBytes];
        WriteHead(head, bytes, packedBytes);
        return head;
    }

    /// <summary>Unpacks a block of LZ4 whose length says nothing, and returns true if it fills the destination.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> block)
    {
        fixed (byte* source = packed, target = block)
        {
            return Lz4Library.DecompressSafe(source, target, packed.Length, block.Length) == block.Length;
        }
    }

    public static int MaxEncodedLength(int bytes) => checked(HeaderBytes + LengthBytes + Lz4Library.CompressBound(bytes));

    /// <summary>Writes the head of a chunk of one block.</summary>
    private static void WriteHead(Span<byte> chunk, int bytes, int packedBytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(chunk, (ulong)bytes);
        BinaryPrimitives.WriteUInt32BigEndian(chunk[8..], (uint)bytes);
        BinaryPrimitives.WriteUInt32BigEndian(chunk[HeaderBytes..], (uint)packedBytes);
    }

    private static bool DecodeBlock(ReadOnlySpan<byte> packed, Span<byte> block)
    {
        if (packed.Length == block.Length)
        {
            packed.CopyTo(block);
            return true;
        }

        return TryUnpack(packed, block);
    }
}

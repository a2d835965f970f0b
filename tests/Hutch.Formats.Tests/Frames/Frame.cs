using System.Buffers.Binary;
using Hutch.Formats.Frames;
using Hutch.Formats.Native;

namespace Hutch.Formats.Tests.Frames;

/// <summary>Makes frames, also such as our own encoder never writes.</summary>
internal static class Frame
{
    public static byte[] Random(int length, int values, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)random.Next(values);
        }

        return bytes;
    }

    public static byte[] Encode(FrameCodec codec, int elementSize, byte[] pixels)
    {
        byte[] chunk = new byte[FrameEncoder.MaxEncodedLength(codec, pixels.Length)];
        return chunk[..FrameEncoder.Encode(codec, elementSize, pixels, chunk)];
    }

    public static byte[] EncodeBitshuffle(int elementSize, byte[] pixels, int blockBytes)
    {
        using var chunk = new MemoryStream();
        WritePrefix(chunk, pixels.Length, blockBytes);
        int at = 0;
        while (pixels.Length - at >= 8 * elementSize)
        {
            int length = Math.Min(blockBytes, pixels.Length - at);
            length -= length % (8 * elementSize);
            byte[] planes = new byte[length];
            BitTranspose.ToPlanes(pixels.AsSpan(at, length), planes, elementSize);
            WriteBlock(chunk, Compress(planes));
            at += length;
        }

        chunk.Write(pixels.AsSpan(at));
        return chunk.ToArray();
    }

    public static byte[] EncodeLz4(byte[] pixels, int blockBytes)
    {
        using var chunk = new MemoryStream();
        WritePrefix(chunk, pixels.Length, blockBytes);
        foreach (byte[] block in pixels.Chunk(blockBytes))
        {
            byte[] packed = Compress(block);
            WriteBlock(chunk, packed.Length < block.Length ? packed : block);
        }

        return chunk.ToArray();
    }

    private static void WritePrefix(MemoryStream chunk, int imageBytes, int blockBytes)
    {
        Span<byte> prefix = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(prefix, (ulong)imageBytes);
        BinaryPrimitives.WriteUInt32BigEndian(prefix[8..], (uint)blockBytes);
        chunk.Write(prefix);
    }

    private static void WriteBlock(MemoryStream chunk, byte[] block)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)block.Length);
        chunk.Write(length);
        chunk.Write(block);
    }

    private static unsafe byte[] Compress(byte[] block)
    {
        byte[] packed = new byte[Lz4Library.CompressBound(block.Length)];
        fixed (byte* source = block, target = packed)
        {
            return packed[..Lz4Library.Compress(source, target, block.Length, packed.Length)];
        }
    }
}

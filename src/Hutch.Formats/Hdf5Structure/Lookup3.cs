using System.Numerics;

namespace Hutch.Formats.Hdf5Structure;

/// <summary>
/// The checksum in HDF5's superblocks and object headers: Bob Jenkins' lookup3 (public domain), started with 0. See
/// https://burtleburtle.net/bob/c/lookup3.c, <c>hashlittle</c>.
/// </summary>
internal static class Lookup3
{
    private const uint Start = 0xdeadbeef;
    private const int BlockBytes = 12;

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint a, b, c;
        a = b = c = Start + (uint)bytes.Length;
        if (bytes.IsEmpty)
        {
            return c;
        }

        while (bytes.Length > BlockBytes)
        {
            Add(bytes, ref a, ref b, ref c);
            Mix(ref a, ref b, ref c);
            bytes = bytes[BlockBytes..];
        }

        Span<byte> last = stackalloc byte[BlockBytes];
        last.Clear();
        bytes.CopyTo(last);
        Add(last, ref a, ref b, ref c);
        return Finish(a, b, c);
    }

    private static void Add(ReadOnlySpan<byte> block, ref uint a, ref uint b, ref uint c)
    {
        a += BinaryPrimitives.ReadUInt32LittleEndian(block);
        b += BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        Mix(ref a, ref c, b, 4);
        Mix(ref b, ref a, c, 6);
        Mix(ref c, ref b, a, 8);
        Mix(ref a, ref c, b, 16);
        Mix(ref b, ref a, c, 19);
        Mix(ref c, ref b, a, 4);
    }

    private static void Mix(ref uint x, ref uint y, uint z, int bits)
    {
        x = (x - y) ^ BitOperations.RotateLeft(y, bits);
        y += z;
    }

    private static uint Finish(uint a, uint b, uint c)
    {
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        return (c ^ b) - BitOperations.RotateLeft(b, 24);
    }
}

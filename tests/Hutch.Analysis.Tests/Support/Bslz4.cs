using System.Buffers.Binary;

namespace Hutch.Analysis.Tests.Support;

/// <summary>A decoder of bitshuffle-LZ4 chunks that is as short and plain as can be: the tests do not trust the product's.</summary>
internal static class Bslz4
{
    public static byte[] Decode(ReadOnlySpan<byte> chunk, int elementSize)
    {
        var result = new byte[(int)BinaryPrimitives.ReadInt64BigEndian(chunk)];
        int blockBytes = BinaryPrimitives.ReadInt32BigEndian(chunk[8..]);
        ReadOnlySpan<byte> rest = chunk[12..];
        int done = 0;
        while (done < result.Length)
        {
            int elements = Math.Min(blockBytes, result.Length - done) / elementSize / 8 * 8;
            if (elements == 0)
            {
                rest.CopyTo(result.AsSpan(done));
                return result;
            }

            int compressed = BinaryPrimitives.ReadInt32BigEndian(rest);
            byte[] shuffled = DecodeLz4(rest.Slice(4, compressed), elements * elementSize);
            Unshuffle(shuffled, result.AsSpan(done), elements, elementSize);
            done += shuffled.Length;
            rest = rest[(4 + compressed)..];
        }

        return result;
    }

    private static void Unshuffle(byte[] planes, Span<byte> output, int elements, int elementSize)
    {
        int planeBytes = elements / 8;
        for (int plane = 0; plane < elementSize * 8; plane++)
        {
            for (int element = 0; element < elements; element++)
            {
                int bit = (planes[(plane * planeBytes) + (element / 8)] >> (element % 8)) & 1;
                output[(element * elementSize) + (plane / 8)] |= (byte)(bit << (plane % 8));
            }
        }
    }

    private static byte[] DecodeLz4(ReadOnlySpan<byte> input, int length)
    {
        var output = new byte[length];
        int at = 0, written = 0;
        while (true)
        {
            int token = input[at++];
            for (int literals = Length(token >> 4, input, ref at); literals > 0; literals--)
            {
                output[written++] = input[at++];
            }

            if (at == input.Length)
            {
                return output;
            }

            int offset = input[at] | (input[at + 1] << 8);
            at += 2;
            for (int match = Length(token & 15, input, ref at) + 4; match > 0; match--, written++)
            {
                output[written] = output[written - offset];
            }
        }
    }

    private static int Length(int nibble, ReadOnlySpan<byte> input, ref int at)
    {
        int length = nibble;
        if (nibble == 15)
        {
            byte more;
            do
            {
                more = input[at++];
                length += more;
            }
            while (more == 255);
        }

        return length;
    }
}

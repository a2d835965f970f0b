using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Packs;

/// <summary>Makes an object from another one and what differs (gitformat-pack, "Deltified representation").</summary>
internal static class Delta
{
    /// <summary>Applies a delta; how long the result may be is asked before anything of it is made.</summary>
    public static byte[] Apply(ReadOnlySpan<byte> source, ReadOnlySpan<byte> delta, Action<long> checkSize)
    {
        int at = 0;
        if (ReadSize(delta, ref at) != source.Length)
        {
            throw DamagedPack.Refusal();
        }

        long size = ReadSize(delta, ref at);
        checkSize(size);
        var result = new byte[size];
        int filled = 0;
        while (at < delta.Length)
        {
            byte command = delta[at++];
            ReadOnlySpan<byte> part = (command & 0x80) != 0 ? CopyOf(source, delta, command, ref at) : InsertOf(delta, command, ref at);
            if (part.Length > result.Length - filled)
            {
                throw DamagedPack.Refusal();
            }

            part.CopyTo(result.AsSpan(filled));
            filled += part.Length;
        }

        return filled == result.Length ? result : throw DamagedPack.Refusal();
    }

    private static ReadOnlySpan<byte> CopyOf(ReadOnlySpan<byte> source, ReadOnlySpan<byte> delta, byte command, ref int at)
    {
        const int OffsetBytes = 4;
        const int AllBytes = 7;
        const int UsualLength = 0x10000;
        long offset = 0;
        int length = 0;
        for (int i = 0; i < AllBytes; i++)
        {
            if ((command & (1 << i)) == 0)
            {
                continue;
            }

            if (at == delta.Length)
            {
                throw DamagedPack.Refusal();
            }

            byte value = delta[at++];
            if (i < OffsetBytes)
            {
                offset |= (long)value << (8 * i);
            }
            else
            {
                length |= value << (8 * (i - OffsetBytes));
            }
        }

        length = length == 0 ? UsualLength : length;
        return offset + length <= source.Length ? source.Slice((int)offset, length) : throw DamagedPack.Refusal();
    }

    private static ReadOnlySpan<byte> InsertOf(ReadOnlySpan<byte> delta, byte length, ref int at)
    {
        if (length == 0 || length > delta.Length - at)
        {
            throw DamagedPack.Refusal();
        }

        at += length;
        return delta.Slice(at - length, length);
    }

    private static long ReadSize(ReadOnlySpan<byte> delta, ref int at)
    {
        long size = 0;
        for (int shift = 0; at < delta.Length && shift <= 42; shift += 7)
        {
            byte next = delta[at++];
            size |= (long)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return size;
            }
        }

        throw DamagedPack.Refusal();
    }
}

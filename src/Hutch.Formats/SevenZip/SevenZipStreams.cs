namespace Hutch.Formats.SevenZip;

/// <summary>The places of the files' bytes in an archive: blocks, and the files in them.</summary>
internal sealed class SevenZipStreams
{
    public static readonly SevenZipStreams None = new([], [], []);

    private readonly long[] _offsets;

    private SevenZipStreams(SevenZipBlock[] blocks, long[] sizes, long[] offsets) => (Blocks, Sizes, _offsets) = (blocks, sizes, offsets);

    public IReadOnlyList<SevenZipBlock> Blocks { get; }

    /// <summary>The size of each file that has bytes, in order.</summary>
    public long[] Sizes { get; }

    /// <summary>Returns the place of the bytes of a file in the archive; null if they are packed.</summary>
    public long? OffsetOf(int stream) => _offsets[stream] < 0 ? null : _offsets[stream];

    /// <param name="start">The place in the archive from which its offsets count.</param>
    /// <param name="length">The length of the archive.</param>
    public static SevenZipStreams Read(ref SevenZipReader reader, long start, long length)
    {
        long offset = 0;
        long[] packed = [];
        SevenZipBlock[] blocks = [];
        int[]? counts = null;
        List<long>? sizes = null;
        for (byte id = reader.Byte(); id != SevenZipReader.End; id = reader.Byte())
        {
            switch (id)
            {
                case SevenZipReader.PackedStreams:
                    offset = reader.Number();
                    packed = ReadPacked(ref reader);
                    break;
                case SevenZipReader.Blocks:
                    blocks = ReadBlocks(ref reader);
                    break;
                case SevenZipReader.SubStreams:
                    (counts, sizes) = ReadSubStreams(ref reader, blocks);
                    break;
                default:
                    throw SevenZipReader.Refuse($"Its list of contents has the part {id}");
            }
        }

        Place(blocks, packed, start, offset, length);
        counts ??= [.. blocks.Select(static _ => 1)];
        sizes ??= [.. blocks.Select(static block => block.UnpackedBytes)];
        return new SevenZipStreams(blocks, [.. sizes], Offsets(blocks, counts, sizes));
    }

    private static long[] ReadPacked(ref SevenZipReader reader)
    {
        long[] sizes = new long[reader.Count()];
        for (byte id = reader.Byte(); id != SevenZipReader.End; id = reader.Byte())
        {
            if (id == SevenZipReader.Size)
            {
                for (int i = 0; i < sizes.Length; i++)
                {
                    sizes[i] = reader.Number();
                }
            }
            else if (id == SevenZipReader.Checksums)
            {
                reader.ReadChecksums(sizes.Length);
            }
            else
            {
                throw SevenZipReader.Refuse($"Its list of packed contents has the part {id}");
            }
        }

        return sizes;
    }

    private static SevenZipBlock[] ReadBlocks(ref SevenZipReader reader)
    {
        reader.Require(SevenZipReader.Block);
        var blocks = new SevenZipBlock[reader.Count()];
        RequireHere(ref reader);
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = SevenZipBlock.Read(ref reader);
        }

        reader.Require(SevenZipReader.UnpackedSizes);
        foreach (SevenZipBlock block in blocks)
        {
            for (int output = 0; output < block.Outputs; output++)
            {
                long size = reader.Number();
                block.UnpackedBytes = output == block.MainOutput ? size : block.UnpackedBytes;
            }
        }

        byte id = reader.Byte();
        if (id == SevenZipReader.Checksums)
        {
            uint?[] checksums = reader.ReadChecksums(blocks.Length);
            for (int i = 0; i < blocks.Length; i++)
            {
                blocks[i].Checksum = checksums[i];
            }

            id = reader.Byte();
        }

        return id == SevenZipReader.End ? blocks : throw SevenZipReader.Refuse($"Its list of blocks has the part {id}");
    }

    private static (int[] Counts, List<long> Sizes) ReadSubStreams(ref SevenZipReader reader, SevenZipBlock[] blocks)
    {
        int[] counts = [.. blocks.Select(static _ => 1)];
        byte id = reader.Byte();
        if (id == SevenZipReader.StreamsInBlock)
        {
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] = reader.Count();
            }

            id = reader.Byte();
        }

        bool hasSizes = id == SevenZipReader.Size;
        var sizes = new List<long>();
        for (int i = 0; i < counts.Length; i++)
        {
            AddSizes(ref reader, sizes, counts[i], blocks[i].UnpackedBytes, hasSizes);
        }

        id = hasSizes ? reader.Byte() : id;
        if (id == SevenZipReader.Checksums)
        {
            int without = counts.Where((count, i) => count != 1 || blocks[i].Checksum is null).Sum();
            reader.ReadChecksums(without);
            id = reader.Byte();
        }

        return id == SevenZipReader.End ? (counts, sizes) : throw SevenZipReader.Refuse($"Its list of contents has the part {id}");
    }

    /// <summary>The list has the sizes of all files of a block but the last one, which is the rest.</summary>
    private static void AddSizes(ref SevenZipReader reader, List<long> sizes, int count, long rest, bool hasSizes)
    {
        if (count > 1 && !hasSizes)
        {
            throw SevenZipReader.Refuse("A block has several files without their sizes");
        }

        for (int i = 0; i < count; i++)
        {
            long size = i == count - 1 ? rest : reader.Number();
            rest -= size;
            if (rest < 0)
            {
                throw SevenZipReader.Refuse("The files of a block are larger than the block");
            }

            sizes.Add(size);
        }
    }

    private static void Place(SevenZipBlock[] blocks, long[] packed, long start, long offset, long length)
    {
        int piece = 0;
        long at = offset;
        foreach (SevenZipBlock block in blocks)
        {
            block.Offset = start + at;
            for (int i = 0; i < block.Pieces; i++, piece++)
            {
                if (piece >= packed.Length || at > length || packed[piece] > length - start - at)
                {
                    throw SevenZipReader.Refuse("It is cut off");
                }

                block.PackedBytes += packed[piece];
                at += packed[piece];
            }
        }
    }

    private static long[] Offsets(SevenZipBlock[] blocks, int[] counts, List<long> sizes)
    {
        long[] offsets = new long[sizes.Count];
        int stream = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            bool isStored = blocks[i].Coder == SevenZipCoder.Copy && blocks[i].PackedBytes == blocks[i].UnpackedBytes;
            long at = blocks[i].Offset;
            for (int j = 0; j < counts[i]; j++, stream++)
            {
                offsets[stream] = isStored ? at : -1;
                at += sizes[stream];
            }
        }

        return offsets;
    }

    internal static void RequireHere(ref SevenZipReader reader)
    {
        if (reader.Byte() != 0)
        {
            throw SevenZipReader.Refuse("A part of its list of files is stored elsewhere, which no program writes today");
        }
    }
}

using System.Buffers;
using System.Buffers.Binary;

namespace Hutch.Buckets.Nearline;

/// <summary>
/// The parts of a segment in nearline storage that stay on the local disk, in one file: the number of parts; for each its offset in the
/// segment, its place in the file and its length; then their bytes. It is searched where it is, since there may be many segments.
/// </summary>
internal static class KeptParts
{
    public const string Extension = ".kept";

    private const int EntryBytes = sizeof(long) + sizeof(long) + sizeof(int);

    /// <summary>Writes the parts of a segment. Durable on return; a crash leaves none.</summary>
    /// <param name="index">The offset of the index, which is kept elsewhere.</param>
    public static void Write(IDisk disk, string path, IDiskFile segment, long index)
    {
        SegmentRange[] ranges = [.. SegmentCatalogue.Find(segment, index)];
        string unfinished = path + ".new";
        disk.Delete(unfinished);
        using (IDiskFile file = disk.Open(unfinished, DiskAccess.CreateNew))
        {
            byte[] head = new byte[sizeof(int) + (ranges.Length * EntryBytes)];
            BinaryPrimitives.WriteInt32LittleEndian(head, ranges.Length);
            long position = head.Length;
            for (int i = 0; i < ranges.Length; i++)
            {
                WriteEntry(head.AsSpan(sizeof(int) + (i * EntryBytes)), ranges[i], position);
                Copy(segment, file, ranges[i], position);
                position += ranges[i].Length;
            }

            file.Write(head, 0);
            file.Sync();
        }

        disk.Rename(unfinished, path);
        disk.SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads as much of a range as one part has from its beginning on; 0 if no part has it.</summary>
    public static int Read(IDiskFile file, Span<byte> into, long offset)
    {
        Span<byte> entry = stackalloc byte[EntryBytes];
        if (file.ReadFully(entry[..sizeof(int)], 0) < sizeof(int))
        {
            return 0;
        }

        for (int low = 0, high = BinaryPrimitives.ReadInt32LittleEndian(entry) - 1; low <= high;)
        {
            int middle = low + ((high - low) / 2);
            if (file.ReadFully(entry, sizeof(int) + ((long)middle * EntryBytes)) < EntryBytes)
            {
                return 0;
            }

            long begin = BinaryPrimitives.ReadInt64LittleEndian(entry);
            long end = begin + BinaryPrimitives.ReadInt32LittleEndian(entry[(2 * sizeof(long))..]);
            if (begin > offset)
            {
                high = middle - 1;
            }
            else if (end <= offset)
            {
                low = middle + 1;
            }
            else
            {
                long position = BinaryPrimitives.ReadInt64LittleEndian(entry[sizeof(long)..]);
                return file.ReadFully(into[..(int)Math.Min(into.Length, end - offset)], position + offset - begin);
            }
        }

        return 0;
    }

    private static void WriteEntry(Span<byte> entry, SegmentRange range, long position)
    {
        BinaryPrimitives.WriteInt64LittleEndian(entry, range.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(entry[sizeof(long)..], position);
        BinaryPrimitives.WriteInt32LittleEndian(entry[(2 * sizeof(long))..], range.Length);
    }

    private static void Copy(IDiskFile segment, IDiskFile to, SegmentRange range, long position)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(range.Length);
        try
        {
            segment.ReadFully(buffer.AsSpan(0, range.Length), range.Offset, inPassing: true);
            to.Write(buffer.AsSpan(0, range.Length), position);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

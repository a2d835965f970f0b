namespace Hutch.Storage.Segments.Format;

/// <summary>
/// 4096 bytes of a sealed index: up to 85 sorted entries, then 16 bytes: count, page number, zero, CRC32C of all before. A look-up reads
/// and checks exactly one of them.
/// </summary>
internal static class IndexPage
{
    public const int Size = 4096;

    public const int Capacity = 85;

    private const int TrailerAt = Capacity * IndexEntry.Size;
    private const int CrcAt = Size - 4;

    public static int PagesFor(int entries) => (entries + Capacity - 1) / Capacity;

    public static void Write(Span<byte> page, int number, ReadOnlySpan<IndexEntry> entries)
    {
        page = page[..Size];
        page.Clear();
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i].Write(page[(i * IndexEntry.Size)..]);
        }

        BinaryPrimitives.WriteInt32LittleEndian(page[TrailerAt..], entries.Length);
        BinaryPrimitives.WriteInt32LittleEndian(page[(TrailerAt + 4)..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(page[CrcAt..], Checksum.Crc32C(page[..CrcAt]));
    }

    /// <summary>Checks a page; false when it is damaged or not the one asked for.</summary>
    public static bool TryCheck(ReadOnlySpan<byte> page, int number, out int count)
    {
        count = 0;
        if (page.Length != Size || BinaryPrimitives.ReadUInt32LittleEndian(page[CrcAt..]) != Checksum.Crc32C(page[..CrcAt])
            || BinaryPrimitives.ReadInt32LittleEndian(page[(TrailerAt + 4)..]) != number)
        {
            return false;
        }

        count = BinaryPrimitives.ReadInt32LittleEndian(page[TrailerAt..]);
        return count is > 0 and <= Capacity;
    }

    public static bool TryFind(ReadOnlySpan<byte> page, int count, MemberKey key, out IndexEntry entry)
    {
        int low = 0, high = count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (!IndexEntry.TryRead(page[(middle * IndexEntry.Size)..], out entry))
            {
                return false;
            }

            int order = entry.Key.CompareTo(key);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        entry = default;
        return false;
    }
}

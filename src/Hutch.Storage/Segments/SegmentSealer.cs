using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>Writes the end of a segment: index, footer, end mark.</summary>
internal static class SegmentSealer
{
    /// <summary>
    /// Seals a file whose groups end at <paramref name="groupsEnd"/>, behind which there is nothing that counts. Durable on return; returns
    /// the index, and what the file contains now. After a failure the groups are untouched and recovery seals again.
    /// </summary>
    public static (SealedIndex Index, SegmentSeal Seal) Seal(
        IDiskFile file, SegmentFile reading, long number, Lane lane, Guid id,
        long groupsEnd, ReadOnlySpan<IndexEntry> sorted, SegmentTotals totals)
    {
        ReadOnlyMemory<byte>[] tail = MakeTail(number, lane, id, groupsEnd, sorted, totals, out SegmentFooter footer, out long length);
        if (file.Length < length)
        {
            // The length first: whatever part of the index then survives a power cut, the file is a whole tar file.
            file.Allocate(length);
            file.Sync();
        }

        file.Write(tail, groupsEnd);
        file.SetLength(length);
        file.Sync();
        return (new SealedIndex(reading, footer), SegmentSeal.From(Path.GetFileName(reading.Path), footer, length));
    }

    /// <summary>Makes the bytes that follow the groups of a sealed segment.</summary>
    public static ReadOnlyMemory<byte>[] MakeTail(
        long number, Lane lane, Guid id, long groupsEnd, ReadOnlySpan<IndexEntry> sorted, SegmentTotals totals,
        out SegmentFooter footer, out long length)
    {
        byte[] index = SealedIndex.Build(sorted, out footer);
        footer = footer with
        {
            Segment = number,
            Id = id,
            Lane = lane,
            IndexOffset = groupsEnd,
            JournalEntries = (uint)totals.Journals,
            FirstSequence = totals.FirstSequence,
            LastSequence = totals.LastSequence,
            BodyBytes = totals.BodyBytes,
        };
        length = groupsEnd + TarLayout.MemberSize(index.Length) + SegmentFooter.TailSize;
        return Tail(index, footer);
    }

    private static ReadOnlyMemory<byte>[] Tail(byte[] index, SegmentFooter footer)
    {
        var indexHeader = new byte[MemberHeader.Size];
        new MemberHeader(new MemberName(MemberRole.Index), index.Length, Checksum.Crc32C(index)).Write(indexHeader);
        int padding = (int)(TarLayout.Padded(index.Length) - index.Length);
        var tail = new byte[padding + SegmentFooter.TailSize];
        Span<byte> body = tail.AsSpan(padding + MemberHeader.Size, SegmentFooter.Size);
        footer.Write(body);
        new MemberHeader(new MemberName(MemberRole.Footer), SegmentFooter.Size, Checksum.Crc32C(body)).Write(tail.AsSpan(padding));
        return [indexHeader, index, tail];
    }
}

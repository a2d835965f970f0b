using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>Reads the groups of a segment from its bytes alone: what recovery, rebuild and scrub see.</summary>
internal sealed class GroupScanner(SequentialReader reader)
{
    /// <summary>Nothing is read as the end member of a group that is longer than this.</summary>
    private const int MaxEndMemberBytes = 1 << 30;

    public SequentialReader Reader => reader;

    /// <summary>Reads the first member; false when it is not that of a segment.</summary>
    public bool TryReadIdentity(out SegmentIdentity identity, out long end)
    {
        identity = default;
        end = 0;
        if (!TryHeader(0, out MemberHeader header) || header.Name.Role != MemberRole.Identity || header.Length > SegmentIdentity.MaxSize
            || reader.Read(MemberHeader.Size, header.Length) is not { } body || Checksum.Crc32C(body) != header.Crc32C)
        {
            return false;
        }

        end = header.MemberSize;
        return SegmentIdentity.TryRead(body, out identity);
    }

    /// <summary>Reads the header at an offset; false when there is none that a segment could hold.</summary>
    public bool TryHeader(long offset, out MemberHeader header)
    {
        header = default;
        return reader.TryBlock(offset, out ReadOnlySpan<byte> block) && MemberHeader.TryRead(block, out header);
    }

    public bool BodyIsGood(long headerOffset, MemberHeader header) =>
        reader.TryCrc(headerOffset + MemberHeader.Size, header.Length, out uint crc) && crc == header.Crc32C;

    /// <summary>Reads the group at an offset; null if any part of it is damaged.</summary>
    public ScannedGroup? ReadGroup(Guid id, long offset)
    {
        var entries = new List<IndexEntry>();
        uint headersCrc = 0;
        long bytes = 0;
        long position = offset;
        while (reader.TryBlock(position, out ReadOnlySpan<byte> block) && MemberHeader.TryRead(block, out MemberHeader header))
        {
            if (header.Name.EndsGroup)
            {
                return Finish(id, offset, position, header, entries, headersCrc, bytes);
            }

            if (header.Name.Role is not (MemberRole.Blob or MemberRole.Extent))
            {
                return null;
            }

            headersCrc = Checksum.Append(headersCrc, block);
            if (!BodyIsGood(position, header))
            {
                return null;
            }

            entries.Add(IndexEntry.At(header.Name.Key, position, header.Length, header.Crc32C));
            bytes += header.Length;
            position += header.MemberSize;
        }

        return null;
    }

    /// <summary>Reads the end member at an offset: its body checks, and its first line is a group line of this segment.</summary>
    public bool TryReadEnd(Guid id, long offset, out MemberHeader header, out GroupLine line, out byte[] body)
    {
        line = default;
        body = [];
        if (!TryHeader(offset, out header) || !header.Name.EndsGroup || header.Length > MaxEndMemberBytes
            || reader.Read(offset + MemberHeader.Size, header.Length) is not { } read || Checksum.Crc32C(read) != header.Crc32C)
        {
            return false;
        }

        body = read;
        ReadOnlySpan<byte> rest = read;
        return JournalLines.TrySplit(ref rest, out ReadOnlySpan<byte> first)
            && GroupLine.TryRead(first, out line)
            && line.Id == id
            && Agrees(header, line);
    }

    /// <summary>The key under which the index holds an end member; false when the group has no records.</summary>
    public static bool TryJournalEntry(GroupLine line, MemberHeader header, long offset, out IndexEntry entry)
    {
        bool has = line.First > 0;
        entry = has ? IndexEntry.At(MemberKey.Journal(line.First, line.Last), offset, header.Length, header.Crc32C) : default;
        return has;
    }

    private static bool Agrees(MemberHeader header, GroupLine line) => header.Name.Role == MemberRole.Journal
        ? line.First > 0 && line.Last >= line.First && header.Name.Key.FirstSequence == line.First
        : line is { First: 0, Last: 0 } && header.Name.Group == line.Group;

    private ScannedGroup? Finish(
        Guid id, long offset, long position, MemberHeader header, List<IndexEntry> entries, uint headersCrc, long bytes)
    {
        if (!TryReadEnd(id, position, out _, out GroupLine line, out byte[] body)
            || line.Offset != offset || line.Members != entries.Count || line.Bytes != bytes || line.HeadersCrc32C != headersCrc)
        {
            return null;
        }

        if (TryJournalEntry(line, header, position, out IndexEntry journal))
        {
            entries.Add(journal);
        }

        return new ScannedGroup(line, position + header.MemberSize, entries, Notes(body));
    }

    private static List<AbandonLine> Notes(ReadOnlySpan<byte> body)
    {
        var notes = new List<AbandonLine>();
        JournalLines.TrySplit(ref body, out _);
        while (JournalLines.TrySplit(ref body, out ReadOnlySpan<byte> line) && AbandonLine.TryRead(line, out AbandonLine note))
        {
            notes.Add(note);
        }

        return notes;
    }
}

/// <summary>An intact group: every header, every body, its end member.</summary>
internal sealed record ScannedGroup(GroupLine Line, long End, IReadOnlyList<IndexEntry> Entries, IReadOnlyList<AbandonLine> Notes);

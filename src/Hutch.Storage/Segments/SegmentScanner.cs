using Hutch.Model;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// Decides what counts in a segment without a good index. Groups are taken one after the other. At the first that does not check: when a
/// later group of this segment is there, that group was written after the sync of the bad one, so this is corruption: what checks is kept,
/// what does not is put in quarantine. Otherwise it is the torn end of a group that was never answered, and everything from it on is cut.
/// </summary>
internal sealed class SegmentScanner(GroupScanner groups, long number, long limit, bool mayBeTorn)
{
    private readonly SegmentScan _scan = new();

    private SequentialReader Reader => groups.Reader;

    /// <param name="limit">Where it was abandoned, by the word of a later segment; <see cref="long.MaxValue"/> when it was not.</param>
    /// <param name="mayBeTorn">
    /// True if it can end in an unanswered group: false when a later segment of its lane or a footer proves that it was finished.
    /// </param>
    public static SegmentScan Scan(IDiskFile file, long number, long limit, bool mayBeTorn)
    {
        long end = file.Length;
        var scanner = new SegmentScanner(new GroupScanner(new SequentialReader(file, end)), number, limit, mayBeTorn);
        return scanner.Scan(end);
    }

    private SegmentScan Scan(long end)
    {
        if (groups.TryReadIdentity(out SegmentIdentity identity, out long position))
        {
            (_scan.Id, _scan.Store) = (identity.Id, identity.Store);
        }
        else if (TryAdoptId(end))
        {
            position = TarLayout.BlockSize;
            AddDamage(0, position, "the segment's first member is unreadable");
        }
        else
        {
            return _scan;
        }

        ReadGroups(position);
        return _scan;
    }

    private void ReadGroups(long position)
    {
        while (position < limit && !IsIndex(position))
        {
            if (groups.ReadGroup(_scan.Id, position) is { } group && group.End <= limit && group.Line.Group > _scan.LastGroup)
            {
                _scan.Entries.AddRange(group.Entries);
                _scan.LastGroup = group.Line.Group;
                _scan.LastGroupOffset = position;
                position = group.End;
            }
            else if (!TryPassDamage(ref position))
            {
                break;
            }
        }

        _scan.End = Math.Min(position, TarLayout.Padded(Reader.End));
        _scan.HasTornTail = HoldsMore(position);
    }

    private bool HoldsMore(long position)
    {
        while (Reader.TryBlock(position, out ReadOnlySpan<byte> block))
        {
            if (block.ContainsAnyExcept((byte)0))
            {
                return true;
            }

            position += TarLayout.BlockSize;
        }

        return false;
    }

    private bool IsIndex(long position) => groups.TryHeader(position, out MemberHeader header) && header.Name.Role == MemberRole.Index;

    /// <summary>
    /// Goes past a damaged group when it is known to have been durable; false when everything from here on is a torn tail.
    /// </summary>
    private bool TryPassDamage(ref long position)
    {
        long start = position;
        bool certain = TryFindEnd(position, _scan.LastGroup + 2, out _, out GroupLine later);
        if (certain)
        {
            position = EndOfBadGroup(start, later);
        }
        else if (!mayBeTorn || limit != long.MaxValue)
        {
            position = KnownEnd(start);
        }

        if (position == start)
        {
            return false;
        }

        Salvage(start, position);
        return true;
    }

    /// <summary>
    /// The bad group ends behind its own end member, or, when that is lost, where the next group that can be read begins.
    /// </summary>
    private long EndOfBadGroup(long start, GroupLine later)
    {
        if (TryFindEnd(start, _scan.LastGroup + 1, out long end, out GroupLine own) && own.Offset == start)
        {
            return end;
        }

        _scan.LastGroup = later.Group - 1;
        return Math.Max(later.Offset, start + TarLayout.BlockSize);
    }

    /// <summary>
    /// Returns the end of durable bytes if no later group shows it: the offset of abandonment, or the last byte that is not zero.
    /// </summary>
    private long KnownEnd(long start)
    {
        if (limit != long.MaxValue)
        {
            return limit;
        }

        long end = start;
        bool holdsMembers = false;
        for (long offset = start; Reader.TryBlock(offset, out ReadOnlySpan<byte> block) && !IsIndex(offset); offset += TarLayout.BlockSize)
        {
            end = block.ContainsAnyExcept((byte)0) ? offset + TarLayout.BlockSize : end;
            holdsMembers |= MemberHeader.TryRead(block, out MemberHeader header) && header.Name.Role != MemberRole.Footer;
        }

        // Without any member it is the rest of an index whose sync failed.
        return holdsMembers ? end : start;
    }

    /// <summary>Searches the end member of any group from a number on; <paramref name="end"/> is behind it.</summary>
    private bool TryFindEnd(long from, long lowestGroup, out long end, out GroupLine line)
    {
        for (long offset = from; Reader.TryBlock(offset, out _); offset += TarLayout.BlockSize)
        {
            if (groups.TryReadEnd(_scan.Id, offset, out MemberHeader header, out line, out _)
                && line.Group >= lowestGroup
                && line.Offset <= offset)
            {
                end = offset + header.MemberSize;
                return true;
            }
        }

        (end, line) = (0, default);
        return false;
    }

    /// <summary>Keeps what checks in a damaged range. Once out of step, only a blob's hash or a journal's segment id counts.</summary>
    private void Salvage(long from, long to)
    {
        bool inStep = true;
        long position = from;
        while (position < to)
        {
            if (!groups.TryHeader(position, out MemberHeader header) || position + header.MemberSize > to)
            {
                inStep = false;
                AddLoss(position, TarLayout.BlockSize, "no member can be read");
                position += TarLayout.BlockSize;
            }
            else if (header.Name.EndsGroup)
            {
                SalvageEnd(position, header);
                inStep = true;
                position += header.MemberSize;
            }
            else
            {
                SalvageMember(position, header, inStep);
                position += header.MemberSize;
            }
        }
    }

    private void SalvageEnd(long position, MemberHeader header)
    {
        if (!groups.TryReadEnd(_scan.Id, position, out _, out GroupLine line, out _))
        {
            bool hasRecords = header.Name.Role == MemberRole.Journal;
            AddLoss(position, header.MemberSize, hasRecords ? "damaged records, which are lost" : "damaged end of a group");
            return;
        }

        _scan.LastGroup = Math.Max(_scan.LastGroup, line.Group);
        if (GroupScanner.TryJournalEntry(line, header, position, out IndexEntry journal))
        {
            _scan.Entries.Add(journal);
        }
    }

    private void SalvageMember(long position, MemberHeader header, bool inStep)
    {
        if (header.Name.Role is not (MemberRole.Blob or MemberRole.Extent))
        {
            AddLoss(position, header.MemberSize, $"unexpected {header.Name.Role} member");
            return;
        }

        var entry = IndexEntry.At(header.Name.Key, position, header.Length, header.Crc32C);
        if (!groups.BodyIsGood(position, header))
        {
            _scan.Bad.Add(entry);
            AddDamage(position, header.MemberSize, $"damaged body of {header.Name.Key}");
        }
        else if (inStep || ProvesItself(position, header))
        {
            _scan.Entries.Add(entry);
        }
    }

    private bool ProvesItself(long position, MemberHeader header) =>
        header.Name.Role == MemberRole.Blob
        && Reader.Read(position + MemberHeader.Size, header.Length) is { } body
        && BlobHash.Compute(body) == header.Name.Key.Hash;

    private bool TryAdoptId(long end)
    {
        for (long offset = 0; offset < end; offset += TarLayout.BlockSize)
        {
            if (groups.TryHeader(offset, out MemberHeader header) && header.Name.EndsGroup
                && Reader.Read(offset + MemberHeader.Size, Math.Min(header.Length, GroupLine.MaxSize)) is { } body
                && body.AsSpan().IndexOf((byte)'\n') is > 0 and var length
                && GroupLine.TryRead(body.AsSpan(0, length + 1), out GroupLine line))
            {
                _scan.Id = line.Id;
                return true;
            }
        }

        return false;
    }

    private void AddLoss(long offset, long length, string what)
    {
        _scan.LostMembers = true;
        AddDamage(offset, length, what);
    }

    private void AddDamage(long offset, long length, string what)
    {
        if (_scan.Damage.Count > 0 && _scan.Damage[^1] is { } last && last.Offset + last.Length == offset && last.What == what)
        {
            _scan.Damage[^1] = last with { Length = last.Length + length };
            return;
        }

        _scan.Damage.Add(new DamagedRange(number, offset, length, what));
    }
}

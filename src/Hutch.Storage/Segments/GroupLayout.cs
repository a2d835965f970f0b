using Hutch.Storage.Payloads;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// Lays out a group as the buffers of one gathered write. Headers, padding and small bodies go through one staging buffer (a gathered write
/// of thousands of tiny pieces costs more than the copy), large bodies are written from where they are. One per lane, used again and again.
/// </summary>
/// <remarks>
/// Each buffer is a whole number of blocks: the end of a body that is no whole block is staged with its padding. Only very long records are
/// an exception.
/// </remarks>
internal sealed class GroupLayout
{
    private const int CopyUpToBytes = 16 * 1024;
    private const int CopyRecordsUpToBytes = 512 * 1024;
    private const int MinStagingBytes = 64 * 1024;
    private const int KeepStagingBytes = 8 << 20;

    private readonly List<ReadOnlyMemory<byte>> _buffers = [];
    private readonly List<IndexEntry> _entries = [];
    private byte[] _memory = [];
    private Memory<byte> _staging;
    private int _cursor;
    private int _runStart;

    public IReadOnlyList<ReadOnlyMemory<byte>> Buffers => _buffers;

    /// <summary>The locations of the members, journal included.</summary>
    public IReadOnlyList<IndexEntry> Entries => _entries;

    public long InPlaceBytes { get; private set; }

    public int LargestBody { get; private set; }

    public long End { get; private set; }

    /// <summary>An upper bound of the bytes that groups take, laid out together.</summary>
    public static long MaxSize(IReadOnlyList<SegmentGroup> groups, int notesBytes)
    {
        long size = TarLayout.MemberSize(GroupLine.MaxSize + notesBytes);
        foreach (SegmentGroup group in groups)
        {
            size += group.MemberBytes + TarLayout.Padded(group.Journal.Length);
        }

        return size;
    }

    /// <summary>Lays out one group of all members of <paramref name="groups"/>. At most one of these groups has records.</summary>
    public void Build(Guid segmentId, long number, long offset, IReadOnlyList<SegmentGroup> groups, ReadOnlySpan<byte> notes)
    {
        Reset(groups, notes.Length);
        uint headersCrc = 0;
        long position = offset;
        long bytes = 0;
        foreach (SegmentGroup group in groups)
        {
            foreach (PendingMember member in group.Members)
            {
                var header = new MemberHeader(MemberName.From(member.Key), member.Body.Length, member.Crc32C);
                headersCrc = Checksum.Append(headersCrc, AddHeader(header));
                AddBody(member.Body);
                _entries.Add(IndexEntry.At(member.Key, position, member.Body.Length, member.Crc32C));
                position += header.MemberSize;
                bytes += member.Body.Length;
            }
        }

        SegmentGroup records = groups[0];
        var line = new GroupLine(segmentId, number, offset, _entries.Count, bytes, headersCrc, records.FirstSequence, records.LastSequence);
        End = position + AddEnd(line, position, records, notes);
        Flush();
    }

    /// <summary>Lets go of the bodies, which belong to others.</summary>
    public void Release() => _buffers.Clear();

    private long AddEnd(GroupLine line, long position, SegmentGroup records, ReadOnlySpan<byte> notes)
    {
        Span<byte> start = stackalloc byte[GroupLine.MaxSize];
        start = start[..line.Write(start)];
        uint crc = Checksum.Append(Checksum.Append(Checksum.Crc32C(start), notes), records.Journal.Span);
        int length = start.Length + notes.Length + records.Journal.Length;
        bool hasRecords = records.FirstSequence > 0;
        MemberName name = hasRecords ? MemberName.Journal(records.FirstSequence) : MemberName.GroupEnd(line.Group);
        var header = new MemberHeader(name, length, crc);
        AddHeader(header);
        Stage(start);
        Stage(notes);
        AddRecords(records.Journal);
        Pad(length);
        if (hasRecords)
        {
            _entries.Add(IndexEntry.At(MemberKey.Journal(records.FirstSequence, records.LastSequence), position, length, crc));
        }

        return header.MemberSize;
    }

    private void Reset(IReadOnlyList<SegmentGroup> groups, int notesBytes)
    {
        _buffers.Clear();
        _entries.Clear();
        _cursor = 0;
        _runStart = 0;
        (InPlaceBytes, LargestBody) = (0, 0);
        int needed = StagingSize(groups, notesBytes);
        if (_staging.Length < needed || _staging.Length > KeepStagingBytes)
        {
            int bytes = Math.Max(needed, MinStagingBytes);
            _memory = PayloadMemory.Allocate(bytes);
            _staging = _memory.AsMemory(PayloadMemory.Start(_memory), bytes);
        }
    }

    private static int StagingSize(IReadOnlyList<SegmentGroup> groups, int notesBytes)
    {
        long size = MemberHeader.Size + GroupLine.MaxSize + notesBytes + TarLayout.BlockSize;
        foreach (SegmentGroup group in groups)
        {
            foreach (PendingMember member in group.Members)
            {
                size += MemberHeader.Size + TarLayout.BlockSize + Math.Min(member.Body.Length, CopyUpToBytes);
            }

            size += group.Journal.Length <= CopyRecordsUpToBytes ? group.Journal.Length : 0;
        }

        return checked((int)size);
    }

    private ReadOnlySpan<byte> AddHeader(MemberHeader header)
    {
        Span<byte> destination = _staging.Span.Slice(_cursor, MemberHeader.Size);
        header.Write(destination);
        _cursor += MemberHeader.Size;
        return destination;
    }

    private void AddBody(ReadOnlyMemory<byte> body)
    {
        LargestBody = Math.Max(LargestBody, body.Length);
        int inPlace = body.Length <= CopyUpToBytes ? 0 : body.Length - (body.Length % TarLayout.BlockSize);
        if (inPlace > 0)
        {
            Flush();
            _buffers.Add(body[..inPlace]);
            InPlaceBytes += inPlace;
        }

        Stage(body.Span[inPlace..]);
        Pad(body.Length);
    }

    private void AddRecords(ReadOnlyMemory<byte> lines)
    {
        if (lines.Length <= CopyRecordsUpToBytes)
        {
            Stage(lines.Span);
            return;
        }

        Flush();
        _buffers.Add(lines);
    }

    private void Stage(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_staging.Span[_cursor..]);
        _cursor += bytes.Length;
    }

    private void Pad(int length)
    {
        int padding = (int)(TarLayout.Padded(length) - length);
        _staging.Span.Slice(_cursor, padding).Clear();
        _cursor += padding;
    }

    private void Flush()
    {
        if (_cursor > _runStart)
        {
            _buffers.Add(_staging[_runStart.._cursor]);
            _runStart = _cursor;
        }
    }
}

namespace Hutch.Storage.Segments;

/// <summary>
/// One commit: members and the records about them. Filled, appended, and then cleared for the next group or dropped. Not thread-safe; must
/// not be touched during an append. Bodies are not copied: they must not change until then.
/// </summary>
public sealed class SegmentGroup
{
    private readonly List<PendingMember> _members = [];

    public int Count => _members.Count;

    /// <summary>Bytes the members take in a segment, headers and padding included.</summary>
    public long MemberBytes { get; private set; }

    /// <summary>The record lines; empty when the group has none.</summary>
    public ReadOnlyMemory<byte> Journal { get; private set; }

    /// <summary>The sequence number of the first record; 0 when there are none.</summary>
    public long FirstSequence { get; private set; }

    /// <summary>The sequence number of the last record; 0 when there are none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>True if the group may use the reserved space: for deletes and records that free space, never for new data.</summary>
    public bool MayUseReserve { get; set; }

    internal IReadOnlyList<PendingMember> Members => _members;

    /// <summary>Adds a blob or an extent of at most 2 GiB.</summary>
    /// <param name="key">Its name. That a blob's bytes have this hash is the caller's promise.</param>
    /// <param name="crc32C">The CRC32C of the bytes when the caller has it already.</param>
    public void Add(MemberKey key, ReadOnlyMemory<byte> body, uint? crc32C = null)
    {
        if (key.Kind is not (MemberKind.Blob or MemberKind.Extent))
        {
            throw new ArgumentException($"A {key.Kind} cannot be added as a member.", nameof(key));
        }

        _members.Add(new PendingMember(key, body, crc32C ?? Checksum.Crc32C(body.Span)));
        MemberBytes += Format.TarLayout.MemberSize(body.Length);
    }

    /// <summary>
    /// Sets the records: one JSON object a line, each line ended by a line feed and beginning with <c>{"seq":N,</c> where N rises from
    /// <paramref name="first"/> to <paramref name="last"/> (gaps are allowed: compaction leaves them). Otherwise opaque here.
    /// </summary>
    public void SetJournal(ReadOnlyMemory<byte> lines, long first, long last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        JournalLines.Check(lines.Span, first, last);
        (Journal, FirstSequence, LastSequence) = (lines, first, last);
    }

    public void Clear()
    {
        _members.Clear();
        MemberBytes = 0;
        (Journal, FirstSequence, LastSequence, MayUseReserve) = (default, 0, 0, false);
    }
}

internal readonly record struct PendingMember(MemberKey Key, ReadOnlyMemory<byte> Body, uint Crc32C);

using Hutch.Model.Tar;

namespace Hutch.Storage;

/// <summary>
/// One commit: members, each in its lane, and the records about them. Filled, appended, and cleared for the next group. Not thread-safe.
/// Bodies are not copied: they must not change until the append has ended.
/// </summary>
public sealed class LogGroup
{
    private readonly List<LogMember> _members = [];
    private readonly List<ulong> _reliedUpon = [];

    /// <summary>The members, in the order in which they were added.</summary>
    public IReadOnlyList<LogMember> Members => _members;

    /// <summary>The record lines, each ended by a line feed; empty when the group has none.</summary>
    public ReadOnlyMemory<byte> Journal { get; private set; }

    /// <summary>The sequence number of the first record; 0 when there are none.</summary>
    public long FirstSequence { get; private set; }

    /// <summary>The sequence number of the last record; 0 when there are none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>True if it may use the reserved space: for deletes and records that free space, never for new data.</summary>
    public bool MayUseReserve { get; set; }

    /// <summary>Bytes of the members as they are kept, headers and padding included.</summary>
    public long MemberBytes { get; private set; }

    /// <summary>
    /// The fingerprints (<see cref="MemberKey.Fingerprint"/>) of members that a decision of this group found stored and goes by: where
    /// several servers share the log, the collector of another one learns here that they live.
    /// </summary>
    public IReadOnlyList<ulong> ReliedUpon => _reliedUpon;

    public bool IsEmpty => _members.Count == 0 && FirstSequence == 0 && _reliedUpon.Count == 0;

    /// <param name="key">Its name. That a blob's bytes have this hash is the caller's promise.</param>
    /// <param name="crc32C">The CRC32C of the bytes when the caller has it already.</param>
    public void Add(Lane lane, MemberKey key, ReadOnlyMemory<byte> body, uint? crc32C = null)
    {
        _members.Add(new LogMember(lane, key, body, crc32C ?? Checksum.Crc32C(body.Span)));
        MemberBytes += UstarHeader.MemberBytes(body.Length);
    }

    /// <summary>Notes a member that is stored already, and need not be written for this group.</summary>
    public void RelyOn(MemberKey key) => _reliedUpon.Add(key.Fingerprint);

    /// <summary>
    /// Sets the records: one JSON object a line, beginning with <c>{"seq":N,</c> where N rises from <paramref name="first"/> to
    /// <paramref name="last"/>. Otherwise opaque here.
    /// </summary>
    public void SetJournal(ReadOnlyMemory<byte> lines, long first, long last) =>
        (Journal, FirstSequence, LastSequence) = (lines, first, last);

    public void Clear()
    {
        _members.Clear();
        _reliedUpon.Clear();
        (MemberBytes, MayUseReserve) = (0, false);
        SetJournal(default, 0, 0);
    }
}

/// <summary>A member of a group, with its lane and the CRC32C of its bytes.</summary>
public readonly record struct LogMember(Lane Lane, MemberKey Key, ReadOnlyMemory<byte> Body, uint Crc32C);

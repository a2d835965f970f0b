using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// Reads a folder of segments at opening and brings it to order. Running it again, after a crash in its middle too, comes to the same end.
/// </summary>
internal sealed class SegmentRecovery(IDisk disk, string folder, Guid storeId, SegmentFileCache files, SegmentManifest manifest)
{
    private readonly List<Segment> _segments = [];
    private readonly List<QuarantinedMember> _quarantined = [];
    private readonly List<RecoveredSegment> _recovered = [];
    private readonly List<DamagedRange> _damage = [];
    private readonly List<DamagedRange> _incomplete = [];

    public List<Segment> Segments => _segments;

    /// <summary>Ranges with missing members of unknown names.</summary>
    public IReadOnlyList<DamagedRange> Incomplete => _incomplete;

    public IReadOnlyList<QuarantinedMember> Quarantined => _quarantined;

    public long LastNumber { get; private set; }

    public void Run(CancellationToken cancellationToken)
    {
        bool removed = false;
        List<Candidate> found = Candidates(ref removed);
        LastNumber = found.Count == 0 ? 0 : found.Max(static c => c.Number);
        var unsealed = new List<Candidate>();

        // Newest first: each says what the one before it in its lane contains.
        foreach (Candidate candidate in found.OrderByDescending(static c => c.Number))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (CanRead(candidate, out bool isSealed) && !isSealed)
            {
                unsealed.Add(candidate);
            }
        }

        unsealed.Reverse();
        foreach (Candidate candidate in unsealed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            removed |= Recover(candidate, [.. found.Where(c => c.Lane == candidate.Lane && c.Number > candidate.Number)]);
        }

        if (removed)
        {
            disk.SyncFolder(folder);
        }
    }

    public RecoveryReport Report(IReadOnlyList<string> lost) => new()
    {
        Recovered = _recovered,
        Damage = [.. _damage, .. _incomplete],
        Lost = lost,
        LastSequence = _segments.Count == 0 ? 0 : _segments.Max(static s => s.Totals.LastSequence),
    };

    private List<Candidate> Candidates(ref bool removed)
    {
        var found = new List<Candidate>();
        foreach (string name in disk.ListFiles(folder))
        {
            if (SegmentName.TryParse(name, out long number, out Lane lane))
            {
                found.Add(new Candidate(name, Path.Combine(folder, name), number, lane));
            }
            else if (SegmentName.IsTemporary(name))
            {
                disk.Delete(Path.Combine(folder, name));
                removed = true;
            }
        }

        return found;
    }

    /// <summary>
    /// Opens a segment if it is sealed. One whose end the disk cannot read is passed over, and missed, so that it does not keep the others
    /// from being served; but not one of the main lane, as what comes after a part of the journal is wrong without it.
    /// </summary>
    private bool CanRead(Candidate candidate, out bool isSealed, bool isSecondTry = false)
    {
        isSealed = false;
        try
        {
            isSealed = TryOpenSealed(candidate);
            return true;
        }
        catch (IOException e) when (e is not StorageFormatException)
        {
            if (!isSecondTry)
            {
                // A disk that fails once may not fail again.
                return CanRead(candidate, out isSealed, isSecondTry: true);
            }

            if (candidate.Lane == Lane.Main)
            {
                throw new IOException(
                    $"The disk cannot read '{candidate.Path}', which has a part of the journal: {e.Message}. "
                    + "Check the disk, or restore the file from a backup. Nothing was changed.",
                    e);
            }

            _damage.Add(new DamagedRange(candidate.Number, 0, 0, $"the disk cannot read the segment: {e.Message}"));
            return false;
        }
    }

    private bool TryOpenSealed(Candidate candidate)
    {
        using IDiskFile file = disk.Open(candidate.Path, DiskAccess.Read);
        int format = Identify(file, candidate, out bool isReadable);
        if (!TryReadFooter(file, candidate.Number, candidate.Lane, out SegmentFooter footer))
        {
            return false;
        }

        if (!isReadable)
        {
            _damage.Add(new DamagedRange(candidate.Number, 0, MemberHeader.Size, "the segment's first member is unreadable"));
        }

        var reading = new SegmentFile(disk, candidate.Path, files);
        var totals = new SegmentTotals(footer.BodyBytes, footer.FirstSequence, footer.LastSequence, (int)footer.JournalEntries);
        SegmentSeal seal = SegmentSeal.From(candidate.Name, footer, file.Length);
        _segments.Add(new Segment(
            candidate.Number, candidate.Lane, footer.Id, reading,
            new SealedIndex(reading, footer), SegmentState.Sealed, file.Length, totals)
        {
            GroupsEnd = footer.IndexOffset,
            Seal = Compare(candidate, seal, format < SegmentIdentity.Format ? SealStatus.Found : SealStatus.Certain),
        });
        return true;
    }

    /// <summary>Compares a sealed segment with its recorded seal, and records it if there was none. Returns the expected seal.</summary>
    private SegmentSeal Compare(Candidate candidate, SegmentSeal seal, SealStatus word)
    {
        ManifestLine known = manifest.Find(candidate.Name) ?? default;
        if (known.Seal is not { } expected || known.Word == SealStatus.Damaged)
        {
            // A segment that was sealed again after damage may have been restored from a backup since.
            bool isAsDamaged = known.Seal == seal || word == SealStatus.Damaged;
            manifest.Set(candidate.Name, new ManifestLine(seal, isAsDamaged ? SealStatus.Damaged : word));
            if (known.Seal == seal)
            {
                AddIncomplete(candidate, seal.GroupsEnd, 0, "members were lost by damage that an earlier start found");
            }

            return seal;
        }

        if (expected.Differs(seal) is { } difference)
        {
            long from = Math.Min(expected.GroupsEnd, seal.GroupsEnd);
            AddIncomplete(candidate, from, expected.GroupsEnd - from, difference);
        }

        return expected;
    }

    private void AddIncomplete(Candidate candidate, long offset, long length, string what) =>
        _incomplete.Add(new DamagedRange(candidate.Number, offset, length, what));

    /// <summary>
    /// Reads the first member: refuses a segment that does not belong here, and learns what its predecessor contains. Returns the format.
    /// </summary>
    private int Identify(IDiskFile file, Candidate candidate, out bool isReadable)
    {
        var scanner = new GroupScanner(new SequentialReader(file, Math.Min(file.Length, MemberHeader.Size + SegmentIdentity.MaxSize)));
        isReadable = scanner.TryReadIdentity(out SegmentIdentity identity, out _);
        if (!isReadable)
        {
            return SegmentIdentity.Format;
        }

        Check(identity, candidate);
        if (identity.Previous is { } previous && manifest.Find(previous.Name)?.Seal is null
            && disk.FileExists(Path.Combine(folder, previous.Name)))
        {
            manifest.Set(previous.Name, new ManifestLine(previous));
        }

        return identity.WrittenFormat;
    }

    /// <summary>Reads the footer of a segment; false when it is not sealed, or not any more.</summary>
    internal static bool TryReadFooter(IDiskFile file, long number, Lane lane, out SegmentFooter footer)
    {
        footer = default;
        Span<byte> tail = stackalloc byte[SegmentFooter.TailSize];
        long at = file.Length - tail.Length;
        return at > 0
            && file.ReadFully(tail, at) == tail.Length
            && MemberHeader.TryRead(tail, out MemberHeader header)
            && header.Name.Role == MemberRole.Footer && header.Length == SegmentFooter.Size
            && SegmentFooter.TryRead(tail[MemberHeader.Size..], out footer)
            && !tail[(MemberHeader.Size + SegmentFooter.Size)..].ContainsAnyExcept((byte)0)
            && footer.Segment == number && footer.Lane == lane && footer.IndexOffset > 0 && footer.IndexOffset < at;
    }

    private void Check(SegmentIdentity identity, Candidate candidate)
    {
        if (identity.MinReader > SegmentIdentity.Format)
        {
            throw new StorageFormatException(
                $"'{candidate.Path}' needs a version that reads segment format {identity.MinReader}; "
                + $"this one knows {SegmentIdentity.Format}. Install the newer version. Nothing was changed.");
        }

        if (identity.Segment != candidate.Number
            || identity.Lane != candidate.Lane
            || (storeId != Guid.Empty && identity.Store != Guid.Empty && identity.Store != storeId))
        {
            throw new StorageFormatException(
                $"'{candidate.Path}' is segment {identity.Segment} of lane {identity.Lane} of store {identity.Store}: "
                + "it does not belong here. Move it away.");
        }
    }

    /// <summary>
    /// Scans one segment that is not properly sealed, and seals it; returns true if its file was removed. A recorded seal gives the end of
    /// its groups: then it cannot be torn.
    /// </summary>
    private bool Recover(Candidate candidate, List<Candidate> later)
    {
        using IDiskFile file = disk.Open(candidate.Path, DiskAccess.ReadWrite);
        long length = file.Length;
        (long limit, bool finished) = WordOfLater(candidate, later);
        ManifestLine? known = manifest.Find(candidate.Name);
        bool mayBeEmpty = known is null && (!finished || limit != long.MaxValue);
        SegmentSeal? expected = known is { Word: not SealStatus.Damaged } line ? line.Seal : null;
        if (limit == long.MaxValue && expected is { } seal)
        {
            (limit, finished) = (seal.GroupsEnd, true);
        }

        SegmentScan scan = SegmentScanner.Scan(file, candidate.Number, limit, mayBeTorn: !finished);
        if (scan.Entries.Count == 0 && scan.Bad.Count == 0 && scan.LastGroup == 0)
        {
            // A file with a segment's name had a complete first member from its first moment on.
            if (mayBeEmpty && scan.Id != Guid.Empty)
            {
                disk.Delete(candidate.Path);
                _recovered.Add(new RecoveredSegment(candidate.Name, RecoveryOutcome.Removed, 0, length));
                return true;
            }

            // It held something once. Not served, and missed.
            manifest.Set(candidate.Name, known ?? default);
            _damage.Add(new DamagedRange(candidate.Number, 0, length, "nothing in the segment can be read"));
            return false;
        }

        _quarantined.AddRange(
            scan.Bad.Select(bad => new QuarantinedMember(candidate.Number, bad.BodyOffset, bad.Length, bad.Key.ToString())));
        Seal(candidate, file, scan, length, expected);
        return false;
    }

    private void Seal(Candidate candidate, IDiskFile file, SegmentScan scan, long length, SegmentSeal? expected)
    {
        var index = new MemoryIndex();
        index.Add(scan.Entries);
        index.Add(scan.Bad.FindAll(bad => !index.TryFind(bad.Key, out _)));
        IndexEntry[] sorted = index.Sorted();
        (scan.LostMembers ? _incomplete : _damage).AddRange(scan.Damage);
        SegmentTotals totals = SegmentTotals.From(sorted);
        var reading = new SegmentFile(disk, candidate.Path, files);
        RecoveryOutcome outcome = scan.Damage.Count > 0 ? RecoveryOutcome.Damaged
            : scan.HasTornTail && expected is null ? RecoveryOutcome.TornTailCut
            : RecoveryOutcome.Sealed;
        Segment segment;

        // Cut first, durably: torn bytes must not be found behind a half-written index after another crash. A disk that cannot do this much
        // cannot
        // be trusted, so a failure here ends the opening.
        file.SetLength(scan.End);
        WriteAgain(file, scan);
        file.Sync();
        try
        {
            (SealedIndex sealedIndex, SegmentSeal seal) = SegmentSealer.Seal(
                file, reading, candidate.Number, candidate.Lane, scan.Id, scan.End, sorted, totals);
            segment = new Segment(candidate.Number, candidate.Lane, scan.Id, reading, sealedIndex, SegmentState.Sealed, seal.Bytes, totals)
            {
                GroupsEnd = scan.End,
                Seal = Compare(candidate, seal, scan.LostMembers ? SealStatus.Damaged : SealStatus.Cut),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            outcome = RecoveryOutcome.LeftUnsealed;
            segment = new Segment(candidate.Number, candidate.Lane, scan.Id, reading, index, SegmentState.Abandoned, scan.End, totals);
        }

        _segments.Add(segment);
        _recovered.Add(new RecoveredSegment(candidate.Name, outcome, sorted.Length, Math.Max(0, length - scan.End)));
    }

    /// <summary>
    /// Rewrites the last intact group with the same bytes. Its sync may have failed in a process that ended then: the system would serve
    /// the group from memory, believe it clean, and lose it at the next power cut, after it was acknowledged.
    /// </summary>
    private static void WriteAgain(IDiskFile file, SegmentScan scan)
    {
        if (scan.LastGroupOffset == 0)
        {
            return;
        }

        var buffer = new byte[(int)Math.Min(scan.End - scan.LastGroupOffset, 1 << 20)];
        for (long offset = scan.LastGroupOffset; offset < scan.End;)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, scan.End - offset));
            int read = file.ReadFully(part, offset);
            if (read == 0)
            {
                throw new IOException("A segment became shorter while it was recovered.");
            }

            file.Write(part[..read], offset);
            offset += read;
        }
    }

    /// <summary>
    /// Reads the evidence of later segments of the lane: the place where the segment was abandoned, if it was; and if it was finished,
    /// because a later one holds a group and does not report it as abandoned.
    /// </summary>
    private (long Limit, bool Finished) WordOfLater(Candidate candidate, List<Candidate> later)
    {
        bool finished = false;
        foreach (Candidate other in later)
        {
            using IDiskFile file = disk.Open(other.Path, DiskAccess.Read);
            var scanner = new GroupScanner(new SequentialReader(file, file.Length));
            if (!scanner.TryReadIdentity(out SegmentIdentity identity, out long first)
                || scanner.ReadGroup(identity.Id, first) is not { } group)
            {
                continue;
            }

            foreach (AbandonLine note in group.Notes)
            {
                if (note.Segment == candidate.Number)
                {
                    return (note.Offset, true);
                }
            }

            finished = true;
        }

        return (long.MaxValue, finished);
    }

    private readonly record struct Candidate(string Name, string Path, long Number, Lane Lane);
}

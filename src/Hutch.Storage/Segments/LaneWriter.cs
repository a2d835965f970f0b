using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>The open end of one lane: makes groups durable, one after the other, in blocking calls. Used by one thread at a time.</summary>
/// <remarks>
/// Before a group is written, the file is (durably) longer than the group will reach, so that it is a whole tar file whatever part of the
/// group survives a power cut.
/// <para>
/// A write or sync that fails abandons the segment at its last good group, for ever. After a failed fsync Linux marks the lost pages clean:
/// reads still show them, a second fsync succeeds, and a power cut loses them (Rebello et al., "Can Applications Recover from fsync
/// Failures?", USENIX ATC 2020). The next segment's first group says where the abandoned one ends, so that recovery comes to the same end
/// as this process (decision 0041).
/// </para>
/// </remarks>
internal sealed class LaneWriter(SegmentStore store, Lane lane, SegmentOptions options)
{
    private readonly GroupLayout _layout = new();
    private readonly List<AbandonLine> _notes = [];
    private Segment? _segment;
    private IDiskFile? _file;
    private long _head;
    private long _ahead;
    private long _groups;
    private long _lastGroupBytes;
    private TimeSpan _lastCommit;
    private bool _notesAreWritten;
    private bool _isEntered;

    /// <summary>
    /// Commits some groups as one: one gathered write, one sync, then visible to readers. Throws <see cref="StorageFullException"/> or
    /// another <see cref="IOException"/> with nothing written, or <see cref="StorageUnknownOutcomeException"/>.
    /// </summary>
    public void Append(IReadOnlyList<SegmentGroup> groups, bool mayUseReserve)
    {
        byte[] notes = NotesToWrite();
        long size = GroupLayout.MaxSize(groups, notes.Length);
        if (_segment is not null && _groups > 0 && (_head + size > options.SegmentBytes || HasTooManyMembers(_segment, groups)))
        {
            Seal();
            notes = NotesToWrite();
            size = GroupLayout.MaxSize(groups, notes.Length);
        }

        EnsureOpen(size, mayUseReserve);
        EnsureAhead(_head + size, size, mayUseReserve);
        _layout.Build(_segment!.Id, _groups + 1, _head, groups, notes);
        Commit();
        Publish();
    }

    /// <summary>Measures the last commit, outside of it: a listener of metrics that throws must not fail durable bytes.</summary>
    public void Measure() => store.Meter.Committed(lane, _lastGroupBytes, _lastCommit);

    /// <summary>
    /// Adds a new segment to the manifest, and makes room for small groups to come, after the last one was answered, so that they need not
    /// wait for it. Never fails: a full disk is met by the next group, a broken one abandons the segment.
    /// </summary>
    public void PrepareAhead()
    {
        if (_segment is not null && !_isEntered && _groups > 0)
        {
            _isEntered = true;
            store.Enter(_segment);
        }

        if (_segment is null || _lastGroupBytes > options.SmallGroupBytes || _ahead - _head > options.ZeroAheadBytes / 2)
        {
            return;
        }

        try
        {
            if (store.HasSpace(SliceFor(_lastGroupBytes)))
            {
                Extend(SliceFor(_lastGroupBytes), _lastGroupBytes);
            }
        }
        catch (DiskFullException)
        {
            // Nothing behind the head counts.
        }
        catch (IOException)
        {
            Abandon();
        }
    }

    /// <summary>Ends the open segment, if there is one: seals it, or abandons it when that fails.</summary>
    public void Seal()
    {
        if (_segment is null || _groups == 0)
        {
            return;
        }

        try
        {
            var index = (MemoryIndex)_segment.Index;
            (SealedIndex sealedIndex, SegmentSeal seal) = SegmentSealer.Seal(
                _file!, _segment.File, _segment.Number, lane, _segment.Id, _head, index.Sorted(), _segment.Totals);
            _segment.MarkSealed(sealedIndex, seal);
            store.NoteSeal(seal);
            Close();
        }
        catch (IOException)
        {
            // Its groups are durable and stay readable; the next opening seals it.
            Abandon();
        }
    }

    /// <summary>Closes the file as it is. The next opening recovers it.</summary>
    public void Close()
    {
        _file?.Dispose();
        (_file, _segment, _head, _ahead, _groups) = (null, null, 0, 0, 0);
    }

    private bool HasTooManyMembers(Segment segment, IReadOnlyList<SegmentGroup> groups) =>
        segment.Index.Count + groups.Sum(static group => group.Count + 1L) > options.SegmentMembers;

    private byte[] NotesToWrite() => _notesAreWritten ? [] : [.. _notes.SelectMany(static note => note.ToBytes())];

    private void EnsureOpen(long groupBytes, bool mayUseReserve)
    {
        if (_segment is not null)
        {
            return;
        }

        Create(groupBytes, RequireSlice(groupBytes, mayUseReserve));
    }

    /// <summary>
    /// Creates a segment: temporary name, sync, rename, sync of the folder. A file with a segment's name is therefore complete from its
    /// first moment. Each of the four steps is needed: file systems reorder a rename before the data, and lose a name whose folder was not
    /// synced (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014). A failure leaves nothing that counts; the number is not
    /// reused.
    /// </summary>
    private void Create(long groupBytes, long slice)
    {
        SegmentIdentity identity = store.NextIdentity(lane);
        string path = store.PathOf(identity.Segment, lane);
        string temporary = SegmentName.TemporaryOf(path);
        try
        {
            _file = store.Disk.Open(temporary, DiskAccess.CreateNew);
            byte[] first = identity.ToMember();
            _file.Allocate(first.Length + slice);
            _file.Write(first, 0);
            ZeroFill(first.Length, groupBytes);
            _file.Sync();
            store.Disk.Rename(temporary, path);
            store.Disk.SyncFolder(store.Folder);
            _ahead = _file.Length;
            _head = first.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Close();
            store.RemoveUnused(temporary, path);
            throw e is DiskFullException full
                ? store.Full(slice, full)
                : new StorageRefusedException(
                    $"The server cannot make a new segment in '{store.Folder}': {e.Message.TrimEnd('.')}. "
                    + "The operator must check the disk, and that the server may write there.",
                    e);
        }

        _segment = store.AddOpen(identity, path, _head);
        _isEntered = false;
        _notesAreWritten = _notes.Count == 0;
        _segment.SpeaksOf = [.. _notes.Select(static note => note.Segment)];
    }

    private long SliceFor(long groupBytes) =>
        (groupBytes <= options.SmallGroupBytes ? options.ZeroAheadBytes : options.ReserveAheadBytes) + groupBytes + TarLayout.EndSize;

    /// <summary>
    /// Returns the space to take for a group and its successors. On a nearly full disk, a group that may use the reserve takes no more than
    /// it needs.
    /// </summary>
    private long RequireSlice(long groupBytes, bool mayUseReserve)
    {
        long slice = SliceFor(groupBytes);
        if (store.HasSpace(slice))
        {
            return slice;
        }

        return mayUseReserve ? groupBytes + TarLayout.EndSize : throw store.Full(slice);
    }

    /// <summary>
    /// Makes the file reach beyond the next group, durably. Small groups find zeros there that were really written: the first write to
    /// space that is only allocated changes the file's metadata, and fdatasync must then commit the file system's journal too, a second
    /// write to the disk. For large groups the zeros would cost twice the bytes for a third of the latency (decision 0121).
    /// </summary>
    private void EnsureAhead(long end, long groupBytes, bool mayUseReserve)
    {
        if (end + TarLayout.EndSize <= _ahead)
        {
            return;
        }

        long slice = RequireSlice(groupBytes, mayUseReserve);
        try
        {
            Extend(slice, groupBytes);
        }
        catch (DiskFullException e)
        {
            // Nothing behind the head counts, so the segment is as good as before.
            throw store.Full(slice, e);
        }
        catch (IOException)
        {
            Abandon();
            throw;
        }
    }

    private void Extend(long slice, long groupBytes)
    {
        long from = _ahead;
        _file!.Allocate(_head + slice);
        ZeroFill(from, groupBytes);
        _file.Sync();
        _ahead = _file.Length;
    }

    private void ZeroFill(long from, long groupBytes)
    {
        if (groupBytes > options.SmallGroupBytes)
        {
            return;
        }

        byte[] zeros = store.Zeros;
        for (long length = _file!.Length; from < length; from += zeros.Length)
        {
            _file.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - from)), from);
        }
    }

    private void Commit()
    {
        long start = store.Time.GetTimestamp();
        try
        {
            // Small members are likely to be read again, and cost little to keep. Of large ones a new page for each 4 KiB costs more than
            // all the rest of the write: 4 MiB took 6 ms of system time through the page cache, 0.25 ms with O_DIRECT (decision 0121).
            if (_layout.End - _head > options.SmallGroupBytes
                && (_layout.LargestBody >= options.SmallGroupBytes || _layout.InPlaceBytes > (_layout.End - _head) / 2))
            {
                _file!.WriteInPassing(_layout.Buffers, _head);
            }
            else
            {
                _file!.Write(_layout.Buffers, _head);
            }

            _file.Sync();
        }
        catch (Exception e)
        {
            Abandon();
            if (e is not (IOException or UnauthorizedAccessException))
            {
                throw;
            }

            throw new StorageUnknownOutcomeException(
                "The disk failed during the write: it was stored completely or not at all. Send it again: a retry is safe.", e);
        }

        _lastCommit = store.Time.GetElapsedTime(start);
    }

    private void Publish()
    {
        _segment!.Publish(_layout.Entries, _layout.End);
        _lastGroupBytes = _layout.End - _head;
        _head = _layout.End;
        _groups++;
        _layout.Release();
        if (!_notesAreWritten)
        {
            _notesAreWritten = true;
            _notes.Clear();
        }
    }

    private void Abandon()
    {
        _segment!.MarkAbandoned();
        _notes.Add(new AbandonLine(_segment.Number, _head));
        _layout.Release();
        Close();
        _notesAreWritten = false;
        store.Meter.Abandoned();
    }
}

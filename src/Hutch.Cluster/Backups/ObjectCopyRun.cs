using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Servers;
using Hutch.Storage.Packs;

namespace Hutch.Cluster.Backups;

/// <summary>One attempt at copying a moment of the site.</summary>
internal sealed class ObjectCopyRun(
    LogExport log, ObjectBytes bytes, PackSource source, ObjectCopying wanted, Action<double> progress) : IDisposable
{
    private const int PieceBytes = 8 << 20;

    private readonly MemberView _view = bytes.View;
    private readonly List<CopiedSegment> _segments = [];
    private readonly List<string> _lacks = [];
    private readonly Dictionary<Lane, SegmentCopy> _tail = [];
    private readonly byte[] _piece = GC.AllocateUninitializedArray<byte>(PieceBytes);
    private long _lastSequence;
    private long _done;

    /// <summary>Returns null if an object is no longer there: another moment has to be copied.</summary>
    public async Task<ObjectCopies?> TryRunAsync(CancellationToken ct)
    {
        LogMoment until = await CopyTailAsync(ct);

        // Packs known after the rows: a row is in the tail, or in one of these.
        await log.CatchUpAsync(ct);
        (List<PackRow> packs, long all) = _view.Read(
            static queries => (queries.Packs(), queries.Lanes().Sum(static lane => lane.Bytes)));
        foreach (PackRow pack in packs)
        {
            if (!await TryCopyPackAsync(pack, ct))
            {
                return null;
            }

            Advance(pack.Length, all);
        }

        using var extents = new ExtentCopies(log, bytes, source, wanted, _lacks, length => Advance(length, all));
        if (!await extents.TryRunAsync(until, packs.Select(NameOf).ToHashSet(), ct))
        {
            return null;
        }

        wanted.Disk.SyncFolder(wanted.Segments);
        return new ObjectCopies(until, _lastSequence, [.. _segments, .. extents.Segments], _lacks);
    }

    public void Dispose()
    {
        foreach (SegmentCopy copy in _tail.Values)
        {
            copy.Dispose();
        }
    }

    private static string NameOf(PackRow pack) => ObjectNames.FileOf(pack.Number, PackLane.For(pack));

    private void Advance(long length, long all) => progress(Math.Min(1, (double)(_done += length) / Math.Max(1, all)));

    private async Task<LogMoment> CopyTailAsync(CancellationToken ct)
    {
        LogMoment until = await log.ReadTailAsync(
            async row =>
            {
                (await TailOfAsync(row.Lane, ct)).Append(row.ToGroup());
                _lastSequence = Math.Max(_lastSequence, row.LastSequence);
            },
            ct);
        foreach (SegmentCopy copy in _tail.Values)
        {
            _segments.Add(copy.Finish(isOpen: true));
        }

        return until;
    }

    private async ValueTask<SegmentCopy> TailOfAsync(Lane lane, CancellationToken ct)
    {
        if (!_tail.TryGetValue(lane, out SegmentCopy? copy))
        {
            PackIdentity identity = source.Identify(await log.NextPackAsync(ct), lane, previous: null);
            _tail.Add(lane, copy = new SegmentCopy(wanted.Disk, name => wanted.OpenPrefix + name, identity));
        }

        return copy;
    }

    /// <summary>Copies a pack unless it is there. Returns false if it was condemned and deleted since.</summary>
    private async Task<bool> TryCopyPackAsync(PackRow pack, CancellationToken ct)
    {
        string name = NameOf(pack);
        string path = Path.Combine(wanted.Segments, name);
        bool isThere = TryReadSeal(path, name, out long last) is { } seal && seal == pack.Seal;
        if (!isThere)
        {
            if (wanted.Known.Contains(name) && wanted.Disk.FileExists(path))
            {
                throw ErrorCode.Conflict.With(
                    $"{Display.Quote(path)} belongs to an earlier backup and is not the pack of that number: it is damaged, or PostgreSQL "
                    + "was restored to an earlier state since. Use another backup folder.").ToException();
            }

            if (await FetchAsync(pack, path, ct) is { } missing)
            {
                bool isInUse = _view.Read(queries => queries.Find(pack.ObjectName)) is { CondemnedSince: null };
                _lacks.Add(missing);
                return isInUse;
            }

            _ = TryReadSeal(path, name, out last);
        }

        IReadOnlyList<string> damage = isThere && wanted.Known.Contains(name) ? [] : Verify(pack, path);
        _lastSequence = Math.Max(_lastSequence, last);
        _segments.Add(new CopiedSegment(path, name, pack.Length, IsOpen: false, damage));
        return true;
    }

    private string? TryReadSeal(string path, string name, out long last)
    {
        last = 0;
        if (!wanted.Disk.FileExists(path))
        {
            return null;
        }

        using IDiskFile file = wanted.Disk.Open(path, DiskAccess.Read);
        PackIndex? index = PackIndex.TryRead(file, name);
        last = index?.LastSequence ?? 0;
        return index?.Seal;
    }

    /// <summary>Returns null when it was copied, else the reason.</summary>
    private async Task<string?> FetchAsync(PackRow pack, string path, CancellationToken ct)
    {
        using PackFile file = PackFile.CreateAt(wanted.Disk, SegmentCopy.UnfinishedOf(path));
        try
        {
            await file.FetchAsync(bytes.Objects, pack.ObjectName, pack.Length, _piece, ct);
        }
        catch (QuarantinedException e)
        {
            return e.Message;
        }

        file.File.Sync();
        wanted.Disk.Rename(SegmentCopy.UnfinishedOf(path), path);
        return null;
    }

    /// <summary>Reads the groups of the rows of a pack again; returns the damage, a line each.</summary>
    private List<string> Verify(PackRow pack, string path)
    {
        var damage = new List<string>();
        using IDiskFile file = wanted.Disk.Open(path, DiskAccess.Read);
        try
        {
            var reader = new PackReader(file, pack.Length);
            foreach ((_, long start) in _view.Read(queries => queries.RowsIn(pack.Number)))
            {
                try
                {
                    reader.ReadGroup(start);
                }
                catch (QuarantinedException e)
                {
                    damage.Add($"'{pack.ObjectName}': {e.Message}");
                }
            }
        }
        catch (QuarantinedException e)
        {
            damage.Add($"'{pack.ObjectName}': {e.Message}");
        }

        return damage;
    }
}

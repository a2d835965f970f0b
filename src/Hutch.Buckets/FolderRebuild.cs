using System.Security.Cryptography;
using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>Makes a data folder anew from its bucket: a new life, whose segments are in the bucket from the beginning.</summary>
internal sealed class FolderRebuild(IDisk disk, IObjectStore objects, FolderSettings settings, TimeProvider time)
{
    private const int PieceBytes = 1 << 20;
    private const string Accounts = "zone.db";

    private readonly FolderObjects _names = new(settings.Prefix, settings.NewId);

    /// <summary>Fills an empty folder. After a refusal or failure it must be emptied before the next attempt.</summary>
    public async Task<Result<RebuiltFolder>> RunAsync(string dataFolder, CancellationToken ct)
    {
        if (await FolderOwner.FindAsync(objects, _names.Owner, ct) is not { } owner)
        {
            return ErrorCode.NotFound.With(
                $"The bucket {objects.Name} has no '{_names.Owner}': no data folder keeps its segments there. Check 'storage.bucket'.");
        }

        if (FolderLife.FindMove(owner, objects.Name) is { } moved)
        {
            return moved;
        }

        (SegmentList? list, string? newest) = await FindListAsync(ct);
        if (list is null || list.Site != owner.Site)
        {
            return ErrorCode.NotFound.With(
                $"The bucket {objects.Name} has no whole list of segments below '{_names.Lists}'. Salvage its files with the script "
                + "salvage.sh of the release.");
        }

        Dictionary<string, long> present = await ListAsync(_names.Segments, ct);
        ILookup<bool, StoredSegment> found =
            list.Segments.ToLookup(segment => segment.IsNearline || present.GetValueOrDefault(segment.Object, -1) == segment.Bytes);
        disk.CreateFolder(SegmentInspection.FolderOf(dataFolder));
        SegmentInspection.Begin(disk, dataFolder, list.Segments.Select(static segment => segment.Segment));
        FolderRecord record = FolderRecord.Begin(disk, dataFolder, list with
        {
            Epoch = Math.Max(owner.Epoch, list.Epoch) + 1,
            Number = 0,
            Zone = null,
            Segments = [.. found[true]],
        });
        await new FolderLife(disk, dataFolder, objects, _names, settings, time).StartAsync(record, owner, ct);

        // The earlier owner writes nothing more from here on.
        if ((await FindListAsync(ct)).Key != newest)
        {
            return ErrorCode.Conflict.With(
                $"A server stored segments in the bucket {objects.Name} during the rebuild. It writes nothing more now: stop it, empty "
                + $"{Display.Quote(dataFolder)}, and run the command again.");
        }

        (int opened, long openBytes, List<string> faults) = await RestoreOpenAsync(record, list, dataFolder, ct);
        if (list.Zone is { } zone && await CopyZoneAsync(zone, dataFolder, ct) is { } fault)
        {
            return fault;
        }

        return new RebuiltFolder(
            list.DataFormat, list.Incarnation, record.Live.Count + opened, record.Live.Sum(static segment => segment.Bytes) + openBytes,
            list.Zone?.Name, [.. found[false].Select(static segment => segment.Object), .. faults]);
    }

    /// <summary>
    /// Writes the segments that were open, from their mirror. The start of the folder recovers them as after a power cut.
    /// </summary>
    private async Task<(int Count, long Bytes, List<string> Faults)> RestoreOpenAsync(
        FolderRecord record, SegmentList list, string dataFolder, CancellationToken ct)
    {
        using ISegmentMirror? mirror = settings.CreateMirror(disk, objects, _names, () => record.Header, static () => true, time);
        if (mirror is null)
        {
            return (0, 0, []);
        }

        await mirror.OpenAsync(ct);
        HashSet<string> stored = [.. list.Segments.Select(static segment => segment.Segment)];
        long bytes = 0;
        int count = 0;
        List<string> faults = [];
        foreach (string name in mirror.Segments.Where(name => !stored.Contains(name)).Order(StringComparer.Ordinal))
        {
            using IDiskFile file = disk.Open(Path.Combine(SegmentInspection.FolderOf(dataFolder), name), DiskAccess.CreateNew);
            faults.AddRange(await mirror.RestoreAsync(name, file, ct) is { } fault ? (string[])[fault] : []);
            file.Sync();
            bytes += file.Length;
            count++;
        }

        disk.SyncFolder(SegmentInspection.FolderOf(dataFolder));
        return (count, bytes, faults);
    }

    /// <summary>Finds the newest whole list, and its name.</summary>
    private async Task<(SegmentList? List, string? Key)> FindListAsync(CancellationToken ct)
    {
        foreach ((string key, long length) in (await ListAsync(_names.Lists, ct)).OrderByDescending(
            static pair => pair.Key, StringComparer.Ordinal))
        {
            if (length > SegmentList.MaxBytes)
            {
                continue;
            }

            var bytes = new byte[length];
            if (await objects.ReadAsync(key, 0, bytes, length, ct) == ObjectReadOutcome.Read && SegmentList.Parse(bytes) is { } list)
            {
                return (list, key);
            }
        }

        return (null, null);
    }

    private async Task<Dictionary<string, long>> ListAsync(string prefix, CancellationToken ct)
    {
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (ObjectFacts one in objects.ListAllAsync(prefix, ct))
        {
            all[one.Key] = one.Length;
        }

        return all;
    }

    /// <summary>Copies the accounts; returns the fault of their copy.</summary>
    private async Task<HutchError?> CopyZoneAsync(StoredZone zone, string dataFolder, CancellationToken ct)
    {
        string path = Path.Combine(dataFolder, Accounts);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (IDiskFile file = disk.Open(path, DiskAccess.CreateNew))
        {
            var buffer = new byte[PieceBytes];
            for (long offset = 0; offset < zone.Bytes;)
            {
                Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(PieceBytes, zone.Bytes - offset));
                if (await objects.ReadAsync(zone.Object, offset, piece, zone.Bytes, ct) != ObjectReadOutcome.Read)
                {
                    break;
                }

                hash.AppendData(piece.Span);
                file.Write(piece.Span, offset);
                offset += piece.Length;
            }

            file.Sync();
        }

        disk.SyncFolder(dataFolder);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == zone.Sha256 ? null : ErrorCode.DigestMismatch.With(
            $"The copy of the accounts '{zone.Object}' in {objects.Name} is missing or damaged. Restore {Accounts} from a backup.");
    }
}

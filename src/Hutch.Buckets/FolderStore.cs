using System.Security.Cryptography;
using Hutch.Buckets.Nearline;
using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>
/// Stores the sealed segments of a data folder in its bucket. Order: the object, its bytes read back and compared, a list in the bucket,
/// the record of the folder. Only then may the local file go. A retired segment leaves in the other direction: a list without it, its
/// object, the record.
/// </summary>
/// <remarks>Used by one caller at a time.</remarks>
internal sealed class FolderStore(
    IDisk inner, string dataFolder, BucketDisk disk, FolderRecord record, IObjectStore objects, FolderObjects names, FolderOwnership own,
    ISegmentMirror? mirror, INearline? nearline, TimeProvider time)
{
    private const int ComparedBytes = 8 << 20;
    private const int ListsLeft = 2;
    private const int MaxPending = 64;
    private const long MaxPendingBytes = 1L << 30;
    private const string ZoneCopies = "zone-copies";
    private const string HourlyCopy = "zone-2";

    private long _listed = -1;

    /// <summary>The objects that the bucket did not delete, with its reasons.</summary>
    public IReadOnlyList<UndeletedObject> Undeleted { get; private set; } = [];

    /// <summary>Stores what the bucket lacks, and removes what no list names any more.</summary>
    public async Task RunAsync(ISealedSegments segments, CancellationToken ct)
    {
        // Before a list can lose a segment: a rebuild would take it for one that was not stored yet.
        await SweepMirrorAsync(ct);
        var pending = new List<StoredSegment>();
        foreach (SegmentSummary segment in Waiting(segments))
        {
            if (await UploadAsync(segment.Path, ct) is { } stored)
            {
                pending.Add(stored);
            }

            if (pending.Count >= MaxPending || pending.Sum(static one => one.Bytes) >= MaxPendingBytes)
            {
                await PublishAsync(CoveredNumber(segments, pending), pending, ct);
                pending.Clear();
            }
        }

        await PublishAsync(CoveredNumber(segments, pending), pending, ct);
        await SweepMirrorAsync(ct);
        await DeleteAsync(ct);
    }

    /// <summary>Notes a segment that nearline storage has now, in the bucket's list, too, and deletes its object.</summary>
    public async Task NoteMoveAsync(ISealedSegments segments, StoredSegment moved, CancellationToken ct)
    {
        await PublishAsync(CoveredNumber(segments, [moved]), [moved], ct);
        disk.Moved(moved);
        await DeleteAsync(ct);
    }

    /// <summary>Stores the newest copy of the accounts, and names it in a list, if the bucket lacks it.</summary>
    public Task StoreAccountsAsync(CancellationToken ct) => PublishAsync(covered: 0, [], ct);

    /// <summary>Writes the first list of a life, without which its mirror would be of no use.</summary>
    public Task BeginAsync(CancellationToken ct) => mirror is null || record.Header.Number > 0
        ? Task.CompletedTask
        : PublishAsync(covered: 0, [], ct);

    /// <summary>Returns the sealed segments that are on the local disk alone.</summary>
    public IReadOnlyList<SegmentSummary> Waiting(ISealedSegments segments) =>
        [.. segments.List().Where(segment => segment.IsSealed && record.Find(Path.GetFileName(segment.Path)) is null)];

    /// <summary>Stores a segment under a new name, and compares it. Null if it was retired meanwhile.</summary>
    private async Task<StoredSegment?> UploadAsync(string path, CancellationToken ct)
    {
        string name = Path.GetFileName(path);
        if (!inner.FileExists(path))
        {
            return null;
        }

        using IDiskFile file = inner.Open(path, DiskAccess.Read);
        if (SegmentInspection.FindIndex(file, name) is not { } index)
        {
            return null;
        }

        string key = names.NewSegment(record.Header.Epoch, name);
        (long bytes, string hash) = await PutAsync(key, file, ct);
        return new StoredSegment(name, key, bytes, index, hash, StoredAt: time.GetUtcNow());
    }

    /// <summary>Stores a file and reads the object back. Returns its length and its SHA-256.</summary>
    private async Task<(long Bytes, string Hash)> PutAsync(string key, IDiskFile file, CancellationToken ct)
    {
        var body = ObjectBody.From(file, file.Length);
        string hash = body.Hash().ToString();
        await own.RequireAsync(ct);
        await objects.PutAsync(key, body, ct);
        if (await HashAsync(key, body.Length, ct) != hash)
        {
            throw ErrorCode.DigestMismatch.With(
                $"The object '{key}' in {objects.Name} does not have the bytes that were stored a moment ago: the store or a cache before "
                + "it is not reliable. The local file stays, and is stored again.").ToException();
        }

        return (body.Length, hash);
    }

    private async Task<string> HashAsync(string key, long length, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Min(ComparedBytes, length)];
        for (long offset = 0; offset < length; offset += buffer.Length)
        {
            Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - offset));
            if (await objects.ReadAsync(key, offset, piece, length, ct) != ObjectReadOutcome.Read)
            {
                return "missing";
            }

            hash.AppendData(piece.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes a list, if it has something new, and records it.</summary>
    /// <param name="covered">The number up to which every segment is in the bucket.</param>
    private async Task PublishAsync(long covered, List<StoredSegment> pending, CancellationToken ct)
    {
        IReadOnlyList<StoredSegment> retired = [.. record.Retired.Where(static segment => !segment.IsUnlisted)];
        IReadOnlyList<StoredSegment> unlisted = [.. retired.Where(segment => segment.RetiredAt <= covered)];
        StoredZone? zone = await StoreZoneAsync(ct);
        SegmentList header = record.Header;
        if (pending.Count == 0 && unlisted.Count == 0 && zone == header.Zone && header.Number > 0)
        {
            return;
        }

        SegmentList list = header with
        {
            Number = header.Number + 1,
            Zone = zone,
            Start = null,
            Next = null,
            Earlier = null,
            Segments =
            [
                .. record.Live.ExceptBy(pending.Select(static one => one.Segment), static one => one.Segment)
                    .Concat(pending).Concat(retired.Except(unlisted)).Select(static segment => segment with { RetiredAt = null })
                    .OrderBy(static segment => segment.Segment, StringComparer.Ordinal),
            ],
        };
        byte[] bytes = list.ToBytes();
        string key = names.NewList(list.Epoch, list.Number);
        await own.RequireAsync(ct);
        await objects.PutAsync(key, ObjectBody.From(bytes), ct);
        if (await HashAsync(key, bytes.Length, ct) != BlobHash.Compute(bytes).ToString())
        {
            throw ErrorCode.DigestMismatch.With(
                $"The list '{key}' in {objects.Name} does not have the bytes that were stored.").ToException();
        }

        record.NoteList(list, pending, unlisted, disk.HasLocal);
    }

    /// <summary>
    /// Returns the number up to which every segment is in the bucket. Members of segments that were retired while no higher number existed
    /// are therefore there, too.
    /// </summary>
    private long CoveredNumber(ISealedSegments segments, List<StoredSegment> pending)
    {
        HashSet<string> stored = [.. record.Live.Concat(pending).Select(static segment => segment.Segment)];
        SegmentSummary? first = segments.List().Cast<SegmentSummary?>()
            .FirstOrDefault(segment => !stored.Contains(Path.GetFileName(segment!.Value.Path)));
        return first is { } waiting ? waiting.Number - 1 : long.MaxValue;
    }

    /// <summary>Stores the newest copy of the accounts, if the bucket lacks it. Returns the copy that the next list names.</summary>
    private async Task<StoredZone?> StoreZoneAsync(CancellationToken ct)
    {
        string folder = Path.Combine(dataFolder, ZoneCopies);
        StoredZone? known = record.Header.Zone;
        string? newest = inner.ListFiles(folder).LastOrDefault(static name => name.StartsWith(HourlyCopy, StringComparison.Ordinal));
        if (newest is null || newest == known?.Name)
        {
            return known;
        }

        using IDiskFile file = inner.Open(Path.Combine(folder, newest), DiskAccess.Read);
        string key = names.NewZone(record.Header.Epoch, newest);
        (long bytes, string hash) = await PutAsync(key, file, ct);
        return new StoredZone(newest, key, bytes, hash);
    }

    /// <summary>Removes from the mirror the segments that the bucket has, and those that were retired before.</summary>
    private async Task SweepMirrorAsync(CancellationToken ct)
    {
        if (mirror is null)
        {
            return;
        }

        HashSet<string> retired = [.. record.Retired.Select(static segment => segment.Segment)];
        string[] done =
        [
            .. mirror.Segments.Where(name => record.Find(name) is not null || retired.Contains(name)
                || (mirror.HasWritten(name) && !inner.FileExists(disk.PathOf(name)))),
        ];
        if (done.Length > 0)
        {
            await own.RequireAsync(ct);
            await mirror.RemoveAsync(done, ct);
        }
    }

    /// <summary>Deletes the objects that the newest list lacks, and older lists and copies of the accounts.</summary>
    private async Task DeleteAsync(CancellationToken ct)
    {
        ILookup<bool, string> gone = record.Retired.Where(static segment => segment.IsUnlisted)
            .ToLookup(static segment => segment.IsNearline, static segment => segment.Object);
        List<string> old = await ListOldAsync(ct);
        var left = new List<UndeletedObject>();
        if (nearline is not null && gone[true].Any())
        {
            await own.RequireAsync(ct);
            left.AddRange(await nearline.RemoveAsync([.. gone[true]], ct));
        }

        foreach (string[] keys in gone[false].Concat(old).Chunk(ObjectPage.MaxKeys))
        {
            await own.RequireAsync(ct);
            left.AddRange(await objects.DeleteAsync(keys, ct));
        }

        HashSet<string> remaining = [.. left.Select(static one => one.Key)];
        record.Forget(gone.SelectMany(static keys => keys).Where(key => !remaining.Contains(key)).ToHashSet());
        Undeleted = left;
    }

    /// <summary>Lists old lists, and the copies of the accounts that only they name.</summary>
    private async Task<List<string>> ListOldAsync(CancellationToken ct)
    {
        if (record.Header.Number == _listed)
        {
            return [];
        }

        ObjectPage page = await objects.ListAsync(names.Lists, null, ObjectPage.MaxKeys, ct);
        List<string> old = [.. page.Objects.Select(static one => one.Key).SkipLast(page.IsLast ? ListsLeft : 0)];
        if (old.Count > 0)
        {
            old.AddRange((await objects.ListAsync(names.Zones, null, ObjectPage.MaxKeys, ct)).Objects.Select(static one => one.Key)
                .Where(key => key != record.Header.Zone?.Object).SkipLast(ListsLeft));
        }

        _listed = record.Header.Number;
        return old;
    }
}

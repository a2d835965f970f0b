using System.Collections.Concurrent;

namespace Hutch.Buckets;

/// <summary>
/// Open segments in the bucket: an object for each commit, in the order of their numbers. They are deleted once the sealed segment is
/// stored.
/// </summary>
/// <param name="epoch">Returns the life of the folder, for names of objects.</param>
/// <param name="mayWrite">False once the bucket is another server's.</param>
/// <param name="limit">The time for which a commit waits for a bucket that does not answer.</param>
internal sealed class BucketMirror(
    IObjectStore objects, FolderObjects names, Func<long> epoch, Func<bool> mayWrite, TimeSpan limit, TimeProvider time) : ISegmentMirror
{
    private const long MaxPieceBytes = 1L << 30;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Pieces> _segments = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Segments => [.. _segments.Keys];

    public async Task OpenAsync(CancellationToken ct)
    {
        try
        {
            await FindAsync(ct);
        }
        catch (Exception e) when (BucketFailure.Is(e))
        {
            throw new IOException(e.Message, e);
        }
    }

    public bool Has(string segment) => _segments.ContainsKey(segment);

    public bool HasWritten(string segment) => _segments.TryGetValue(segment, out Pieces? pieces) && pieces.IsOwn;

    public async Task AppendAsync(string segment, ReadOnlyMemory<byte> changes, CancellationToken ct)
    {
        Pieces pieces = _segments.GetOrAdd(segment, static _ => new Pieces());
        long number = pieces.Begin();
        long start = time.GetTimestamp();
        while (true)
        {
            // Names are never used twice: the outcome of the last attempt may be unknown.
            string key = names.NewPiece(epoch(), segment, number);
            pieces.Add(number, key, changes.Length);
            try
            {
                await objects.PutAsync(key, ObjectBody.From(changes), ct);
                return;
            }
            catch (Exception e) when (BucketFailure.Is(e))
            {
                if (!mayWrite() || time.GetElapsedTime(start) >= limit)
                {
                    throw new IOException($"The bucket {objects.Name} does not take the copy of a write: {e.Message}", e);
                }
            }

            await Task.Delay(Pause, time, ct);
        }
    }

    public async Task<string?> RestoreAsync(string segment, IDiskFile into, CancellationToken ct)
    {
        long next = 0;
        foreach (IGrouping<long, Piece> piece in _segments[segment].All.GroupBy(static one => one.Number).OrderBy(static one => one.Key))
        {
            // Copies of one piece are equal: the first may have been cut off.
            if (piece.Key != next++ || !await TryReplayAsync(piece, into, ct))
            {
                return $"{names.Open}*/{segment}: the part {next - 1} is missing or damaged, and all after it";
            }
        }

        return null;
    }

    public async Task RemoveAsync(IReadOnlyCollection<string> segments, CancellationToken ct)
    {
        foreach (string segment in segments)
        {
            foreach (string[] keys in _segments[segment].All.Select(static piece => piece.Key).Chunk(ObjectPage.MaxKeys))
            {
                IReadOnlyList<UndeletedObject> left = await objects.DeleteAsync(keys, ct);
                if (left.Count > 0)
                {
                    throw ErrorCode.Unavailable.With($"'{left[0].Key}' in {objects.Name} was not deleted: {left[0].Why}.").ToException();
                }
            }

            _segments.TryRemove(segment, out _);
        }
    }

    public void Dispose()
    {
        // The bucket belongs to the folder.
    }

    private async Task FindAsync(CancellationToken ct)
    {
        await foreach (ObjectFacts one in objects.ListAllAsync(names.Open, ct))
        {
            if (names.ParsePiece(one.Key) is ({ } segment, var number))
            {
                _segments.GetOrAdd(segment, static _ => new Pieces()).Find(number, one.Key, one.Length);
            }
        }
    }

    private async Task<bool> TryReplayAsync(IEnumerable<Piece> copies, IDiskFile into, CancellationToken ct)
    {
        foreach (Piece copy in copies.Where(static copy => copy.Bytes <= MaxPieceBytes))
        {
            var bytes = new byte[copy.Bytes];
            if (await objects.ReadAsync(copy.Key, 0, bytes, copy.Bytes, ct) == ObjectReadOutcome.Read && FileChanges.TryReplay(bytes, into))
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Piece(long Number, string Key, long Bytes);

    /// <summary>The objects of a segment.</summary>
    private sealed class Pieces
    {
        private readonly Lock _gate = new();
        private readonly List<Piece> _all = [];
        private long _next;

        public bool IsOwn { get; private set; }

        public IReadOnlyList<Piece> All
        {
            get
            {
                lock (_gate)
                {
                    return [.. _all];
                }
            }
        }

        public long Begin()
        {
            lock (_gate)
            {
                IsOwn = true;
                return _next++;
            }
        }

        public void Add(long number, string key, long bytes)
        {
            lock (_gate)
            {
                _all.Add(new Piece(number, key, bytes));
            }
        }

        public void Find(long number, string key, long bytes)
        {
            Add(number, key, bytes);
            _next = Math.Max(_next, number + 1);
        }
    }
}

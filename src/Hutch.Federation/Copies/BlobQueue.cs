using System.Threading.Channels;

namespace Hutch.Federation.Copies;

/// <summary>Missing files, for several sources that each take the next part. A source gives back the files that it cannot send.</summary>
/// <param name="sources">The sources, the home first.</param>
/// <remarks>Thread-safe. Parts are looked up ahead of need, at most two for each source.</remarks>
internal sealed class BlobQueue(IReadOnlyList<BlobSource> sources) : IDisposable
{
    private readonly Channel<BlobPart> _parts = Channel.CreateUnbounded<BlobPart>();
    private readonly SemaphoreSlim _slots = new(2 * sources.Count);
    private readonly Lock _gate = new();
    private readonly List<BlobSource> _sending = [.. sources];
    private readonly List<BlobPart> _forSome = [];
    private int _open = 1; // whoever adds, and each part that is not here

    public async Task AddAsync(BlobPart part, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        Interlocked.Increment(ref _open);
        _parts.Writer.TryWrite(part);
    }

    /// <summary>Takes the next part; null when none is there now.</summary>
    public BlobPart? TryTake(BlobSource source)
    {
        lock (_gate)
        {
            if (_forSome.Find(part => IsFor(part, source)) is { } some)
            {
                _forSome.Remove(some);
                return some;
            }
        }

        return _parts.Reader.TryRead(out BlobPart? next) ? next : null;
    }

    /// <summary>Waits for a part, or for the end: false.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken ct) => _parts.Reader.WaitToReadAsync(ct);

    /// <summary>
    /// Gives a part back, for another source: the home, if it is to come from one; else any that does not lack it. Those are not woken, and
    /// have to look. False when there is none among those that still send, and what the part names cannot be had.
    /// </summary>
    public bool TryReturn(BlobPart part)
    {
        if (!part.IsOfOne && part.LackedBy.Count == 0)
        {
            _parts.Writer.TryWrite(part);
            return true;
        }

        lock (_gate)
        {
            bool mayCome = _sending.Count == 0 || _sending.Exists(source => IsFor(part, source));
            if (mayCome)
            {
                _forSome.Add(part);
            }

            return mayCome;
        }
    }

    /// <summary>A source sends nothing more. What waits, and cannot be had without it, is taken out.</summary>
    public IReadOnlyList<BlobPart> Leave(BlobSource source)
    {
        lock (_gate)
        {
            _sending.Remove(source);
            List<BlobPart> over = _forSome.FindAll(part => _sending.Count > 0 && !_sending.Exists(other => IsFor(part, other)));
            _forSome.RemoveAll(over.Contains);
            return over;
        }
    }

    /// <summary>True if a source may have a part that is not for all sources. The caller holds the lock.</summary>
    private bool IsFor(BlobPart part, BlobSource source) => !part.LackedBy.Contains(source)
        && (!part.IsOfOne || source == sources[0] || !_sending.Contains(sources[0]) || part.LackedBy.Contains(sources[0]));

    /// <summary>Counts a part as finished: its files are here, or no source has the missing ones.</summary>
    public void Done()
    {
        _slots.Release();
        Close();
    }

    public void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _parts.Writer.TryComplete();
        }
    }

    public void Dispose() => _slots.Dispose();
}

/// <summary>Files that are asked for in one request: many small ones, or a large one.</summary>
internal sealed record BlobPart(IReadOnlyList<(BlobHash Page, NamedBlob Blob)> Blobs)
{
    /// <summary>The sites that sent bytes of a large file which were not yet compared with its hash.</summary>
    public HashSet<BlobHash> Senders { get; } = [];

    /// <summary>True for a file with a wrong hash after several sources sent it: it comes again from only one.</summary>
    public bool IsOfOne { get; set; }

    /// <summary>True if a source gave it back, so that some of it may be here.</summary>
    public bool IsRest { get; set; }

    /// <summary>
    /// The number of consecutive sources that lost it after sending almost nothing. The next source keeps it for twice as long, so that
    /// sources which all start slowly do not take it from each other for ever.
    /// </summary>
    public int FailedAttempts { get; set; }

    /// <summary>The sources that do not have these files.</summary>
    public HashSet<BlobSource> LackedBy { get; } = [];

    /// <summary>The answers of the last of them, one for each file.</summary>
    public IReadOnlyList<MissingBlob> Lacked { get; private set; } = [];

    /// <summary>Returns the rest of the part after a source sent the files that it has.</summary>
    public BlobPart Without(BlobSource source, IReadOnlyList<MissingBlob> lacked)
    {
        BlobPart rest = lacked.Count == Blobs.Count ? this : new BlobPart([.. lacked.Select(static one => (one.Page, one.Blob))]);
        rest.LackedBy.UnionWith(LackedBy);
        rest.LackedBy.Add(source);
        rest.Lacked = lacked;
        return rest;
    }

    public long Bytes { get; } = Blobs.Sum(static one => one.Blob.Size);
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using Hutch.Model;

namespace Hutch.Federation.Copies;

/// <summary>Files that are to come, for several sources that each take what is next. What one cannot bring it gives back.</summary>
/// <param name="capacity">So many parts are looked up before they are needed.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class BlobQueue(int capacity) : IDisposable
{
    private readonly Channel<BlobPart> _parts = Channel.CreateUnbounded<BlobPart>();
    private readonly ConcurrentQueue<BlobPart> _forHome = new();
    private readonly SemaphoreSlim _room = new(capacity);
    private volatile bool _isHomeOut;
    private int _open = 1; // whoever adds, and each part that is not here

    /// <summary>Adds a part, when there is room.</summary>
    public async Task AddAsync(BlobPart part, CancellationToken ct)
    {
        await _room.WaitAsync(ct);
        Interlocked.Increment(ref _open);
        _parts.Writer.TryWrite(part);
    }

    /// <summary>Takes the next part; null when none is there now.</summary>
    public BlobPart? TryTake(bool isHome) =>
        (isHome && _forHome.TryDequeue(out BlobPart? part)) || _parts.Reader.TryRead(out part) ? part : null;

    /// <summary>Waits for a part, or for the end: false.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken ct) => _parts.Reader.WaitToReadAsync(ct);

    /// <summary>Gives a part back, for another source.</summary>
    public void GiveBack(BlobPart part) => _parts.Writer.TryWrite(part);

    /// <summary>Gives a part back, for the home alone as long as that sends. It is not woken, and has to look.</summary>
    public void GiveToHome(BlobPart part)
    {
        _forHome.Enqueue(part);
        if (_isHomeOut)
        {
            LeaveHome();
        }
    }

    /// <summary>The home sends nothing more.</summary>
    public void LeaveHome()
    {
        _isHomeOut = true;
        while (_forHome.TryDequeue(out BlobPart? part))
        {
            GiveBack(part);
        }
    }

    /// <summary>A part is here.</summary>
    public void Done()
    {
        _room.Release();
        Close();
    }

    /// <summary>Nothing more is added.</summary>
    public void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _parts.Writer.TryComplete();
        }
    }

    public void Dispose() => _room.Dispose();
}

/// <summary>Files that are asked for in one request: many small ones, or a large one.</summary>
/// <param name="Blobs">The files, and the pages that name them.</param>
internal sealed record BlobPart(IReadOnlyList<(BlobHash Page, NamedBlob Blob)> Blobs)
{
    /// <summary>Who sent bytes of a large file that are not compared with its hash yet.</summary>
    public HashSet<BlobHash> Senders { get; } = [];

    /// <summary>Whether it is a file that was wrong after several had sent it: no two send it again.</summary>
    public bool IsOfOne { get; set; }

    /// <summary>Whether a source gave it back, so that some of it may be here.</summary>
    public bool IsRest { get; set; }

    /// <summary>
    /// How often in a row it was taken over from a source that had brought next to nothing: the next one has it for twice as long, so that
    /// sources which are all slow to begin do not take it from each other for ever.
    /// </summary>
    public int VainTurns { get; set; }

    /// <summary>Bytes of all of it.</summary>
    public long Bytes { get; } = Blobs.Sum(static one => one.Blob.Size);
}

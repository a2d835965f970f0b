namespace Hutch.Storage.Segments;

/// <summary>An LRU cache of open segment files: opening one more than allowed closes the longest unused ones without readers.</summary>
internal sealed class SegmentFileCache(int maxOpen)
{
    private readonly Lock _gate = new();
    private readonly HashSet<SegmentFile> _open = [];
    private long _clock;

    public long Tick() => Interlocked.Increment(ref _clock);

    public void Opened(SegmentFile file)
    {
        lock (_gate)
        {
            _open.Add(file);
            if (_open.Count > maxOpen)
            {
                CloseOldest();
            }
        }
    }

    public void Closed(SegmentFile file)
    {
        lock (_gate)
        {
            _open.Remove(file);
        }
    }

    // A quarter at a time, so that a store with many more segments than files does not sort at every look-up.
    private void CloseOldest()
    {
        foreach (SegmentFile file in _open.OrderBy(static file => file.LastUse).Take(1 + (maxOpen / 4)).ToList())
        {
            if (file.TryClose())
            {
                _open.Remove(file);
            }
        }
    }
}

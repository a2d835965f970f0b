using Hutch.Disk;

namespace Hutch.Storage.Segments;

/// <summary>Keeps the number of open segment files bounded: when one more is opened than allowed, those longest unused are closed.</summary>
internal sealed class SegmentFiles(int maxIdle)
{
    private readonly Lock _gate = new();
    private long _clock;
    private int _open;

    /// <summary>Takes a segment's file for reading. Throws <see cref="SegmentRetiredException"/> when it is retired.</summary>
    public IDiskFile Acquire(SegmentFile file, Segment[] all)
    {
        if (!file.TryAcquire(out IDiskFile open, out bool opened))
        {
            throw new SegmentRetiredException($"The segment '{file.Path}' was retired: look the member up again.");
        }

        file.LastUse = Interlocked.Increment(ref _clock);
        if (opened && Interlocked.Increment(ref _open) > maxIdle)
        {
            CloseOldest(all);
        }

        return open;
    }

    private void CloseOldest(Segment[] all)
    {
        lock (_gate)
        {
            foreach (Segment segment in all.Where(static s => s.File.IsOpen).OrderBy(static s => s.File.LastUse).Take(1 + (maxIdle / 4)))
            {
                segment.File.TryClose();
            }

            Interlocked.Exchange(ref _open, all.Count(static s => s.File.IsOpen));
        }
    }
}

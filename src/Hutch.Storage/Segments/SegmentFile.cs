using Hutch.Disk;

namespace Hutch.Storage.Segments;

/// <summary>
/// A segment's file, opened when somebody reads and kept open while anybody does. A retired file is unlinked at once, but those who read it
/// finish: the system keeps its bytes until the last handle is closed.
/// </summary>
internal sealed class SegmentFile(IDisk disk, string path)
{
    private readonly Lock _gate = new();
    private IDiskFile? _file;
    private int _users;
    private bool _retired;

    public string Path => path;

    /// <summary>When the file was last taken, in the ticks of <see cref="SegmentFiles"/>.</summary>
    public long LastUse { get; set; }

    /// <summary>Takes the file for reading; false when it is retired. Give it back with <see cref="Release"/>.</summary>
    public bool TryAcquire(out IDiskFile file, out bool opened)
    {
        lock (_gate)
        {
            opened = false;
            if (_retired)
            {
                file = null!;
                return false;
            }

            if (_file is null)
            {
                _file = disk.Open(path, DiskAccess.Read);
                opened = true;
            }

            _users++;
            file = _file;
            return true;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _users--;
            if (_retired)
            {
                CloseIdle();
            }
        }
    }

    /// <summary>Closes the file when nobody reads it; returns whether it did.</summary>
    public bool TryClose()
    {
        lock (_gate)
        {
            return CloseIdle();
        }
    }

    /// <summary>Whether the file is open now.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _file is not null;
            }
        }
    }

    /// <summary>Lets nobody in any more; the last reader closes.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _retired = true;
            CloseIdle();
        }
    }

    private bool CloseIdle()
    {
        if (_users > 0 || _file is null)
        {
            return false;
        }

        _file.Dispose();
        _file = null;
        return true;
    }
}

namespace Hutch.Storage.Segments;

/// <summary>
/// A segment's file, opened on the first read and kept open. A retired file is unlinked at once, but running reads finish: the system keeps
/// its bytes until the last handle is closed.
/// </summary>
internal sealed class SegmentFile(IDisk disk, string path, SegmentFileCache files)
{
    private readonly Lock _gate = new();
    private IDiskFile? _file;
    private int _users;
    private bool _retired;
    private long _lastUse;

    public string Path => path;

    /// <summary>Last use of the file, in the ticks of <see cref="SegmentFileCache"/>.</summary>
    public long LastUse => Volatile.Read(ref _lastUse);

    /// <summary>Takes the file for reading, until <see cref="Release"/>; throws <see cref="SegmentRetiredException"/> if retired.</summary>
    public IDiskFile Acquire()
    {
        bool opened = false;
        IDiskFile file;
        lock (_gate)
        {
            if (_retired)
            {
                throw new SegmentRetiredException($"The segment '{path}' was retired: look the member up again.");
            }

            if (_file is null)
            {
                _file = disk.Open(path, DiskAccess.Read);
                opened = true;
            }

            _users++;
            file = _file;
        }

        Volatile.Write(ref _lastUse, files.Tick());
        if (opened)
        {
            files.Opened(this);
        }

        return file;
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

    /// <summary>Closes the file if it has no reader; returns true if it is closed.</summary>
    public bool TryClose()
    {
        lock (_gate)
        {
            return CloseIdle();
        }
    }

    /// <summary>
    /// Unlinks the file and admits no more readers. One step for readers: none of them ever looks for a file that is gone. When the disk
    /// refuses, the file stays as it was.
    /// </summary>
    public void Unlink()
    {
        lock (_gate)
        {
            disk.Delete(path);
            _retired = true;
            CloseIdle();
        }

        // Outside the gate: callers that close idle files hold their own gate while they ask for this one.
        files.Closed(this);
    }

    /// <summary>Admits no more readers; the last one closes the file.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _retired = true;
            CloseIdle();
        }

        files.Closed(this);
    }

    private bool CloseIdle()
    {
        if (_users > 0)
        {
            return false;
        }

        _file?.Dispose();
        _file = null;
        return true;
    }
}

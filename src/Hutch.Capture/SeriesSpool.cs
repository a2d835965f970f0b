namespace Hutch.Capture;

/// <summary>The messages of one series in the spool, in files that are deleted when all of their messages are stored.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="path">The beginning of the paths of its files.</param>
/// <param name="earlier">Files of an earlier process.</param>
internal sealed class SeriesSpool(CaptureSpool spool, string series, string path, IEnumerable<SpoolFile>? earlier = null)
{
    private const long FileBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly List<SpoolFile> _files = [.. earlier ?? []];
    private SpoolFile? _last;
    private int _number = earlier?.Count() ?? 0;
    private bool _isDeleted;

    /// <summary>True if a message found no space in it.</summary>
    public bool WasFull { get; private set; }

    public string Series => series;

    /// <summary>Writes a message; null when there is no space, or the disk fails.</summary>
    public SpoolLocation? TryAppend(in SpoolHead head, ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            bool isNewFile = _last is null || _last.Length >= FileBytes;
            long size = SpoolFile.SizeOf(bytes.Length);
            if (_isDeleted || !spool.TryTake(size, isNewFile))
            {
                WasFull |= !_isDeleted;
                return null;
            }

            try
            {
                SpoolFile file = isNewFile ? Begin() : _last!;
                return file.Append(head, bytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                spool.Return(size);
                spool.Fail(e.Message);
                WasFull = true;
                return null;
            }
        }
    }

    /// <summary>Reads a message; false if it is gone, or damaged.</summary>
    public bool TryRead(in SpoolLocation place, Span<byte> bytes)
    {
        lock (_gate)
        {
            return !_isDeleted && place.File.TryRead(place, bytes);
        }
    }

    /// <summary>Forgets a message, which is stored.</summary>
    public void Release(in SpoolLocation place)
    {
        lock (_gate)
        {
            SpoolFile file = place.File;
            if (!_isDeleted && --file.Waiting == 0 && file != _last)
            {
                Delete(file);
            }
        }
    }

    /// <summary>Deletes everything: the series is over.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            _isDeleted = true;
            foreach (SpoolFile file in _files.ToArray())
            {
                Delete(file);
            }

            _last = null;
        }
    }

    /// <summary>Closes the files of a series that continues after the next start; those without a waiting message are deleted.</summary>
    public void Close()
    {
        lock (_gate)
        {
            foreach (SpoolFile file in _files.ToArray())
            {
                if (file.Waiting == 0)
                {
                    Delete(file);
                }
                else
                {
                    file.Dispose();
                }
            }

            _isDeleted = true;
        }
    }

    private SpoolFile Begin()
    {
        if (_last is { Waiting: 0 } empty)
        {
            Delete(empty);
        }

        string name = FormattableString.Invariant($"{path}-{_number++:d6}{SpoolFile.Ending}");
        _last = SpoolFile.Create(name, series);
        _files.Add(_last);
        spool.Take(_last.Length);
        return _last;
    }

    private void Delete(SpoolFile file)
    {
        _files.Remove(file);
        spool.Return(file.Length);
        file.Delete();
    }
}

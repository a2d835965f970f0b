using Hutch.Disk.Folders;

namespace Hutch.Capture;

/// <summary>
/// The messages of one series in the spool, in files that are deleted when all of their messages are stored. A file beside them names the
/// dataset of the series, since another series of the same name may begin before this one is stored.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="path">The beginning of the paths of its files.</param>
/// <param name="earlier">Files of an earlier process.</param>
internal sealed class SeriesSpool(CaptureSpool spool, string series, string path, IEnumerable<SpoolFile>? earlier = null)
{
    /// <summary>The ending of the file that names the dataset.</summary>
    public const string DatasetEnding = ".dataset";

    private const long FileBytes = 64 << 20;

    private readonly Lock _gate = new();
    private readonly List<SpoolFile> _files = [.. earlier ?? []];
    private SpoolFile? _last;
    private int _number = earlier?.Count() ?? 0;
    private bool _isDeleted;
    private string? _dataset = earlier is not null && SmallFile.TryRead(path + DatasetEnding) is { } known
        ? Encoding.UTF8.GetString(known)
        : null;
    private bool _isDatasetOnDisk = earlier is not null;

    /// <summary>True if a message found no space in it.</summary>
    public bool WasFull { get; private set; }

    public string Series => series;

    /// <summary>The beginning of the paths of its files.</summary>
    public string Path => path;

    /// <summary>The dataset that was taken for the series; null for none yet.</summary>
    public string? Dataset
    {
        get
        {
            lock (_gate)
            {
                return _dataset;
            }
        }
    }

    /// <summary>Notes the dataset that is taken for the series.</summary>
    public void Remember(string dataset)
    {
        lock (_gate)
        {
            if (_dataset == dataset)
            {
                return;
            }

            _dataset = dataset;
            try
            {
                if (!_isDeleted && _files.Count > 0)
                {
                    WriteDataset();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                spool.Fail(e.Message);
                WasFull = true;
            }
        }
    }

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
    public bool TryRead(in SpoolLocation location, Span<byte> bytes)
    {
        lock (_gate)
        {
            return !_isDeleted && location.File.TryRead(location, bytes);
        }
    }

    /// <summary>Forgets a message, which is stored.</summary>
    public void Release(in SpoolLocation location)
    {
        lock (_gate)
        {
            SpoolFile file = location.File;
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
            DeleteDataset();
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
            if (_files.Count == 0)
            {
                DeleteDataset();
            }
        }
    }

    private SpoolFile Begin()
    {
        if (_files.Count == 0 && _dataset is not null)
        {
            WriteDataset();
        }

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

    private void WriteDataset()
    {
        SmallFile.Replace(path + DatasetEnding, Encoding.UTF8.GetBytes(_dataset!), SmallFile.OwnerOnly);
        _isDatasetOnDisk = true;
    }

    private void DeleteDataset()
    {
        if (_isDatasetOnDisk)
        {
            SmallFile.Delete(path + DatasetEnding);
        }
    }

    private void Delete(SpoolFile file)
    {
        _files.Remove(file);
        spool.Return(file.Length);
        file.Delete();
    }
}

namespace Hutch.Federation.Copies;

/// <summary>Reports the progress of a copy to the zone, at intervals. Thread-safe.</summary>
internal sealed class CopyProgressReporter(IZoneReports reports, DatasetId dataset, long files, long bytes, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<FileFailure> _failed = [];
    private long _toldAt;
    private long _files;
    private long _bytes;
    private long _coming;
    private long _moved;
    private long _failedFiles;

    /// <summary>Bytes that have come over the network.</summary>
    public long Moved => Interlocked.Read(ref _moved);

    /// <summary>Files that cannot be had; null for none.</summary>
    public CopyFailures? Failures
    {
        get
        {
            lock (_gate)
            {
                return _failedFiles == 0 ? null : new CopyFailures { Count = _failedFiles, Files = [.. _failed] }.Bounded();
            }
        }
    }

    public void AddReceived(IEnumerable<NamedBlob> blobs)
    {
        lock (_gate)
        {
            foreach (NamedBlob blob in blobs)
            {
                _files++;
                _bytes += blob.Size;
            }
        }
    }

    /// <summary>So many bytes more of files that are not whole yet have come.</summary>
    public void AddReceived(long coming)
    {
        Interlocked.Add(ref _moved, coming);
        NoteReached(coming);
    }

    /// <summary>So many bytes more of files that are not whole yet are here, and had come before.</summary>
    public void NoteReached(long bytes) => Interlocked.Add(ref _coming, bytes);

    /// <summary>So many of these count no more: their files are whole, or come no further for now.</summary>
    public void SubtractReceived(long came) => Interlocked.Add(ref _coming, -came);

    /// <summary>A file cannot be had. It is named unless enough are.</summary>
    public async Task FailAsync(Func<CancellationToken, Task<FileFailure>> name, CancellationToken ct)
    {
        bool isNamed;
        lock (_gate)
        {
            _failedFiles++;
            isNamed = _failedFiles <= CopyFailures.MaxFiles;
        }

        if (isNamed)
        {
            FileFailure failure = await name(ct);
            lock (_gate)
            {
                _failed.Add(failure);
            }
        }
    }

    public async Task<Result<Done>> ReportAsync(bool isForced, CancellationToken ct)
    {
        lock (_gate)
        {
            if (!isForced && time.GetElapsedTime(_toldAt) < Every)
            {
                return Done.Value;
            }

            _toldAt = time.GetTimestamp();
        }

        return await reports.ReportAsync(dataset, Progress(CopyStates.Running, null), ct);
    }

    public CopyProgress Progress(string state, string? problem)
    {
        lock (_gate)
        {
            return new CopyProgress(state, null, null, files, bytes, _files, _bytes + Interlocked.Read(ref _coming), problem)
            {
                Moved = Moved,
                Failures = Failures,
            };
        }
    }
}

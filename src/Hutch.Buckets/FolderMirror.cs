using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>Open segments in a second folder, on another disk: files as in the data folder.</summary>
internal sealed class FolderMirror(IDisk disk, string root, Func<Guid> site) : ISegmentMirror
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IDiskFile> _open = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Segments
    {
        get
        {
            lock (_gate)
            {
                return [.. disk.ListFiles(Folder).Where(SegmentInspection.IsSegment)];
            }
        }
    }

    private string Folder => Path.Combine(root, site().ToString("N"));

    public Task OpenAsync(CancellationToken ct)
    {
        disk.CreateFolder(root);
        disk.CreateFolder(Folder);
        disk.SyncFolder(root);
        return Task.CompletedTask;
    }

    public bool Has(string segment) => disk.FileExists(PathOf(segment));

    public bool HasWritten(string segment)
    {
        lock (_gate)
        {
            return _open.ContainsKey(segment);
        }
    }

    /// <summary>Works on another thread, while the caller writes its own disk.</summary>
    public Task AppendAsync(string segment, ReadOnlyMemory<byte> changes, CancellationToken ct) => Task.Run(
        () =>
        {
            IDiskFile file = FileOf(segment);
            if (!FileChanges.TryReplay(changes.Span, file))
            {
                throw new IOException($"Changes of {segment} were damaged in memory.");
            }

            file.Sync();
        },
        CancellationToken.None);

    public Task<string?> RestoreAsync(string segment, IDiskFile into, CancellationToken ct)
    {
        using IDiskFile file = disk.Open(PathOf(segment), DiskAccess.Read);
        var buffer = new byte[1 << 20];
        for (long offset = 0; offset < file.Length; offset += buffer.Length)
        {
            ct.ThrowIfCancellationRequested();
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, file.Length - offset));
            file.ReadFully(piece, offset);
            into.Write(piece, offset);
        }

        return Task.FromResult<string?>(null);
    }

    public Task RemoveAsync(IReadOnlyCollection<string> segments, CancellationToken ct)
    {
        lock (_gate)
        {
            foreach (string segment in segments)
            {
                if (_open.Remove(segment, out IDiskFile? file))
                {
                    file.Dispose();
                }

                disk.Delete(PathOf(segment));
            }

            disk.SyncFolder(Folder);
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (IDiskFile file in _open.Values)
            {
                file.Dispose();
            }

            _open.Clear();
        }
    }

    private string PathOf(string segment) => Path.Combine(Folder, segment);

    private IDiskFile FileOf(string segment)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(segment, out IDiskFile? file))
            {
                string path = PathOf(segment);
                bool isNew = !disk.FileExists(path);
                _open.Add(segment, file = disk.Open(path, isNew ? DiskAccess.CreateNew : DiskAccess.ReadWrite));
                if (isNew)
                {
                    disk.SyncFolder(Folder);
                }
            }

            return file;
        }
    }
}

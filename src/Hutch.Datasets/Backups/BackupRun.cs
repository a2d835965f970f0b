using Hutch.Site.Engines;

namespace Hutch.Datasets.Backups;

/// <remarks>
/// Order: <c>site.db</c> before the segments, so that it is never ahead of the journal; <c>zone.db</c> after them, so that the owners of
/// everything in the segments are known. Differences between them are repaired as after a crash. The collector waits during a backup: it
/// removes segments.
/// </remarks>
internal sealed class BackupRun(BackupSource source, BackupFolder folder, BackupRequest wanted, Action<double> progress)
{
    private static readonly string[] SmallFiles = ["segments/quarantine.jsonl"];
    private static readonly string[] SecretFiles = [BackupWriter.ConfigurationName, S3Keys.FileName];

    private readonly FileCopies _copies = new(source.Disk, source.Site.Blobs.Work) { Origin = source.Site.Files.Disk };
    private readonly List<BackupFile> _files = [];
    private readonly Dictionary<string, BackupFile> _known = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _lacks = [];
    private LogMoment? _moment;
    private long _sequence;
    private long _copied;
    private long _linked;
    private long _reused;

    public async Task<Result<BackupSummary>> RunAsync(CancellationToken ct)
    {
        DateTimeOffset begun = source.Time.GetUtcNow();
        string name = folder.NewName(begun);
        LearnKnown();
        using IDisposable pause = await source.Site.Collector.PauseAsync(ct);
        await AddDatabaseAsync($"backups/{name}.site.db", "site.db", path => source.Site.Records.CopyToAsync(source.Disk, path, ct), ct);
        if (await AddBytesAsync(name, ct) is { } refusal)
        {
            return refusal;
        }

        await AddDatabaseAsync(
            $"backups/{name}.zone.db", ZoneServices.FileName, path => source.Zone.CopyToAsync(source.Disk, path, ct), ct);
        await AddFilesAsync(name, ct);
        BackupManifest manifest = Describe(name, begun);
        AtomicFile.Replace(source.Disk, folder.ManifestPath(name), manifest.Write());
        int removed = wanted.Keep is int keep ? folder.Prune(keep) : 0;
        progress(1);
        return new BackupSummary(name, _files.Count, _files.Sum(file => file.Bytes), _copied, _linked, _reused, removed, manifest.Gaps);
    }

    /// <summary>Finds the sealed segments that earlier backups have: they never change.</summary>
    private void LearnKnown()
    {
        foreach (string name in folder.Names())
        {
            if (folder.Manifest(name).TryGet(out BackupManifest? manifest, out _))
            {
                foreach (BackupFile file in manifest.Files.Where(file => file.Kind == BackupFileKind.Segment))
                {
                    _known[file.Path] = file;
                }
            }
        }
    }

    /// <summary>Adds the bytes and the log of the site, as segments; returns the refusal.</summary>
    private async Task<HutchError?> AddBytesAsync(string name, CancellationToken ct)
    {
        if (source.Site.Files.Objects is { } objects)
        {
            var wanted = new ObjectCopying(
                source.Disk, folder.Segments, Path.Combine(folder.Backups, name + ".open."),
                _known.Values.Where(static file => file.Damage is null).Select(static file => Path.GetFileName(file.Path)).ToHashSet(),
                Newest());
            Result<ObjectCopies> copied = await objects.CopyAsync(wanted, progress, ct);
            return copied.IsOk ? await AddObjectsAsync(copied.Value, ct) : copied.Error;
        }

        IReadOnlyList<StoredFile> segments = await source.Site.Files.CaptureAsync(ct);
        await AddSegmentsAsync(name, segments, ct);
        _sequence = segments.Count == 0 ? 0 : segments.Max(segment => segment.LastSequence);
        _lacks = await source.Site.Warnings.DamageAsync(ct);
        return null;
    }

    private EarlierCopies? Newest() =>
        folder.Manifest(null).TryGet(out BackupManifest? newest, out _) && newest.Moment is { } moment
            ? new EarlierCopies(
                moment,
                newest.Files.Where(static file => file.Kind == BackupFileKind.Segment).Select(static file => Path.GetFileName(file.Path))
                    .ToHashSet(),
                newest.Gaps.Count == 0)
            : null;

    private async Task<HutchError?> AddObjectsAsync(ObjectCopies copies, CancellationToken ct)
    {
        foreach (CopiedSegment segment in copies.Segments)
        {
            string path = Path.GetRelativePath(folder.Path, segment.Path);
            if (!segment.IsOpen && _known.TryGetValue(path, out BackupFile? known) && known is { Damage: null })
            {
                _files.Add(known);
                _reused += known.Bytes;
                continue;
            }

            _files.Add(new BackupFile(
                segment.IsOpen ? BackupFileKind.OpenSegment : BackupFileKind.Segment, path, "segments/" + segment.Name, segment.Bytes,
                await _copies.HashAsync(segment.Path, segment.Bytes, ct), segment.Damage.Count > 0 ? segment.Damage : null));
            _copied += segment.Bytes;
        }

        (_sequence, _moment, _lacks) = (copies.LastSequence, copies.Until, copies.Lacks);
        return null;
    }

    private async Task AddSegmentsAsync(string name, IReadOnlyList<StoredFile> segments, CancellationToken ct)
    {
        long all = Math.Max(1, segments.Sum(segment => segment.Bytes));
        long done = 0;
        foreach (StoredFile segment in segments)
        {
            string file = Path.GetFileName(segment.Path);
            if (segment.IsSealed)
            {
                await AddSealedAsync(segment, file, ct);
            }
            else
            {
                await AddCopyAsync(
                    BackupFileKind.OpenSegment, segment.Path, segment.Bytes, $"backups/{name}.open.{file}", "segments/" + file, ct);
            }

            done += segment.Bytes;
            progress((double)done / all);
        }

        source.Disk.SyncFolder(folder.Segments);
    }

    private async Task AddSealedAsync(StoredFile segment, string file, CancellationToken ct)
    {
        string path = "segments/" + file;
        string full = Path.Combine(folder.Path, path);
        if (_known.TryGetValue(path, out BackupFile? known) && known is { Damage: null } && known.Bytes == segment.Bytes
            && source.Disk.FileExists(full))
        {
            _files.Add(known);
            _reused += known.Bytes;
            return;
        }

        IReadOnlyList<string> damage = await source.Site.Files.VerifyAsync(segment, ct);

        // What an interrupted backup left is not known to be whole.
        source.Disk.Delete(full);
        if (source.Disk.FileExists(segment.Path) && source.Disk.TryLink(segment.Path, full))
        {
            _files.Add(new BackupFile(
                BackupFileKind.Segment, path, path, segment.Bytes, await _copies.HashAsync(full, segment.Bytes, ct)));
            _linked += segment.Bytes;
        }
        else
        {
            await AddCopyAsync(BackupFileKind.Segment, segment.Path, segment.Bytes, path, path, ct);
        }

        if (damage.Count > 0)
        {
            _files[^1] = _files[^1] with { Damage = damage };
        }
    }

    private async Task AddCopyAsync(BackupFileKind kind, string from, long bytes, string path, string target, CancellationToken ct)
    {
        string hash = await _copies.CopyAsync(from, bytes, Path.Combine(folder.Path, path), null, ct);
        _files.Add(new BackupFile(kind, path, target, bytes, hash));
        _copied += bytes;
    }

    private async Task AddDatabaseAsync(string path, string target, Func<string, ValueTask> copy, CancellationToken ct)
    {
        string full = Path.Combine(folder.Path, path);
        source.Disk.Delete(full);
        await copy(full);
        long bytes = Length(full);
        _files.Add(new BackupFile(BackupFileKind.Database, path, target, bytes, await _copies.HashAsync(full, bytes, ct)));
        _copied += bytes;
    }

    private async Task AddFilesAsync(string name, CancellationToken ct)
    {
        foreach (string target in SmallFiles)
        {
            await AddSmallAsync(BackupFileKind.File, name, target, ct);
        }

        if (wanted.WithKeys)
        {
            foreach ((string key, byte[] content) in await source.Zone.ReadSharedKeysAsync(ct))
            {
                string target = key == S3Keys.FileName ? key : $"{BackupWriter.KeyFolder}/{key}";
                await AddKeyAsync($"backups/{name}.{target.Replace('/', '.')}", target, content, ct);
            }

            foreach (string target in SecretFiles.Concat(
                source.Disk.ListFiles(Path.Combine(source.DataFolder, BackupWriter.KeyFolder))
                    .Select(key => $"{BackupWriter.KeyFolder}/{key}")))
            {
                await AddSmallAsync(BackupFileKind.Key, name, target, ct);
            }
        }
    }

    /// <summary>Adds a key that the servers of a site share, as the file that a data folder has instead.</summary>
    private async Task AddKeyAsync(string path, string target, byte[] content, CancellationToken ct)
    {
        string full = Path.Combine(folder.Path, path);
        AtomicFile.Replace(source.Disk, full, content);
        _files.Add(new BackupFile(BackupFileKind.Key, path, target, content.Length, await _copies.HashAsync(full, content.Length, ct)));
        _copied += content.Length;
    }

    private async Task AddSmallAsync(BackupFileKind kind, string name, string target, CancellationToken ct)
    {
        string from = Path.Combine(source.DataFolder, target);
        if (source.Disk.FileExists(from))
        {
            await AddCopyAsync(kind, from, Length(from), $"backups/{name}.{target.Replace('/', '.')}", target, ct);
        }
    }

    private BackupManifest Describe(string name, DateTimeOffset begun)
    {
        source.Disk.SyncFolder(folder.Backups);
        DataVersion version = DataVersion.Read(source.Disk, source.DataFolder)
            ?? throw new IOException($"'{source.DataFolder}' has lost its file {DataVersion.FileName}.");
        return new BackupManifest
        {
            Name = name,
            Time = begun,
            Program = typeof(BackupWriter).Assembly.GetName().Version?.ToString(3) ?? "",
            DataFormat = version.Format,
            DataMinReader = version.MinReader,
            Incarnation = source.Site.Files.Objects?.Site ?? source.Incarnation,
            Sequence = _sequence,
            Moment = _moment,
            WithKeys = wanted.WithKeys,
            Files = _files,
            Lacks = _lacks,
        };
    }

    private long Length(string path)
    {
        using IDiskFile file = source.Disk.Open(path, DiskAccess.Read);
        return file.Length;
    }
}

using System.Globalization;
using System.Text;
using Hutch.Site.Engines.Segments;

namespace Hutch.Server;

/// <summary>
/// Fills an empty database and bucket with the site of a backup. Repeating it with the same or a later backup continues: it adds what is
/// missing there. No server starts on the place before the end.
/// </summary>
/// <param name="options">Of a server on the place: its data folder and its settings.</param>
/// <param name="source">Identifies the earlier place of the site.</param>
internal sealed class SharedFill(ISharedLocation location, ServeOptions options, string source) : IAsyncDisposable
{
    private const string ScratchName = ".filling";
    private const string ProgressName = "filling.txt";
    private const string BeganMark = "began ";
    private const string SealedMark = "sealed ";
    private const int MaxProgressBytes = 64 << 20;

    private static readonly string[] Folders = ["", "segments", BackupWriter.KeyFolder];

    private readonly LocalDisk _disk = LocalDisk.Instance;
    private OpenedPlace? _opened;

    /// <summary>
    /// Copies a backup into the place, which stays open for the next one; returns the number of the last record there.
    /// </summary>
    /// <param name="progress">Called with the part that is done, 0 to 1.</param>
    public async Task<Result<long>> RunAsync(BackupFolder folder, BackupManifest manifest, Action<double> progress, CancellationToken ct)
    {
        Result<Done> begun = await location.BeginFillingAsync(source, ct);
        if (!begun.IsOk)
        {
            return begun.Error;
        }

        string scratch = Path.Combine(folder.Path, ScratchName);
        Clear(scratch);

        // A sealed segment that was copied, with its records, is not needed again.
        HashSet<string> done = ReadProgress(Path.GetFullPath(options.DataFolder));
        BackupManifest whole = manifest;
        manifest = manifest with { Files = [.. manifest.Files.Where(file => !done.Contains(Sealed(file)))] };
        try
        {
            var restorer = new BackupRestorer(_disk, Guid.NewGuid, options.Time) { HasLinks = true };
            Result<Incarnation> restored = await restorer.RestoreAsync(
                folder, manifest, scratch, DataFormat.Current, part => progress(part / 2), ct);
            return restored.IsOk
                ? await FillAsync(scratch, whole, part => progress((1 + part) / 2), ct)
                : restored.Error;
        }
        finally
        {
            Clear(scratch);
        }
    }

    /// <summary>Closes the place, and opens it to servers. Durable on return.</summary>
    /// <param name="manifest">The backup that was copied last.</param>
    /// <param name="incarnation">Of the data folder of the first server; its pending sessions are ended when that starts.</param>
    public async Task EndAsync(BackupManifest manifest, Incarnation? incarnation, CancellationToken ct)
    {
        await DisposeAsync();
        string data = Path.GetFullPath(options.DataFolder);
        if (incarnation is not null)
        {
            (DataVersion.Read(_disk, data)! with { Incarnation = incarnation }).Write(_disk, data);
        }

        await location.EndFillingAsync(manifest.Files.Max(static file => NumberOf(file)), ct);
        _disk.Delete(Path.Combine(data, ProgressName));
        _disk.SyncFolder(data);
    }

    /// <summary>Closes the place. The next copy opens it again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _opened, null) is var (data, loggers, engine))
        {
            await engine.DisposeAsync();
            loggers.Dispose();
            data.Dispose();
        }
    }

    /// <summary>Returns the number of a segment, with which its name begins; 0 for another file.</summary>
    private static long NumberOf(BackupFile file) =>
        file.Kind is BackupFileKind.Segment or BackupFileKind.OpenSegment
        && long.TryParse(Path.GetFileName(file.Target).Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : 0;

    private static string Sealed(BackupFile file) =>
        file.Kind == BackupFileKind.Segment ? $"{SealedMark}{file.Target} {file.Sha256}" : "";

    private async Task<Result<long>> FillAsync(string scratch, BackupManifest manifest, Action<double> progress, CancellationToken ct)
    {
        (DataFolder data, ILoggerFactory loggers, ISiteEngine engine) = _opened ??= await OpenAsync(ct);
        HashSet<string> done = ReadProgress(data.Path);
        if (!done.Any(static line => line.StartsWith(BeganMark, StringComparison.Ordinal)))
        {
            Note(data.Path, done, string.Create(CultureInfo.InvariantCulture, $"{BeganMark}{manifest.Sequence}"));
        }

        string first = done.First(static line => line.StartsWith(BeganMark, StringComparison.Ordinal));
        long began = long.Parse(first[BeganMark.Length..], CultureInfo.InvariantCulture);
        var fill = new EngineFill(_disk, engine, done.ToHashSet(), name => Note(data.Path, done, name), began, options.Time);

        // The accounts have tables of their own.
        Task<Result<long>> bytes = fill.RunAsync(scratch, options.Site.Segments, progress, ct);
        Task accounts = ZoneServices.FillAsync(
            options.Zone.Postgres!, _disk, scratch, Path.Combine(scratch, BackupWriter.KeyFolder), options.Time, loggers, ct).AsTask();
        await Task.WhenAll(bytes, accounts);
        Result<long> filled = await bytes;
        if (filled.IsOk)
        {
            PutRecords(scratch, data.Path);
            Note(data.Path, done, manifest.Files.Select(Sealed).Where(static line => line.Length > 0));
        }

        return filled;
    }

    /// <summary>
    /// Gives the first server its view of the log as of this copy: what it lacks, it would have to apply while clients wait.
    /// </summary>
    private void PutRecords(string scratch, string data)
    {
        string made = Path.Combine(scratch, RecordsFile.Name);
        if (_disk.FileExists(made))
        {
            new RecordsFile(data).DeleteAll();
            _ = _disk.TryLink(made, Path.Combine(data, RecordsFile.Name));
            _disk.SyncFolder(data);
        }
    }

    private async Task<OpenedPlace> OpenAsync(CancellationToken ct)
    {
        DataFolder data = await DataFolder.OpenAsync(_disk, options.Filling(location), ct);
        ILoggerFactory loggers = Loggers.Create(options);
        try
        {
            return new OpenedPlace(data, loggers, await location.ForFilling.OpenAsync(_disk, data.Path, options.Time, loggers, ct));
        }
        catch
        {
            loggers.Dispose();
            data.Dispose();
            throw;
        }
    }

    private HashSet<string> ReadProgress(string data)
    {
        string path = Path.Combine(data, ProgressName);
        return _disk.FileExists(path)
            ? [.. Encoding.UTF8.GetString(_disk.ReadAllBytes(path, MaxProgressBytes)).Split('\n', StringSplitOptions.RemoveEmptyEntries)]
            : [];
    }

    private void Note(string data, HashSet<string> done, params IEnumerable<string> names)
    {
        done.UnionWith(names);
        AtomicFile.Replace(_disk, Path.Combine(data, ProgressName), Encoding.UTF8.GetBytes(string.Join('\n', done) + "\n"));
    }

    private void Clear(string scratch)
    {
        foreach (string folder in Folders.Select(name => Path.Combine(scratch, name)))
        {
            foreach (string file in _disk.ListFiles(folder))
            {
                _disk.Delete(Path.Combine(folder, file));
            }
        }
    }

    private sealed record OpenedPlace(DataFolder Data, ILoggerFactory Loggers, ISiteEngine Engine);
}

using System.Text;

namespace Hutch.Server;

/// <summary>
/// Moves a site between a data folder, a data folder over a bucket, and a database with a bucket, through a backup folder. While a server
/// has the old place, backups are copied behind. Without one, the last increment is copied, the old place is fenced, and the new one
/// opened. Each step can be repeated.
/// </summary>
/// <param name="source">Of a server at the old place.</param>
/// <param name="sourcePlace">The old database and bucket; null for a data folder, whose segments may be in a bucket.</param>
/// <param name="target">Of a server at the new place.</param>
/// <param name="targetPlace">The new database and bucket; null for a data folder, whose segments may be in a bucket.</param>
/// <param name="through">The backup folder.</param>
public sealed class SiteMove(
    ServeOptions source, ISharedLocation? sourcePlace, ServeOptions target, ISharedLocation? targetPlace, string through) : IAsyncDisposable
{
    /// <summary>The file in the data folder of a site that has moved away: it names the new place.</summary>
    internal const string MovedName = "MOVED";

    private const string AllowedName = "HAND-OVER";
    private const string CheckedName = "checked.txt";
    private const string OutcomeName = "hand-over.txt";
    private const int MaxTextBytes = 16 * 1024;

    private readonly LocalDisk _disk = LocalDisk.Instance;
    private SharedFill? _shared;

    private SharedFill Shared => _shared ??= new SharedFill(targetPlace!, target, Old);

    private string CheckedPath => Path.Combine(through, CheckedName);

    private string OutcomePath => Path.Combine(through, OutcomeName);

    /// <summary>True if every byte of an earlier copy was read at the new place.</summary>
    internal bool IsChecked => ReadPlace(_disk, CheckedPath) == New;

    private string Old => sourcePlace?.Where ?? Path.GetFullPath(source.DataFolder);

    private string New => targetPlace?.Where ?? Path.GetFullPath(target.DataFolder);

    /// <summary>Refuses a move between places of the same kind, or into the old place, before anything is done.</summary>
    public HutchError? FindRefusal() =>
        Kind(source, sourcePlace) is var kind && kind == Kind(target, targetPlace)
            ? ErrorCode.BadRequest.With(
                $"The old place and the new one are both {kind}. A site moves between a data folder, a data folder over a bucket, and a "
                + "database with a bucket. For another place of the same kind, use `hutch backup restore`.")
        : Path.GetFullPath(source.DataFolder) == Path.GetFullPath(target.DataFolder)
            ? ErrorCode.BadRequest.With($"{Display.Quote(New)} is the old data folder: give the new place one of its own.")
            : null;

    /// <summary>Returns true if a server has the old place.</summary>
    public async Task<bool> IsServedAsync(CancellationToken ct)
    {
        if (await FindNewPlaceAsync(ct) == New)
        {
            return false;
        }

        if (sourcePlace is not null)
        {
            return await sourcePlace.FindServerAsync(ct) is not null;
        }

        DataFolder.RequireThere(source.DataFolder);
        try
        {
            DataFolderLock.Acquire(_disk, Old, source.AllowNetworkFileSystem).Dispose();
            return false;
        }
        catch (DiskLockedException)
        {
            return true;
        }
    }

    /// <summary>Lets servers start at the old place again, if the site has not moved.</summary>
    public Task CancelAsync(CancellationToken ct) => sourcePlace?.CancelLeavingAsync(ct) ?? Task.CompletedTask;

    /// <summary>Copies the newest backup to the new place, while the old one serves, and reads every byte there.</summary>
    /// <param name="progress">Called with the part that is done, 0 to 1.</param>
    public async Task<Result<MoveReport>> CopyBehindAsync(Action<double> progress, CancellationToken ct)
    {
        try
        {
            return await CatchUpAsync(isReadAgain: true, progress, ct);
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>Closes the new place, which stays open between two copies. The next one opens it again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _shared, null) is { } shared)
        {
            await shared.DisposeAsync();
        }
    }

    /// <param name="isReadAgain">True to read every byte at the new place afterwards.</param>
    /// <inheritdoc cref="CopyBehindAsync"/>
    internal async Task<Result<MoveReport>> CatchUpAsync(bool isReadAgain, Action<double> progress, CancellationToken ct)
    {
        var folder = new BackupFolder(_disk, through);
        Result<BackupManifest> manifest = folder.Manifest(null);
        if (!manifest.IsOk)
        {
            return manifest.Error;
        }

        return (await FillAsync(folder, manifest.Value, sourceServes: true, progress, ct)).Error is { } refusal
            ? refusal
            : isReadAgain ? await CheckAsync(manifest.Value, isDone: false, ct)
            : new MoveReport(Old, New, manifest.Value.Sequence, 0, 0, IsDone: false);
    }

    /// <summary>
    /// Copies the last increment, fences the old place and opens the new one. A <see cref="DiskLockedException"/> when a server has the old
    /// place.
    /// </summary>
    /// <inheritdoc cref="CopyBehindAsync"/>
    public Task<Result<MoveReport>> FinishAsync(Action<double> progress, CancellationToken ct) => FinishAsync(null, progress, ct);

    /// <param name="own">Of the server at the old place in this process, which writes nothing any more; null if there is none.</param>
    /// <inheritdoc cref="FinishAsync(Action{double}, CancellationToken)"/>
    internal async Task<Result<MoveReport>> FinishAsync(BackupWriter? own, Action<double> progress, CancellationToken ct)
    {
        try
        {
            return await LeaveAsync(own, progress, ct);
        }
        finally
        {
            await DisposeAsync();
        }
    }

    private async Task<Result<MoveReport>> LeaveAsync(BackupWriter? own, Action<double> progress, CancellationToken ct)
    {
        string? ownFolder = own is null ? null : source.DataFolder;
        if (await FindNewPlaceAsync(ct) == New)
        {
            // A run before this one ended between the fence and the opening.
            Result<BackupManifest> last = new BackupFolder(_disk, through).Manifest(null);
            return last.IsOk ? await OpenAsync(new MoveReport(Old, New, last.Value.Sequence, 0, 0, IsDone: true), ct) : last.Error;
        }

        if (sourcePlace is not null && (await sourcePlace.BeginLeavingAsync(New, ownFolder, ct)).Error is { } running)
        {
            return running;
        }

        Result<MoveReport> moved = own is not null
            ? await CopyLastAsync(own, progress, ct)
            : await BackupHost.UseWriterAsync(
                sourcePlace is null ? source : source.Filling(sourcePlace), writer => CopyLastAsync(writer, progress, ct), ct);
        if (moved.IsOk)
        {
            Result<Done> fenced = sourcePlace is null ? Done.Value : await sourcePlace.FenceAsync(New, ownFolder, ct);
            return fenced.IsOk ? await OpenAsync(moved.Value, ct) : fenced.Error;
        }

        return moved;
    }

    /// <summary>Lets the old place serve again after a run that failed. Returns false if the site has moved, or this is unknown.</summary>
    internal async Task<bool> TryStayAsync(CancellationToken ct)
    {
        try
        {
            if (await FindNewPlaceAsync(ct) == New)
            {
                return false;
            }

            await CancelAsync(ct);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>
    /// Allows the server of a data folder to hand the site over. The operator of the machine does so with a file: the rights of an
    /// administrator must not be enough to make a server take another configuration.
    /// </summary>
    /// <param name="to">The configuration of the new place: an absolute path.</param>
    public static void AllowHandOver(string dataFolder, string through, string to) => AtomicFile.Replace(
        LocalDisk.Instance, Path.Combine(dataFolder, AllowedName), Encoding.UTF8.GetBytes($"{through}\n{to}\n"));

    /// <inheritdoc cref="AllowHandOver(string, string, string)"/>
    public void AllowHandOver(string to) => AllowHandOver(source.DataFolder, through, to);

    /// <summary>Takes the permission back. Returns false if there was none for this move.</summary>
    internal static bool TakePermission(string dataFolder, string through, string to)
    {
        string path = Path.Combine(dataFolder, AllowedName);
        if (ReadPlace(LocalDisk.Instance, path) != $"{through}\n{to}")
        {
            return false;
        }

        LocalDisk.Instance.Delete(path);
        return true;
    }

    /// <summary>Forgets the outcome of an earlier hand-over. Without a first copy, there is no folder yet: the server makes it.</summary>
    public void ForgetOutcome()
    {
        if (_disk.FileExists(OutcomePath))
        {
            _disk.Delete(OutcomePath);
        }
    }

    /// <summary>Finds the outcome of the hand-over; null while it has none.</summary>
    public string? FindOutcome() => ReadPlace(_disk, OutcomePath);

    internal void NoteOutcome(string outcome) => AtomicFile.Replace(_disk, OutcomePath, Encoding.UTF8.GetBytes(outcome + "\n"));

    /// <summary>Returns the place to which the site of a data folder has moved; null if it has not.</summary>
    internal static string? FindNewPlace(IDisk disk, string folder) => ReadPlace(disk, Path.Combine(folder, MovedName));

    private static string? ReadPlace(IDisk disk, string path) =>
        disk.FileExists(path) ? Encoding.UTF8.GetString(disk.ReadAllBytes(path, MaxTextBytes)).Trim() : null;

    private void NotePlace(string path) => AtomicFile.Replace(_disk, path, Encoding.UTF8.GetBytes(New + "\n"));

    private async Task<string?> FindNewPlaceAsync(CancellationToken ct) =>
        sourcePlace is null ? FindNewPlace(_disk, source.DataFolder) : await sourcePlace.FindNewPlaceAsync(ct);

    private async Task<Result<MoveReport>> CopyLastAsync(BackupWriter writer, Action<double> progress, CancellationToken ct)
    {
        Result<MoveReport> copied = await CopyIncrementAsync(writer, progress, ct);
        if (copied.IsOk && sourcePlace is null)
        {
            // While this process has the lock: no server can start in between.
            NotePlace(Path.Combine(Old, MovedName));
        }

        return copied;
    }

    private async Task<Result<MoveReport>> CopyIncrementAsync(BackupWriter writer, Action<double> progress, CancellationToken ct)
    {
        Result<BackupSummary> made = await writer.CreateAsync(new BackupRequest(through, WithKeys: true), static _ => { }, ct);
        if (!made.IsOk)
        {
            return made.Error;
        }

        var folder = new BackupFolder(_disk, through);
        BackupManifest manifest = folder.Manifest(made.Value.Name).Value;
        if (manifest.Gaps.Count > 0)
        {
            return ErrorCode.Unprocessable.With(
                $"The site has damage, and a move would lose its traces: {manifest.Gaps[0]} Repair it first.");
        }

        return (await FillAsync(folder, manifest, sourceServes: false, progress, ct)).Error is { } refusal ? refusal
            : IsChecked ? new MoveReport(Old, New, manifest.Sequence, 0, 0, IsDone: true)
            : await CheckAsync(manifest, isDone: true, ct);
    }

    /// <param name="sourceServes">True if the old place serves, so that there is time to store the segments in a bucket.</param>
    private async Task<Result<Done>> FillAsync(
        BackupFolder folder, BackupManifest manifest, bool sourceServes, Action<double> progress, CancellationToken ct)
    {
        if (targetPlace is not null)
        {
            return (await Shared.RunAsync(folder, manifest, progress, ct)).Then<Done>(static _ => Done.Value);
        }

        string data = Path.GetFullPath(target.DataFolder);
        return target.Site.Bucket is null
            ? await Restorer(_disk).ContinueAsync(folder, manifest, data, DataFormat.Current, progress, ct)
            : await new BucketFill(target, Restorer).RunAsync(folder, manifest, data, isStored: sourceServes, progress, ct);
    }

    private static string Kind(ServeOptions options, ISharedLocation? location) =>
        location is not null ? "a database with a bucket"
        : options.Site.Bucket is not null ? "a data folder over a bucket"
        : "a data folder";

    /// <summary>Reads every byte at the new place, and notes that this was done.</summary>
    private async Task<Result<MoveReport>> CheckAsync(BackupManifest manifest, bool isDone, CancellationToken ct)
    {
        await DisposeAsync();
        ServeOptions opened = targetPlace is null ? target with { IsFilling = true } : target.Filling(targetPlace);
        StoredBytesReport read = await BackupHost.ReadAllAsync(opened, ct);
        if (read.Problems.Count > 0)
        {
            return ErrorCode.Unprocessable.With($"The copy at {New} is not whole, and the old place stays: {read.Problems[0]}");
        }

        NotePlace(CheckedPath);
        return new MoveReport(Old, New, manifest.Sequence, read.Files, read.Bytes, isDone);
    }

    private async Task<Result<MoveReport>> OpenAsync(MoveReport report, CancellationToken ct)
    {
        if (sourcePlace is null && source.Site.Bucket is { } bucket)
        {
            // Its segments must not become a second site either.
            await bucket.FenceAsync(_disk, Old, New, ct);
        }

        if (targetPlace is not null)
        {
            await Shared.EndAsync(new BackupFolder(_disk, through).Manifest(null).Value, null, ct);
        }
        else
        {
            Restorer(_disk).EndMove(Path.GetFullPath(target.DataFolder));
        }

        _disk.Delete(CheckedPath);
        return report;
    }

    private BackupRestorer Restorer(IDisk disk) => new(disk, Guid.NewGuid, target.Time) { HasLinks = true };
}

/// <param name="Sequence">The last record that was copied.</param>
/// <param name="Files">The number of files that were read at the new place.</param>
/// <param name="IsDone">True if the site is at the new place now; false if the old place still serves.</param>
public sealed record MoveReport(string From, string To, long Sequence, long Files, long Bytes, bool IsDone);

using System.Text;

namespace Hutch.Datasets.Backups;

/// <summary>Makes a data folder of a backup: a new incarnation. Every byte is checked on its way.</summary>
public sealed class BackupRestorer(IDisk disk, Func<Guid> newId, TimeProvider time)
{
    /// <summary>A file that marks an unfinished restore: no server opens the folder.</summary>
    public const string UnfinishedName = "RESTORE-UNFINISHED";

    private const int MaxMarkBytes = 4096;

    private readonly FileCopies _copies = new(disk);

    /// <summary>True to link sealed segments, which never change, instead of copying them where the disk can.</summary>
    public bool HasLinks { get; init; }

    /// <summary>Restores a backup into a new or empty folder.</summary>
    /// <param name="progress">Called with the part that is done, 0 to 1.</param>
    /// <param name="ct">Cancels; the folder is then no data folder.</param>
    public async Task<Result<Incarnation>> RestoreAsync(
        BackupFolder folder, BackupManifest manifest, string data, int dataFormat, Action<double> progress, CancellationToken ct)
    {
        if (Refusal(folder, manifest, data, dataFormat) is { } refusal)
        {
            return refusal;
        }

        try
        {
            Begin(data, manifest);
            Result<Done> copied = await CopyAllAsync(folder, manifest, data, progress, ct);
            return copied.IsOk ? Finish(manifest, data) : copied.Error;
        }
        catch (DiskFullException)
        {
            return ErrorCode.InsufficientStorage.With(
                $"The disk of {Display.Quote(data)} is full: {manifest.Bytes} bytes are needed. "
                + "Delete the folder, free space and restore again.");
        }
    }

    /// <summary>
    /// Copies a backup for a move into a data folder, or what a later backup has more. No server opens the folder before
    /// <see cref="EndMove"/>. A sealed segment that is there is complete. The configuration of the old place stays there: one for the new
    /// place may be in the folder.
    /// </summary>
    /// <inheritdoc cref="RestoreAsync"/>
    public async Task<Result<Done>> ContinueAsync(
        BackupFolder folder, BackupManifest manifest, string data, int dataFormat, Action<double> progress, CancellationToken ct)
    {
        manifest = manifest with
        {
            Files = [.. manifest.Files.Where(static file => file.Target != BackupWriter.ConfigurationName)],
        };
        string unfinished = Path.Combine(data, UnfinishedName);
        bool isBegun = disk.FileExists(unfinished)
            && Encoding.UTF8.GetString(disk.ReadAllBytes(unfinished, MaxMarkBytes)) == Unfinished(manifest);
        if ((isBegun
                ? FindMissing(folder, manifest)
                : Refusal(folder, manifest, data, dataFormat, BackupWriter.ConfigurationName)) is { } refusal)
        {
            return refusal;
        }

        try
        {
            Begin(data, manifest);
            RemoveOthers(manifest, data);
            Result<Done> copied = await CopyAllAsync(folder, manifest, data, progress, ct);
            if (copied.IsOk && DataVersion.Read(disk, data)?.Incarnation?.From != manifest.Incarnation)
            {
                var incarnation = new Incarnation(newId().ToString("N"), From: manifest.Incarnation);
                new DataVersion(manifest.DataFormat, manifest.DataMinReader, incarnation).Write(disk, data);
            }

            return copied;
        }
        catch (DiskFullException)
        {
            return ErrorCode.InsufficientStorage.With(
                $"The disk of {Display.Quote(data)} is full: {manifest.Bytes} bytes are needed. Free space and run the command again.");
        }
    }

    /// <summary>Opens the data folder of a move to servers. Durable on return; repeating it does nothing.</summary>
    public void EndMove(string data)
    {
        disk.Delete(Path.Combine(data, UnfinishedName));
        disk.SyncFolder(data);
    }

    /// <param name="allowed">The name of a file that the folder may have already; null for none.</param>
    private HutchError? Refusal(BackupFolder folder, BackupManifest manifest, string data, int dataFormat, string? allowed = null)
    {
        if (manifest.DataMinReader > dataFormat)
        {
            return ErrorCode.Unprocessable.With(
                $"The backup {manifest.Name} is of a data folder of format {manifest.DataFormat}, made by hutch {manifest.Program}; "
                + $"this version knows {dataFormat}. Install that version to restore it. Nothing was changed.");
        }

        if (disk.ListFiles(data).Any(name => name != allowed))
        {
            return ErrorCode.Conflict.With(
                $"{Display.Quote(data)} is not empty. Restore into a new or empty folder.");
        }

        return FindMissing(folder, manifest);
    }

    private HutchError? FindMissing(BackupFolder folder, BackupManifest manifest)
    {
        BackupFile? missing = manifest.Files.FirstOrDefault(file => !disk.FileExists(folder.Full(file)));
        return missing is null
            ? null
            : ErrorCode.Unprocessable.With(
                $"The backup {manifest.Name} is incomplete: {Display.Quote(missing.Path)} is missing. "
                + "Nothing was restored; use another backup.");
    }

    private void Begin(string data, BackupManifest manifest)
    {
        disk.CreateFolder(Path.Combine(data, "segments"));
        AtomicFile.Replace(disk, Path.Combine(data, UnfinishedName), Encoding.UTF8.GetBytes(Unfinished(manifest)));
    }

    private static string Unfinished(BackupManifest manifest) =>
        "A restore or a move into this folder did not finish. Run the command of a move again; after a restore, delete the folder and "
        + "restore again.\n"
        + $"It is a site that was backed up as {manifest.Incarnation}.\n";

    /// <summary>Removes all files that an earlier part of a move left, but those that are segments of the backup.</summary>
    private void RemoveOthers(BackupManifest manifest, string data)
    {
        HashSet<string> retained =
        [
            UnfinishedName, DataVersion.FileName, BackupWriter.ConfigurationName,
            .. manifest.Files.Where(static file => file.Kind == BackupFileKind.Segment).Select(static file => file.Target),
        ];
        foreach (string part in (string[])["", "segments", BackupWriter.KeyFolder])
        {
            foreach (string file in disk.ListFiles(Path.Combine(data, part)).Where(name => !retained.Contains(Path.Combine(part, name))))
            {
                disk.Delete(Path.Combine(data, part, file));
            }
        }
    }

    private async Task<Result<Done>> CopyAllAsync(
        BackupFolder folder, BackupManifest manifest, string data, Action<double> progress, CancellationToken ct)
    {
        long all = Math.Max(1, manifest.Bytes);
        long done = 0;
        foreach (BackupFile file in manifest.Files)
        {
            string target = Path.GetFullPath(Path.Combine(data, file.Target));
            if (!target.StartsWith(Path.GetFullPath(data) + "/", StringComparison.Ordinal))
            {
                return ErrorCode.Unprocessable.With(
                    $"The backup {manifest.Name} lists the file {Display.Quote(file.Target)}, which does not belong in a data folder. "
                    + "It was not made by Hutch.");
            }

            disk.CreateFolder(Path.GetDirectoryName(target)!);
            if (!IsThere(file, target) && await CopyAsync(folder, file, target, ct) is { } damage)
            {
                return ErrorCode.Unprocessable.With(
                    $"The backup {manifest.Name} is damaged: {damage} The restored folder is unusable; "
                    + $"delete {Display.Quote(data)} and use another backup.");
            }

            done += file.Bytes;
            progress((double)done / all);
        }

        foreach (string part in manifest.Files.Select(file => Path.GetDirectoryName(Path.Combine(data, file.Target))!).Distinct())
        {
            disk.SyncFolder(part);
        }

        return Done.Value;
    }

    private bool IsThere(BackupFile file, string target)
    {
        if (file.Kind != BackupFileKind.Segment || !disk.FileExists(target))
        {
            return false;
        }

        using IDiskFile there = disk.Open(target, DiskAccess.Read);
        return there.Length == file.Bytes;
    }

    private async Task<string?> CopyAsync(BackupFolder folder, BackupFile file, string target, CancellationToken ct)
    {
        // A segment that was open in an earlier copy.
        disk.Delete(target);
        try
        {
            string hash = HasLinks && file.Kind == BackupFileKind.Segment && disk.TryLink(folder.Full(file), target)
                ? await _copies.HashAsync(target, file.Bytes, ct)
                : await _copies.CopyAsync(folder.Full(file), file.Bytes, target, null, ct);
            return hash == file.Sha256 ? null : $"{Display.Quote(file.Path)} does not match its hash.";
        }
        catch (EndOfStreamException e)
        {
            return e.Message;
        }
    }

    private Incarnation Finish(BackupManifest manifest, string data)
    {
        var incarnation = new Incarnation(newId().ToString("N"), time.GetUtcNow(), manifest.Incarnation, MustVoid: true);
        new DataVersion(manifest.DataFormat, manifest.DataMinReader, incarnation).Write(disk, data);
        disk.Delete(Path.Combine(data, UnfinishedName));
        disk.SyncFolder(data);
        return incarnation;
    }
}

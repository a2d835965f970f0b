using Hutch.Catalog.Sqlite;

namespace Hutch.Datasets.Backups;

/// <summary>Reads a backup again: every file is there, has its length and its hash, and the databases are whole.</summary>
public sealed class BackupVerifier(IDisk disk)
{
    private readonly FileCopies _copies = new(disk);

    /// <summary>Lists the damage of a backup; nothing when it can be restored.</summary>
    public async Task<IReadOnlyList<string>> FindDamageAsync(
        BackupFolder folder, BackupManifest manifest, Action<double> progress, CancellationToken ct)
    {
        var damage = new List<string>();
        long all = Math.Max(1, manifest.Bytes);
        long done = 0;
        foreach (BackupFile file in manifest.Files)
        {
            if (await FindDamageAsync(folder, file, ct) is { } found)
            {
                damage.Add(found);
            }

            done += file.Bytes;
            progress((double)done / all);
        }

        return damage;
    }

    private async Task<string?> FindDamageAsync(BackupFolder folder, BackupFile file, CancellationToken ct)
    {
        string path = folder.Full(file);
        if (!disk.FileExists(path))
        {
            return $"{Display.Quote(file.Path)} is missing.";
        }

        try
        {
            if (await _copies.HashAsync(path, file.Bytes, ct) != file.Sha256)
            {
                return $"{Display.Quote(file.Path)} is damaged: it does not match its hash.";
            }
        }
        catch (IOException e)
        {
            return $"{Display.Quote(file.Path)} cannot be read: {e.Message}";
        }

        return file.Kind == BackupFileKind.Database && SqliteCopy.Verify(path) is [string first, ..]
            ? $"{Display.Quote(file.Path)} is a damaged database: {first}"
            : null;
    }
}

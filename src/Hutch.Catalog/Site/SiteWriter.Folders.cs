namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    private void SetFolder(JournalRecord.FolderSet record) => Run(
        "UPDATE datasets SET folder = $2, folder_identity = $3 WHERE id = $1",
        record.Dataset.ToString(), record.Folder, record.Identity);

    /// <summary>Marks the previous file at the path as gone, unless it has the same bytes.</summary>
    private void RegisterFile(JournalRecord.FileRegistered record)
    {
        Lose(Key(record.Dataset), record.Path.Value, record.Time);
        Run(
            """
            INSERT INTO folder_files (dataset, path, name, size, modified, changed, inode, hashed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (dataset, path, name) DO UPDATE SET
                modified = excluded.modified, changed = excluded.changed, inode = excluded.inode, gone = NULL
            """,
            Key(record.Dataset),
            record.Path.Value,
            record.Name.ToString(),
            record.Stamp.Size,
            record.Stamp.ModifiedNanoseconds,
            record.Stamp.ChangedNanoseconds,
            unchecked((long)record.Stamp.Inode),
            record.Hashed ? 1L : 0L);
    }

    private void LoseFile(JournalRecord.FileVanished record) => Lose(Key(record.Dataset), record.Path.Value, record.Time);

    /// <summary>Forgets files that were never hashed: no tree can name them, so no reader will request them.</summary>
    private void Lose(long dataset, string path, long time)
    {
        Run("DELETE FROM folder_files WHERE dataset = $1 AND path = $2 AND hashed = 0", dataset, path);
        Run("UPDATE folder_files SET gone = $3 WHERE dataset = $1 AND path = $2 AND gone IS NULL", dataset, path, time);
    }
}

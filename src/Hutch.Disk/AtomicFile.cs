namespace Hutch.Disk;

/// <summary>Small files that are only ever replaced as a whole.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Gives a file new content: temporary name, write, sync, rename, sync of the folder. Durable on return; after a crash or failure
    /// before that the old or the new content is there, never a mixture. A left-over temporary file is replaced by the next call.
    /// </summary>
    public static void Replace(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        string folder = Path.GetDirectoryName(path) ?? throw new ArgumentException($"'{path}' has no folder.", nameof(path));
        string temporary = Path.Combine(folder, "." + Path.GetFileName(path) + ".new");
        disk.Delete(temporary);
        using (IDiskFile file = disk.Open(temporary, DiskAccess.CreateNew))
        {
            file.Write(content, 0);
            file.Sync();
        }

        disk.Rename(temporary, path);
        disk.SyncFolder(folder);
    }
}

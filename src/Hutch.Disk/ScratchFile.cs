namespace Hutch.Disk;

/// <summary>
/// Files without a name in the data folder, for data that does not fit in memory: they disappear when they are closed, or the process ends.
/// </summary>
public static class ScratchFile
{
    private const string Prefix = ".scratch-";

    public static IDiskFile Open(IDisk disk, string folder, Guid id)
    {
        string path = Path.Combine(folder, $"{Prefix}{id:N}");
        IDiskFile file = disk.Open(path, DiskAccess.CreateNew);
        disk.Delete(path);
        return file;
    }

    /// <summary>Removes what a stop left between the making of a file and the taking of its name.</summary>
    public static void DeleteLeftOvers(IDisk disk, string folder)
    {
        foreach (string name in disk.ListFiles(folder).Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            disk.Delete(Path.Combine(folder, name));
        }
    }
}

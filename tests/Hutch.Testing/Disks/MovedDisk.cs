using Hutch.Disk;

namespace Hutch.Testing.Disks;

/// <summary>A disk under another path, so that a simulated disk and the real folder of <c>site.db</c> can share one path.</summary>
public sealed class MovedDisk(IDisk disk, string from, string to) : IDisk
{
    public IDiskFile Open(string path, DiskAccess access) => disk.Open(Map(path), access);

    public bool FileExists(string path) => disk.FileExists(Map(path));

    public IReadOnlyList<string> ListFiles(string folder) => disk.ListFiles(Map(folder));

    public void CreateFolder(string folder) => disk.CreateFolder(Map(folder));

    public void Rename(string path, string newPath) => disk.Rename(Map(path), Map(newPath));

    public void Delete(string path) => disk.Delete(Map(path));

    public void SyncFolder(string folder) => disk.SyncFolder(Map(folder));

    public DiskSpace Space(string folder) => disk.Space(Map(folder));

    public IDisposable Lock(string path) => disk.Lock(Map(path));

    private string Map(string path) => path.StartsWith(from, StringComparison.Ordinal) ? to + path[from.Length..] : throw new ArgumentException(path);
}

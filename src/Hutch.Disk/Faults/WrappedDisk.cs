namespace Hutch.Disk.Faults;

/// <summary>A pass-through to another disk; derived classes override the calls that differ.</summary>
public abstract class WrappedDisk(IDisk inner) : IDisk
{
    public virtual IDiskFile Open(string path, DiskAccess access) => inner.Open(path, access);

    public virtual bool FileExists(string path) => inner.FileExists(path);

    public virtual IReadOnlyList<string> ListFiles(string folder) => inner.ListFiles(folder);

    public virtual void CreateFolder(string folder) => inner.CreateFolder(folder);

    public virtual void Rename(string path, string newPath) => inner.Rename(path, newPath);

    public virtual bool TryLink(string path, string newPath) => inner.TryLink(path, newPath);

    public virtual void Delete(string path) => inner.Delete(path);

    public virtual void SyncFolder(string folder) => inner.SyncFolder(folder);

    public virtual DiskSpace Space(string folder) => inner.Space(folder);

    public virtual IDisposable Lock(string path) => inner.Lock(path);
}

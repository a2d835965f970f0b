namespace Hutch.Disk.Faults;

/// <summary>A pass-through to another disk; derived classes override the calls that differ.</summary>
public abstract class WrappedDisk(IDisk inner) : IDisk
{
    /// <inheritdoc/>
    public virtual IDiskFile Open(string path, DiskAccess access) => inner.Open(path, access);

    /// <inheritdoc/>
    public virtual bool FileExists(string path) => inner.FileExists(path);

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> ListFiles(string folder) => inner.ListFiles(folder);

    /// <inheritdoc/>
    public virtual void CreateFolder(string folder) => inner.CreateFolder(folder);

    /// <inheritdoc/>
    public virtual void Rename(string path, string newPath) => inner.Rename(path, newPath);

    /// <inheritdoc/>
    public virtual bool TryLink(string path, string newPath) => inner.TryLink(path, newPath);

    /// <inheritdoc/>
    public virtual void Delete(string path) => inner.Delete(path);

    /// <inheritdoc/>
    public virtual void SyncFolder(string folder) => inner.SyncFolder(folder);

    /// <inheritdoc/>
    public virtual DiskSpace Space(string folder) => inner.Space(folder);

    /// <inheritdoc/>
    public virtual IDisposable Lock(string path) => inner.Lock(path);
}

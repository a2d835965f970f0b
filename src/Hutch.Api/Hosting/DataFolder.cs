using Hutch.Datasets.Backups;
using Hutch.Disk;

namespace Hutch.Api.Hosting;

/// <summary>The data folder, owned by this process until it is disposed.</summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>The format that this program writes.</summary>
    public const int Format = 1;

    private readonly IDisposable _lock;

    private DataFolder(string path, IDisposable ownership)
    {
        Path = path;
        _lock = ownership;
    }

    public string Path { get; }

    /// <summary>Makes the folder when it is not there, locks it and checks its format.</summary>
    public static DataFolder Open(IDisk disk, string folder, bool allowNetworkFileSystem, TimeProvider time)
    {
        string path = System.IO.Path.GetFullPath(folder);
        disk.CreateFolder(path);
        IDisposable ownership = DataFolderLock.Acquire(disk, path, allowNetworkFileSystem, time);
        try
        {
            RefuseUnfinished(disk, path);
            if (DataVersion.Read(disk, path) is { } version)
            {
                _ = version.NeedsUpgrade(Format, path);
            }
            else
            {
                new DataVersion(Format, Format).Write(disk, path);
            }

            return new DataFolder(path, ownership);
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    private static void RefuseUnfinished(IDisk disk, string path)
    {
        if (disk.FileExists(System.IO.Path.Combine(path, BackupRestorer.UnfinishedName)))
        {
            throw new IOException($"A restore into '{path}' was not finished: it is no data folder. Remove it and restore again.");
        }
    }

    public void Dispose() => _lock.Dispose();
}

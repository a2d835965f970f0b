using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.Datasets.Tests.Upgrades;

/// <summary>The machine's disk as a process sees it that is killed before its n-th change: nothing is changed from then on.</summary>
internal sealed class StoppingDisk(long stopBefore) : WrappedDisk(LocalDisk.Instance)
{
    private long _changes;

    /// <summary>Changes that were asked for.</summary>
    public long Changes => _changes;

    public override IDiskFile Open(string path, DiskAccess access)
    {
        if (access == DiskAccess.CreateNew)
        {
            Change();
        }

        return new StoppingFile(this, base.Open(path, access));
    }

    public override void CreateFolder(string folder)
    {
        Change();
        base.CreateFolder(folder);
    }

    public override void Rename(string path, string newPath)
    {
        Change();
        base.Rename(path, newPath);
    }

    public override bool TryLink(string path, string newPath)
    {
        Change();
        return base.TryLink(path, newPath);
    }

    public override void Delete(string path)
    {
        Change();
        base.Delete(path);
    }

    public override void SyncFolder(string folder) => Change();

    private void Change()
    {
        if (++_changes >= stopBefore)
        {
            throw new IOException("The process was killed here.");
        }
    }

    private sealed class StoppingFile(StoppingDisk disk, IDiskFile file) : WrappedFile(file)
    {
        public override void Write(ReadOnlySpan<byte> source, long offset)
        {
            disk.Change();
            base.Write(source, offset);
        }

        public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
        {
            disk.Change();
            base.Write(sources, offset);
        }

        public override void SetLength(long length)
        {
            disk.Change();
            base.SetLength(length);
        }

        public override void Sync() => disk.Change();
    }
}

namespace Hutch.Disk.Faults;

public enum DiskOperation
{
    Open,

    Read,

    /// <summary>Either <see cref="IDiskFile.Write(ReadOnlySpan{byte}, long)"/>.</summary>
    Write,

    SetLength,

    Allocate,

    Sync,

    /// <summary><see cref="IDisk.SyncFolder"/>.</summary>
    SyncFolder,

    Rename,

    Delete,

    /// <summary><see cref="IDisk.CreateFolder"/>, when there is something to make.</summary>
    CreateFolder,

    List,
}

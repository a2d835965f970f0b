namespace Hutch.Disk.Faults;

/// <summary>The calls of a disk and its files that can fail.</summary>
public enum DiskOperation
{
    /// <summary><see cref="IDisk.Open"/>.</summary>
    Open,

    /// <summary><see cref="IDiskFile.Read"/>.</summary>
    Read,

    /// <summary>Either <see cref="IDiskFile.Write(ReadOnlySpan{byte}, long)"/>.</summary>
    Write,

    /// <summary><see cref="IDiskFile.SetLength"/>.</summary>
    SetLength,

    /// <summary><see cref="IDiskFile.Allocate"/>.</summary>
    Allocate,

    /// <summary><see cref="IDiskFile.Sync"/>.</summary>
    Sync,

    /// <summary><see cref="IDisk.SyncFolder"/>.</summary>
    SyncFolder,

    /// <summary><see cref="IDisk.Rename"/>.</summary>
    Rename,

    /// <summary><see cref="IDisk.Delete"/>.</summary>
    Delete,

    /// <summary><see cref="IDisk.CreateFolder"/>, when there is something to make.</summary>
    CreateFolder,

    /// <summary><see cref="IDisk.ListFiles"/>.</summary>
    List,
}

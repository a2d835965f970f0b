namespace Hutch.Disk.Folders;

/// <summary>The outcome of moving a name.</summary>
public enum MoveOutcome
{
    /// <summary>It has its new name; the previous owner of that name is gone.</summary>
    Done,

    /// <summary>The two folders are on different file systems; nothing was done.</summary>
    OtherDevice,

    /// <summary>A folder has the new name; nothing was done.</summary>
    FolderInTheWay,
}

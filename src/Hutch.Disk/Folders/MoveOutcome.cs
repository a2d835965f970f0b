namespace Hutch.Disk.Folders;

/// <summary>How moving a name went.</summary>
public enum MoveOutcome
{
    /// <summary>It is under its new name; what was there before is gone.</summary>
    Done,

    /// <summary>The two folders are on different file systems; nothing was done.</summary>
    OtherDevice,

    /// <summary>A folder has the new name; nothing was done.</summary>
    FolderInTheWay,
}

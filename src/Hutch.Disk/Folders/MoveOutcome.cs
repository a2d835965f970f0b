namespace Hutch.Disk.Folders;

public enum MoveOutcome
{
    /// <summary>It has its new name; the previous owner of that name is gone.</summary>
    Done,

    /// <summary>The two folders are on different file systems; nothing was done.</summary>
    OtherDevice,

    FolderInTheWay,
}

namespace Hutch.Disk.Folders;

public enum FileType
{
    File,

    Folder,

    SymbolicLink,

    /// <summary>A socket, pipe or device: no dataset holds one.</summary>
    Special,
}

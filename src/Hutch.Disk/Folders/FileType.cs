namespace Hutch.Disk.Folders;

/// <summary>The type of a name in a folder.</summary>
public enum FileType
{
    /// <summary>A regular file.</summary>
    File,

    Folder,

    SymbolicLink,

    /// <summary>A socket, pipe or device: no dataset holds one.</summary>
    Special,
}

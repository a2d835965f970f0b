namespace Hutch.Disk.Folders;

/// <summary>What a name in a folder is.</summary>
public enum FileType
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A socket, pipe or device: no dataset holds one.</summary>
    Special,
}

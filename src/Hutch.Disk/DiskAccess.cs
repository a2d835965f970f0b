namespace Hutch.Disk;

/// <summary>The mode in which a file is opened.</summary>
public enum DiskAccess
{
    /// <summary>An existing file, to read.</summary>
    Read,

    /// <summary>An existing file, to read and write.</summary>
    ReadWrite,

    /// <summary>A new file, to read and write; fails when the name is taken.</summary>
    CreateNew,
}

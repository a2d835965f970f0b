namespace Hutch.Disk;

public enum DiskAccess
{
    Read,

    ReadWrite,

    /// <summary>A new file, to read and write; fails when the name is taken.</summary>
    CreateNew,
}

namespace Hutch.Disk.Faults;

/// <summary>One call to a <see cref="FaultyDisk"/>, as its hooks see it, before it has any effect.</summary>
/// <param name="Number">The number of the call, from 1. The same program makes the same calls in the same order.</param>
/// <param name="Offset">The offset of a read or write; else the new length or 0.</param>
/// <param name="Length">The bytes of a read or write; else 0.</param>
public readonly record struct DiskCall(long Number, DiskOperation Operation, string Path, long Offset, long Length)
{
    public bool IsChange => Operation is not (DiskOperation.Read or DiskOperation.List or DiskOperation.Open);
}

namespace Hutch.Disk.Faults;

/// <summary>One call to a <see cref="FaultyDisk"/>, as its hooks see it, before it has any effect.</summary>
/// <param name="Number">The how-manyth call it is, from 1. The same program makes the same calls in the same order.</param>
/// <param name="Operation">What is asked.</param>
/// <param name="Path">Of which file or folder.</param>
/// <param name="Offset">For reads and writes: where; else the new length or 0.</param>
/// <param name="Length">For reads and writes: how many bytes; else 0.</param>
public readonly record struct DiskCall(long Number, DiskOperation Operation, string Path, long Offset, long Length)
{
    /// <summary>Whether the call changes what is on the disk, or what is durable.</summary>
    public bool IsChange => Operation is not (DiskOperation.Read or DiskOperation.List or DiskOperation.Open);
}

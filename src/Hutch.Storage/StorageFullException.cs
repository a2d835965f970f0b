using Hutch.Model;

namespace Hutch.Storage;

/// <summary>There is no space for the write, or only the reserve is left; nothing was written. Reads and deletes go on.</summary>
/// <param name="neededBytes">How much the write asked for.</param>
/// <param name="freeBytes">How much the file system has free.</param>
/// <param name="reserveBytes">How much of that is kept for deletes and recovery.</param>
/// <param name="inner">What the disk said; null when it was not asked.</param>
public sealed class StorageFullException(long neededBytes, long freeBytes, long reserveBytes, Exception? inner = null)
    : StorageRefusedException(
    $"{Display.Bytes(neededBytes)} are needed, {Display.Bytes(freeBytes)} are free, and {Display.Bytes(reserveBytes)} must stay free for "
    + "deletes and recovery", inner)
{
    public long NeededBytes => neededBytes;

    public long FreeBytes => freeBytes;

    /// <summary>The part of the free bytes that is reserved for deletes and recovery.</summary>
    public long ReserveBytes => reserveBytes;
}

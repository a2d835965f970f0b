using Hutch.Disk;
using Hutch.Disk.Folders;

namespace Hutch.Programs;

/// <summary>The disk on which programs have their inputs and results while they run.</summary>
public static class ScratchDisk
{
    /// <summary>Free bytes that programs leave on any disk: those of other runs, of logs, of images.</summary>
    private const long Least = 64L << 20;

    /// <summary>Returns true if the folder of programs is on the disk of the records.</summary>
    public static bool IsShared(string dataFolder, string scratch) =>
        MountFacts.Read(Existing(dataFolder)) is { } records && MountFacts.Read(Existing(scratch)) is { } programs
        && records.Device == programs.Device;

    /// <summary>Returns the free bytes of the disk that programs leave to others: with records on it, more than the store needs.</summary>
    /// <param name="reserveBytes">The free bytes below which the store refuses writes.</param>
    public static long KeepFreeBytes(string dataFolder, string scratch, long reserveBytes) =>
        IsShared(dataFolder, scratch) ? reserveBytes + Least : Least;

    private static string Existing(string folder)
    {
        while (!SmallFile.FolderExists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        return folder;
    }
}

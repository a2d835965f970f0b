using System.Globalization;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>The lock by which one process owns a data folder, and the check that the folder's disk has reliable locks.</summary>
/// <remarks>The lock is on the file <c>VERSION</c>, which no process ever replaces. Its second block describes the holder.</remarks>
[SupportedOSPlatform("linux")]
public static class DataFolderLock
{
    private const int OwnerBlock = 1;
    private const string DoorSeparator = ", ";
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>
    /// Takes the folder for this process until the result is disposed or the process ends. Throws <see cref="DiskLockedException"/> naming
    /// the owner when it is taken, and <see cref="IOException"/> on a network file system unless <paramref name="allowNetworkFileSystem"/>.
    /// Nothing that is there is changed.
    /// </summary>
    public static IDisposable Acquire(IDisk disk, string folder, bool allowNetworkFileSystem)
    {
        RefuseNetwork(disk.Space(folder), folder, allowNetworkFileSystem);
        string path = Path.Combine(folder, DataVersion.FileName);
        try
        {
            return disk.Lock(path);
        }
        catch (DiskLockedException)
        {
            string owner = DataVersion.ReadBlock(disk, path, OwnerBlock);
            throw owner.Length == 0 ? new DiskLockedException(path) : new DiskLockedException(path, owner);
        }
    }

    /// <summary>
    /// Writes the holder of the folder and its listening addresses, for the message that the next process shows. Call it only with the lock
    /// held, for a known format.
    /// </summary>
    public static void Sign(IDisk disk, string folder, TimeProvider time, params IReadOnlyList<(string Door, Uri Address)> doors)
    {
        string listens = string.Concat(doors.Select(static door => $"{DoorSeparator}{door.Door} at {Authority(door.Address)}"));
        DataVersion.WriteBlock(disk, Path.Combine(folder, DataVersion.FileName), OwnerBlock, Describe(time) + listens);
    }

    /// <summary>Reads the listening addresses out of the holder's description; empty before it listens.</summary>
    public static IReadOnlyList<(string Door, Uri Address)> DoorsOf(string holder)
    {
        var doors = new List<(string, Uri)>();
        foreach (string part in holder.Split(DoorSeparator).Skip(1))
        {
            if (part.Split(" at ") is [var door, var text] && Uri.TryCreate(text, UriKind.Absolute, out Uri? address))
            {
                doors.Add((door, address));
            }
        }

        return doors;
    }

    /// <summary>
    /// Returns the description that the holder of the folder left; null if it is not locked. Writes nothing and keeps no lock.
    /// </summary>
    public static string? FindHolder(string folder)
    {
        string path = Path.Combine(folder, DataVersion.FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        using SafeFileHandle handle = LocalDisk.OpenHandle(path, OpenFlags.ReadOnly);
        if (LocalDisk.TryLock(handle, path, LibC.LockShared))
        {
            return null;
        }

        string owner = DataVersion.ReadBlock(LocalDisk.Instance, path, OwnerBlock);
        return owner.Length == 0 ? "a process that has not written its name yet" : owner;
    }

    private static void RefuseNetwork(DiskSpace space, string folder, bool allowed)
    {
        if (space.IsNetwork && !allowed)
        {
            throw new IOException(
                $"'{folder}' is on a network file system ({space.FileSystem}). Its locks and syncs are not reliable: "
                + "use a folder on a local disk, or allow this one in the configuration if only this machine uses it.");
        }
    }

    private static string Authority(Uri address) => address.GetLeftPart(UriPartial.Authority);

    // The boot id shows if the process id can still mean the same process.
    private static string Describe(TimeProvider time)
    {
        string boot = File.Exists(BootIdPath) ? File.ReadAllText(BootIdPath).Trim() : "unknown";
        string since = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"process {Environment.ProcessId} on {Environment.MachineName} since {since} (boot {boot})";
    }
}

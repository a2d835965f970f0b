using System.Globalization;

namespace Hutch.Disk;

/// <summary>One process owns a data folder: the lock that says so, and the check that the folder is on a disk whose locks can be trusted.</summary>
public static class DataFolderLock
{
    /// <summary>The name of the lock file in the data folder.</summary>
    public const string FileName = "LOCK";

    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>
    /// Takes the folder for this process until the result is disposed or the process ends. Throws <see cref="DiskLockedException"/> naming the
    /// owner when it is taken, and <see cref="IOException"/> on a network file system unless <paramref name="allowNetworkFileSystem"/>.
    /// </summary>
    public static IDisposable Acquire(IDisk disk, string folder, bool allowNetworkFileSystem, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(time);
        RefuseNetwork(disk.Space(folder), folder, allowNetworkFileSystem);
        return disk.Lock(Path.Combine(folder, FileName), Describe(time));
    }

    private static void RefuseNetwork(DiskSpace space, string folder, bool allowed)
    {
        if (space.IsNetwork && !allowed)
        {
            throw new IOException(
                $"'{folder}' is on a network file system ({space.FileSystem}). Its locks and syncs cannot be trusted with data: "
                + "choose a folder on a local disk, or allow it in the configuration if you know that only this machine uses it.");
        }
    }

    // The boot id tells a reader of the file whether the process id can still mean the same process.
    private static string Describe(TimeProvider time)
    {
        string boot = File.Exists(BootIdPath) ? File.ReadAllText(BootIdPath).Trim() : "unknown";
        string since = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"process {Environment.ProcessId} on {Environment.MachineName} since {since} (boot {boot})\n";
    }
}

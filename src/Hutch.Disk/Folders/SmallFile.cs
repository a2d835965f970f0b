using Hutch.Disk.Folders.Systems;

namespace Hutch.Disk.Folders;

/// <summary>Reads and replaces a whole small file, such as a configuration.</summary>
public static class SmallFile
{
    /// <summary>Permissions of a file that only its owner may read: 0600.</summary>
    public const int OwnerOnly = 0x180;

    /// <summary>Permissions of a file that anybody may read, less the user's mask: 0666.</summary>
    public const int Shared = 0x1B6;

    /// <summary>The bytes of a file; null when there is none.</summary>
    public static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static FileStatus? Status(string path) => SystemFiles.Here.Status(path, followsLinks: true);

    /// <summary>
    /// Makes a folder, and those above it, that only its owner can enter (0700); one that is there stays as it is. On Windows the access
    /// list of the folder above applies: that of a profile lets only its user in.
    /// </summary>
    public static void MakePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public static void MakeFolder(string path) => Directory.CreateDirectory(path);

    /// <summary>Deletes a folder with all that is in it, if it exists. Links are deleted, not followed.</summary>
    public static void DeleteTree(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    public static bool FolderExists(string path) => Directory.Exists(path);

    public static bool FileExists(string path) => File.Exists(path);

    /// <summary>The paths of the folders in a folder.</summary>
    public static IReadOnlyList<string> Folders(string path) => Directory.GetDirectories(path);

    /// <summary>Removes a file; one that is not there is removed already.</summary>
    public static void Delete(string path) => File.Delete(path);

    /// <summary>Deletes the oldest files of a folder, so that at most some are left.</summary>
    public static void DeleteOldest(string folder, int left)
    {
        FileInfo[] files = new DirectoryInfo(folder).GetFiles();
        foreach (FileInfo old in files.OrderByDescending(static file => file.LastWriteTimeUtc).Skip(left))
        {
            old.Delete();
        }
    }

    /// <summary>Replaces or makes a file at once: readers see old or new bytes, also after a power loss. Durable on return.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, int mode = Shared)
    {
        using var file = new FileReplacement(path, mode);
        file.Stream.Write(bytes);
        file.Publish(durable: true);
    }
}

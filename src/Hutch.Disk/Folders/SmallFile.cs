using Microsoft.Win32.SafeHandles;

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

    /// <summary>Replaces a file, or makes it, at once: a reader sees the old or the new bytes, also after a power loss. Returns when they are durable.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, int mode = Shared)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using FolderHandle handle = FolderHandle.Open(folder);
        string temporary = $".{Path.GetFileName(path)}.{Environment.ProcessId}.new";
        handle.Delete(temporary);
        using (SafeFileHandle file = handle.CreateFile(temporary, mode))
        {
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        }

        handle.TryMove(temporary, handle, Path.GetFileName(path));
        handle.Sync();
    }
}

using Hutch.Disk.Folders.Systems;

namespace Hutch.Disk;

/// <summary>Copies of files that share their blocks until one of them is written to (reflink), where the file system can.</summary>
public static class FileClone
{
    /// <summary>
    /// Makes <paramref name="destination"/> (new, or empty) a copy of <paramref name="source"/> that shares its blocks. Returns false, with
    /// nothing written, when the file system cannot or the two are on different ones: copy then, or link.
    /// </summary>
    public static bool TryClone(SafeFileHandle source, SafeFileHandle destination)
    {
        return SystemFiles.Here.TryClone(source, destination);
    }

    /// <summary>
    /// Makes a new file that is a copy of another, sharing its blocks where possible; returns whether they are shared. Not synced.
    /// </summary>
    public static bool Copy(string source, string destination)
    {
        using SafeFileHandle from = File.OpenHandle(source);
        using SafeFileHandle to = File.OpenHandle(destination, FileMode.CreateNew, FileAccess.Write);
        if (TryClone(from, to))
        {
            return true;
        }

        CopyBytes(from, to);
        return false;
    }

    private static void CopyBytes(SafeFileHandle from, SafeFileHandle to)
    {
        var buffer = new byte[256 * 1024];
        long offset = 0;
        for (int read; (read = RandomAccess.Read(from, buffer, offset)) > 0; offset += read)
        {
            RandomAccess.Write(to, buffer.AsSpan(0, read), offset);
        }
    }
}

using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk.Folders;

/// <summary>Reads and makes whole small files through the handle of their folder, so that no link leads elsewhere.</summary>
[SupportedOSPlatform("linux")]
public static class WholeFile
{
    /// <summary>
    /// The bytes of a file, at most one more than the limit, so that a longer one shows. Null when there is none, or it is no regular file.
    /// </summary>
    public static byte[]? TryRead(FolderHandle folder, string name, int maxBytes)
    {
        using SafeFileHandle? file = folder.TryOpenFile(name);
        if (file is null)
        {
            return null;
        }

        var bytes = new byte[(int)Math.Min(FolderHandle.Status(file).Size, maxBytes) + 1];
        int length = 0;
        for (int read = -1; read != 0 && length <= maxBytes; length += read)
        {
            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, maxBytes + 1L)); // it grew meanwhile
            }

            read = RandomAccess.Read(file, bytes.AsSpan(length), length);
        }

        return bytes[..length];
    }

    /// <summary>
    /// Makes a file with the protection of another. False, with nothing made, when that cannot be given. Its bytes are durable on return;
    /// its name is when the folder is synced.
    /// </summary>
    public static bool TryMakeLike(FolderHandle folder, string name, ReadOnlySpan<byte> bytes, string like)
    {
        using SafeFileHandle model = folder.TryOpenFile(like) ?? throw new FileNotFoundException($"There is no file '{like}'.", like);
        FileProtection protection = FileProtection.Read(model);
        bool isLike;
        using (SafeFileHandle file = folder.CreateFile(name, SmallFile.OwnerOnly))
        {
            RandomAccess.Write(file, bytes, 0);
            isLike = protection.TryGive(file);
            RandomAccess.FlushToDisk(file);
        }

        return isLike || !folder.Delete(name);
    }

    /// <summary>
    /// Makes a file with a mode, and the owner of the folder where that can be given. False, with nothing made, where the file system gives
    /// the mode to others too (a mount may have one mode for all files). Its bytes are durable on return; its name is when the folder is
    /// synced.
    /// </summary>
    public static bool TryMake(FolderHandle folder, string name, ReadOnlySpan<byte> bytes, int mode)
    {
        using (SafeFileHandle file = folder.CreateFile(name, SmallFile.OwnerOnly))
        {
            FileStatus owner = folder.Status();
            _ = LibC.ChangeOwner(file, owner.Owner, owner.Group);
            FolderHandle.SetMode(file, mode);
            if ((FolderHandle.Status(file).Mode & ~mode) == 0)
            {
                RandomAccess.Write(file, bytes, 0);
                RandomAccess.FlushToDisk(file);
                return true;
            }
        }

        folder.Delete(name);
        return false;
    }

    /// <summary>Returns true if a write failed because the place is read-only, for all or for this process.</summary>
    public static bool IsReadOnly(IOException failure) =>
        failure.HResult is ErrorNumber.ReadOnly or ErrorNumber.NoAccess or ErrorNumber.NotPermitted;
}

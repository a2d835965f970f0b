using Hutch.Disk.Folders;
using Hutch.Model.Annex;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Reads files in the facility's folders. The file must be the registered version, before and after its bytes are read. It follows no
/// symbolic link below the dataset's folder, even if the folder changes during the read.
/// </summary>
public static class FolderFileReader
{
    /// <summary>Fills a span with the bytes of a file from an offset on. Blocks while the file system reads.</summary>
    /// <exception cref="HutchException">
    /// It is not the registered file: <see cref="ErrorCode.Gone"/>, or <see cref="ErrorCode.Unavailable"/> for a file that was changed and
    /// will be registered again.
    /// </exception>
    public static void Read(FolderFile file, long offset, Span<byte> destination)
    {
        try
        {
            using SafeFileHandle handle = Open(file);
            if (FolderHandle.Read(handle, (file.ArchiveOffset ?? 0) + offset, destination) < destination.Length)
            {
                throw Changed(file);
            }

            Require(file, FolderHandle.Status(handle));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HutchException(
                ErrorCode.Unavailable.With($"The facility's file system cannot read {Display.Quote(file.Path.Value)} now."), e);
        }
    }

    /// <summary>Returns true if the registered version of the file is present. Blocks while the file system answers.</summary>
    public static bool IsThere(FolderFile file)
    {
        try
        {
            Open(file).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HutchException)
        {
            return false;
        }
    }

    /// <summary>Returns true if this machine has the folder of a file. Blocks while the file system answers.</summary>
    public static bool HasFolder(FolderFile file)
    {
        try
        {
            FolderHandle.Open(file.Folder).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static FileStamp StampOf(in FileStatus status) =>
        new(status.Size, status.ModifiedNanoseconds, status.ChangedNanoseconds, status.Inode);

    internal static HutchException Gone(FolderFile file) => ErrorCode.Gone.With(
        $"This version of {Display.Quote(file.Path.Value)} stood in a folder of the facility, where it was changed or removed.")
        .ToException();

    private static SafeFileHandle Open(FolderFile file)
    {
        bool isArchived = file.ArchiveOffset is not null;
        FolderHandle folder = FolderHandle.Open(isArchived ? AdoptedFolder.RepositoryOf(file.Folder) : file.Folder);
        try
        {
            string[] names = (isArchived ? RiaLayout.ArchiveFile : file.Path.Value).Split('/');
            foreach (string name in names[..^1])
            {
                FolderHandle below = folder.TryOpenFolder(name) ?? throw Changed(file);
                folder.Dispose();
                folder = below;
            }

            SafeFileHandle handle = folder.TryOpenFile(names[^1]) ?? throw Changed(file);
            try
            {
                Require(file, FolderHandle.Status(handle));
                return handle;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        finally
        {
            folder.Dispose();
        }
    }

    private static void Require(FolderFile file, in FileStatus status)
    {
        FileStamp now = StampOf(status);
        if (status.Type != FileType.File || !file.Stamp.Fits(file.ArchiveOffset is null ? now : now with { Size = file.Stamp.Size }))
        {
            throw Changed(file);
        }
    }

    private static HutchException Changed(FolderFile file) => file.IsHashed
        ? Gone(file)
        : ErrorCode.Unavailable.With(
            $"{Display.Quote(file.Path.Value)} is being written at the facility. Read it again in a moment.").ToException();
}

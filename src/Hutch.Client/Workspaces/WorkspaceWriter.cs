using Hutch.Disk;
using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Model.Contracts;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client.Workspaces;

/// <summary>
/// Puts entries into the working directory: complete under a temporary name first, then in place by a rename, so that nobody ever sees half a
/// file; never through a link. For use by one thread.
/// </summary>
internal sealed class WorkspaceWriter(Workspace workspace) : IDisposable
{
    private const int ExecuteBits = 0x49;
    private const int ReadBits = 0x124;

    private static long _counter;

    private readonly FolderChain _chain = new(workspace.Root);

    /// <inheritdoc/>
    public void Dispose() => _chain.Dispose();

    /// <summary>Writes a small file whose bytes were verified.</summary>
    internal void PlaceBytes(EntryInfo entry, ReadOnlySpan<byte> bytes)
    {
        string name = TemporaryName();
        using SafeFileHandle file = workspace.Temporary.CreateFile(name);
        RandomAccess.Write(file, bytes, 0);
        Finish(entry, file, workspace.Temporary, name);
    }

    /// <summary>Moves a large file whose bytes were verified from where it was gathered.</summary>
    internal void PlacePart(EntryInfo entry, SafeFileHandle file, FolderHandle folder, string name) => Finish(entry, file, folder, name);

    /// <summary>Copies a file of ours that was verified, sharing its blocks where the file system can.</summary>
    internal void PlaceCopy(EntryInfo entry, SafeFileHandle source)
    {
        string name = TemporaryName();
        using SafeFileHandle file = workspace.Temporary.CreateFile(name);
        if (!FileClone.TryClone(source, file))
        {
            CopyBytes(source, file);
        }

        Finish(entry, file, workspace.Temporary, name);
    }

    /// <summary>Shares the blocks of a file of the cache. False, with nothing done, where the file system cannot.</summary>
    internal bool TryPlaceClone(EntryInfo entry, SafeFileHandle source)
    {
        string name = TemporaryName();
        using SafeFileHandle file = workspace.Temporary.CreateFile(name);
        if (!FileClone.TryClone(source, file))
        {
            workspace.Temporary.Delete(name);
            return false;
        }

        Finish(entry, file, workspace.Temporary, name);
        return true;
    }

    /// <summary>Makes a symbolic link: one of the dataset's, a placeholder, or one into the cache.</summary>
    internal void PlaceLink(string path, string target, long? modified)
    {
        string name = TemporaryName();
        workspace.Temporary.MakeLink(target, name);
        if (modified is { } time)
        {
            workspace.Temporary.SetLinkModified(name, time);
        }

        Move(workspace.Temporary, name, path);
        workspace.Index.Remove(path);
    }

    /// <summary>Makes an empty folder.</summary>
    internal void PlaceFolder(string path) => _chain.Make(path);

    /// <summary>What stands at a path; null when nothing does, or a link is on the way.</summary>
    internal FileStatus? Status(string path)
    {
        (string folder, string name) = FolderChain.Split(path);
        return _chain.Find(folder)?.Status(name);
    }

    /// <summary>Removes a file, link or empty folder, and then the folders that held nothing else.</summary>
    internal void Remove(string path)
    {
        (string folder, string name) = FolderChain.Split(path);
        FolderHandle? parent = _chain.Find(folder);
        if (parent?.Status(name) is { Type: FileType.Folder })
        {
            parent.DeleteFolder(name);
        }
        else
        {
            parent?.Delete(name);
        }

        workspace.Index.Remove(path);
        while (folder.Length > 0)
        {
            (string above, string last) = FolderChain.Split(folder);
            _chain.Reset();
            if (_chain.Find(above)?.DeleteFolder(last) != true)
            {
                return;
            }

            folder = above;
        }
    }

    private static string TemporaryName() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref _counter)}");

    private static void CopyBytes(SafeFileHandle from, SafeFileHandle to)
    {
        var buffer = new byte[256 * 1024];
        long offset = 0;
        for (int read; (read = RandomAccess.Read(from, buffer, offset)) > 0; offset += read)
        {
            RandomAccess.Write(to, buffer.AsSpan(0, read), offset);
        }
    }

    private void Finish(EntryInfo entry, SafeFileHandle file, FolderHandle folder, string name)
    {
        try
        {
            if (entry.Executable == true)
            {
                int mode = FolderHandle.Status(file).Mode;
                FolderHandle.SetMode(file, mode | (((mode & ReadBits) >> 2) & ExecuteBits));
            }

            if (entry.Modified is { } time)
            {
                FolderHandle.SetModified(file, time);
            }

            Move(folder, name, entry.Path);
        }
        catch
        {
            folder.Delete(name);
            throw;
        }

        workspace.Index.SetWritten(entry.Path, FolderHandle.Status(file), entry.Hash!.Value);
    }

    private void Move(FolderHandle from, string fromName, string path)
    {
        (string folder, string name) = FolderChain.Split(path);
        FolderHandle to = _chain.Make(folder);
        if (to.Status(name) is { Type: FileType.Folder } && !to.DeleteFolder(name))
        {
            from.Delete(fromName);
            throw ErrorCode.PathConflict.With($"{Display.Quote(path)} is a folder with files in it here, and a file in the dataset; rename one of them.").ToException();
        }

        if (!from.TryMove(fromName, to, name))
        {
            MoveAcross(from, fromName, to, name);
        }
    }

    // A folder of the working directory may be another file system: then the complete copy is made there, and renamed there.
    private static void MoveAcross(FolderHandle from, string fromName, FolderHandle to, string name)
    {
        string part = Workspace.TemporaryPrefix + TemporaryName();
        if (from.Status(fromName) is { Type: FileType.SymbolicLink })
        {
            to.MakeLink(from.ReadLink(fromName).Name, part);
        }
        else
        {
            using SafeFileHandle source = from.TryOpenFile(fromName) ?? throw new IOException($"'{from.Path}/{fromName}' is gone.");
            FileStatus status = FolderHandle.Status(source);
            using SafeFileHandle target = to.CreateFile(part, status.Mode);
            CopyBytes(source, target);
            FolderHandle.SetModified(target, status.ModifiedNanoseconds);
        }

        to.TryMove(part, to, name);
        from.Delete(fromName);
    }
}

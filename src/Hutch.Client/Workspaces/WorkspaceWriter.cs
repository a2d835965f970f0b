namespace Hutch.Client.Workspaces;

/// <summary>
/// Puts entries into the working directory: complete under a temporary name first, then renamed, so that half a file is never visible.
/// Never writes through a link. For use by one thread.
/// </summary>
internal sealed class WorkspaceWriter(Workspace workspace) : IDisposable
{
    private const int CopyBytes = 256 * 1024;

    private readonly FolderChain _chain = new(workspace.Root);

    public void Dispose() => _chain.Dispose();

    /// <summary>Writes a small file whose bytes were verified.</summary>
    internal void PlaceBytes(EntryInfo entry, ReadOnlySpan<byte> bytes)
    {
        using UnpublishedFile file = Begin(entry, out string name);
        SparseFile.Write(file.File, bytes, 0);
        Publish(entry, file, name);
    }

    /// <summary>Shares the blocks of a file of the cache. False, with nothing done, where the file system cannot.</summary>
    internal bool TryPlaceClone(EntryInfo entry, SafeFileHandle source)
    {
        using UnpublishedFile file = Begin(entry, out string name);
        if (!FileClone.TryClone(source, file.File))
        {
            return false;
        }

        Publish(entry, file, name);
        return true;
    }

    /// <summary>Copies a file whose bytes were verified, such as one of the cache.</summary>
    internal void PlaceCopy(EntryInfo entry, SafeFileHandle source)
    {
        using UnpublishedFile file = Begin(entry, out string name);
        var buffer = new byte[CopyBytes];
        long offset = 0;
        for (int read; (read = RandomAccess.Read(source, buffer, offset)) > 0; offset += read)
        {
            SparseFile.Write(file.File, buffer.AsSpan(0, read), offset);
        }

        Publish(entry, file, name);
    }

    /// <summary>Moves a large file whose bytes were verified from where it was gathered.</summary>
    internal void PlacePart(EntryInfo entry, SafeFileHandle part, FolderHandle from, string partName)
    {
        SetAttributes(entry, part);
        (FolderHandle to, string name) = MakePlace(_chain, entry.Path);
        switch (from.Replace(partName, to, name))
        {
            case MoveOutcome.Done:
                workspace.Index.SetWritten(entry.Path, FolderHandle.Status(part), entry.Hash!.Value);
                break;
            case MoveOutcome.OtherDevice: // a folder of the working directory may be another file system than that of .hutch
                PlaceCopy(entry, part);
                from.Delete(partName);
                break;
            default:
                throw InTheWay(entry.Path);
        }
    }

    /// <summary>Makes a symbolic link: one of the dataset's, a placeholder, or one into the cache.</summary>
    internal void PlaceLink(string path, string target, long? modified)
    {
        (FolderHandle to, string name) = MakePlace(_chain, path);
        if (!to.TryMakeLink(target, name))
        {
            string temporary = UnpublishedFile.TemporaryName(Workspace.TemporaryPrefix);
            to.TryMakeLink(target, temporary);
            if (to.Replace(temporary, to, name) != MoveOutcome.Done)
            {
                to.Delete(temporary);
                throw InTheWay(path);
            }
        }

        if (modified is { } time)
        {
            to.SetLinkModified(name, time);
        }

        workspace.Index.Remove(path);
    }

    /// <summary>Moves a file or link to another path of the directory, in the place of a file or link that is there.</summary>
    internal void Move(string path, string to)
    {
        using (var target = new FolderChain(workspace.Root))
        {
            (FolderHandle destination, string name) = MakePlace(target, to);
            if (FindPlace(path) is not { } origin || origin.Folder.Replace(origin.Name, destination, name) != MoveOutcome.Done)
            {
                throw InTheWay(to);
            }
        }

        Remove(path); // the folders that held nothing else
    }

    internal void PlaceFolder(string path) => _chain.Make(path);

    /// <summary>The item at a path; null if there is none, or if a link is on the way.</summary>
    internal FileStatus? Status(string path) => FindPlace(path) is var (folder, name) ? folder.Status(name) : null;

    /// <summary>The target of the link at a path; null if there is nothing, or if a link is on the way.</summary>
    internal string? LinkTarget(string path) => FindPlace(path) is var (folder, name) ? folder.ReadLink(name).Name : null;

    /// <summary>Removes a file, link or empty folder, and then the folders that held nothing else.</summary>
    internal void Remove(string path)
    {
        if (FindPlace(path) is var (parent, name))
        {
            if (parent.Status(name) is { Type: FileType.Folder })
            {
                parent.DeleteFolder(name);
            }
            else
            {
                parent.Delete(name);
            }
        }

        workspace.Index.Remove(path);
        for (string folder = FolderChain.Split(path).Folder; folder.Length > 0; folder = FolderChain.Split(folder).Folder)
        {
            _chain.Reset();
            if (FindPlace(folder) is not var (above, last) || !above.DeleteFolder(last))
            {
                return;
            }
        }
    }

    private static (FolderHandle Folder, string Name) MakePlace(FolderChain chain, string path)
    {
        (string folder, string name) = FolderChain.Split(path);
        FolderHandle directory = chain.Make(folder);
        return (directory, chain.OnDisk(directory, name));
    }

    private (FolderHandle Folder, string Name)? FindPlace(string path)
    {
        (string folder, string name) = FolderChain.Split(path);
        return _chain.Find(folder) is { } directory ? (directory, _chain.OnDisk(directory, name)) : null;
    }

    private static void SetAttributes(EntryInfo entry, SafeFileHandle file)
    {
        int? restrictedMode = entry.RestrictedMode();
        if (entry.Executable == true || restrictedMode is not null)
        {
            FolderHandle.SetMode(file, RestrictedMode.Restore(FolderHandle.Status(file).Mode, restrictedMode, entry.Executable == true));
        }

        if (entry.Modified is { } time)
        {
            FolderHandle.SetModified(file, time);
        }
    }

    private static HutchException InTheWay(string path) => ErrorCode.PathConflict.With(
        $"{Display.Quote(path)} is a non-empty folder here but a file in the dataset; rename one of them.").ToException();

    private UnpublishedFile Begin(EntryInfo entry, out string name)
    {
        (FolderHandle folder, name) = MakePlace(_chain, entry.Path);
        return UnpublishedFile.Create(folder, Workspace.TemporaryPrefix);
    }

    private void Publish(EntryInfo entry, UnpublishedFile file, string name)
    {
        SetAttributes(entry, file.File);
        if (!file.TryPublish(name))
        {
            throw InTheWay(entry.Path);
        }

        workspace.Index.SetWritten(entry.Path, FolderHandle.Status(file.File), entry.Hash!.Value);
    }
}

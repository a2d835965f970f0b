namespace Hutch.Disk.Faults;

public sealed partial class FaultyDisk
{
    public IDiskFile Open(string path, DiskAccess access)
    {
        Enter(DiskOperation.Open, path);
        lock (_gate)
        {
            if (access != DiskAccess.CreateNew)
            {
                return new FaultyFile(this, Require(path), access == DiskAccess.ReadWrite);
            }

            (FolderNode folder, string name) = Parent(path);
            if (folder.Seen.ContainsKey(name))
            {
                throw new IOException($"Cannot open '{path}': the name is taken.");
            }

            var file = new FileNode { Path = path };
            folder.Change(new NameChange(_moments++, [(name, file)]));
            return new FaultyFile(this, file, mayWrite: true);
        }
    }

    public bool FileExists(string path)
    {
        lock (_gate)
        {
            return Find(path) is FileNode;
        }
    }

    public IReadOnlyList<string> ListFiles(string folder)
    {
        Enter(DiskOperation.List, folder);
        return FilesIn(folder);
    }

    public void CreateFolder(string folder)
    {
        lock (_gate)
        {
            if (Find(folder) is FolderNode)
            {
                return;
            }
        }

        Enter(DiskOperation.CreateFolder, folder);
        lock (_gate)
        {
            FolderNode parent = _root;
            foreach (string name in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!parent.Seen.TryGetValue(name, out object? node))
                {
                    node = new FolderNode();
                    parent.Change(new NameChange(_moments++, [(name, node)]));
                }

                parent = node as FolderNode ?? throw new IOException($"'{folder}' goes through a file.");
            }
        }
    }

    public void Rename(string path, string newPath)
    {
        Enter(DiskOperation.Rename, path);
        lock (_gate)
        {
            FileNode file = Require(path);
            (FolderNode folder, string name) = Parent(path);
            (FolderNode newFolder, string newName) = Parent(newPath);
            if (folder != newFolder)
            {
                throw new IOException($"Cannot rename '{path}' to '{newPath}': another folder.");
            }

            if (folder.Seen.TryGetValue(newName, out object? replaced) && replaced is FileNode old && old != file)
            {
                GiveBack(old);
            }

            file.Path = newPath;
            folder.Change(new NameChange(_moments++, [(name, null), (newName, file)]));
        }
    }

    /// <summary>Lets two files of a folder change names at once, as RENAME_EXCHANGE does. A crash leaves both or none changed.</summary>
    public void Exchange(string path, string otherPath)
    {
        Enter(DiskOperation.Rename, path);
        lock (_gate)
        {
            FileNode file = Require(path);
            FileNode other = Require(otherPath);
            (FolderNode folder, string name) = Parent(path);
            (file.Path, other.Path) = (otherPath, path);
            folder.Change(new NameChange(_moments++, [(name, other), (Parent(otherPath).Name, file)]));
        }
    }

    /// <summary>Renames a file unless the new name is taken, as RENAME_NOREPLACE does: then false.</summary>
    public bool TryRenameNew(string path, string newPath)
    {
        Enter(DiskOperation.Rename, path);
        lock (_gate)
        {
            FileNode file = Require(path);
            if (Find(newPath) is not null)
            {
                return false;
            }

            (FolderNode folder, string name) = Parent(path);
            file.Path = newPath;
            folder.Change(new NameChange(_moments++, [(name, null), (Parent(newPath).Name, file)]));
            return true;
        }
    }

    public void Delete(string path)
    {
        Enter(DiskOperation.Delete, path);
        lock (_gate)
        {
            if (Find(path) is FileNode file)
            {
                GiveBack(file);
                (FolderNode folder, string name) = Parent(path);
                folder.Change(new NameChange(_moments++, [(name, null)]));
            }
        }
    }

    public void SyncFolder(string folder)
    {
        Enter(DiskOperation.SyncFolder, folder);
        lock (_gate)
        {
            (Find(folder) as FolderNode ?? throw new DirectoryNotFoundException($"There is no folder '{folder}'.")).Sync();
        }
    }

    public DiskSpace Space(string folder)
    {
        lock (_gate)
        {
            return new DiskSpace(CapacityBytes - _taken, CapacityBytes, IsNetwork ? "nfs" : "memory", IsNetwork);
        }
    }

    public IDisposable Lock(string path)
    {
        lock (_gate)
        {
            (FolderNode folder, string name) = Parent(path);
            if (_locks.Contains(path))
            {
                throw new DiskLockedException(path);
            }

            if (!folder.Seen.ContainsKey(name))
            {
                folder.Change(new NameChange(_moments++, [(name, new FileNode { Path = path })]));
            }

            _locks.Add(path);
            return new FileLock(this, path);
        }
    }

    internal long LengthOf(FileNode file)
    {
        lock (_gate)
        {
            return file.Seen.Length;
        }
    }

    internal int Read(FileNode file, Span<byte> destination, long offset)
    {
        Enter(DiskOperation.Read, file.Path, offset, destination.Length);
        lock (_gate)
        {
            if (ShortReads && destination.Length > 1)
            {
                destination = destination[..(1 + _chance.Next(destination.Length))];
            }

            return file.Seen.Read(destination, offset);
        }
    }

    internal void Write(FileNode file, byte[] bytes, long offset)
    {
        Exception? error = Enter(DiskOperation.Write, file.Path, offset, bytes.Length);
        lock (_gate)
        {
            if (error is not null)
            {
                // The system copies page by page, so a part that was written ends at the border of one; sectors are finer still.
                long end = (offset + _chance.Next(bytes.Length + 1)) / SectorBytes * SectorBytes;
                file.Change(new FileChange(_moments++, offset, bytes[..(int)Math.Max(0, end - offset)]));
                throw error;
            }

            Take(file, offset + bytes.Length);
            if (bytes.Length > 0)
            {
                file.Change(new FileChange(_moments++, offset, bytes));
            }
        }
    }

    internal void SetLength(FileNode file, long length)
    {
        Enter(DiskOperation.SetLength, file.Path, length);
        lock (_gate)
        {
            if (length < file.Taken)
            {
                _taken -= file.Taken - length;
                file.Taken = length;
            }

            file.Change(new FileChange(_moments++, length, null));
        }
    }

    internal void Allocate(FileNode file, long length)
    {
        Enter(DiskOperation.Allocate, file.Path, length);
        lock (_gate)
        {
            if (length > file.Seen.Length)
            {
                Take(file, length);
                file.Change(new FileChange(_moments++, length, null));
            }
        }
    }

    internal void Sync(FileNode file)
    {
        Exception? error = Enter(DiskOperation.Sync, file.Path);
        lock (_gate)
        {
            if (error is null)
            {
                file.Sync();
                return;
            }

            double likely = _chance.NextDouble();
            file.FailSync(() => _chance.NextDouble() < likely);
            throw error;
        }
    }

    // Space is counted as free at once, although a real disk waits for the last reader.
    private void GiveBack(FileNode file)
    {
        _taken -= file.Taken;
        file.Taken = 0;
    }

    private void Take(FileNode file, long upTo)
    {
        long more = upTo - file.Taken;
        if (more <= 0)
        {
            return;
        }

        if (more > CapacityBytes - _taken)
        {
            throw new DiskFullException(file.Path);
        }

        file.Taken = upTo;
        _taken += more;
    }

    private sealed class FileLock(FaultyDisk disk, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
            {
                disk._locks.Remove(path);
            }
        }
    }
}

namespace Hutch.Disk.Folders.Systems;

/// <summary>
/// A folder that is reached by its path. Each operation first reads the type of the name. A program that replaces a folder by a link at
/// that moment can redirect the operation; only <see cref="LinuxFolder"/> rules that out.
/// </summary>
internal sealed class PortableFolder(PortableFiles files, string path) : FolderHandle(path)
{
    /// <summary>A file that is replaced more often than this between the look and the opening is not opened.</summary>
    private const int MaxLooks = 16;

    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    public override FolderHandle? TryOpenFolder(string name) =>
        Find(name) is { Type: FileType.Folder } ? new PortableFolder(files, At(name)) : null;

    public override bool TryMakeFolder(string name)
    {
        if (Find(name) is { } there)
        {
            return there.Type == FileType.Folder;
        }

        try
        {
            files.MakeFolder(At(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Find(name) is { } taken ? taken.Type == FileType.Folder : throw Failure("create the folder", name, e);
        }

        return Find(name)?.Type == FileType.Folder;
    }

    public override SafeFileHandle CreateFile(string name, int mode = 0x1B6) => Open(name, FileMode.CreateNew, mode);

    public override SafeFileHandle OpenOrCreateFile(string name, int mode = 0x1B6) => Open(name, FileMode.OpenOrCreate, mode);

    /// <summary>Only a write shows whether it is allowed.</summary>
    public override bool MayWrite(string name) => true;

    public override bool MayRead(string name)
    {
        try
        {
            using SafeFileHandle? file = TryOpenFile(name);
            return file is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public override FileStatus Status() =>
        files.Status(Path, followsLinks: true) ?? throw new DirectoryNotFoundException($"The folder '{Path}' is gone.");

    public override MoveOutcome Move(string name, FolderHandle target, string newName)
    {
        var other = (PortableFolder)target;
        if (other.Find(newName) is { Type: FileType.Folder })
        {
            return MoveOutcome.FolderInTheWay;
        }

        if (Status().Device != other.Status().Device)
        {
            return MoveOutcome.OtherDevice;
        }

        try
        {
            files.Move(At(name), other.At(newName));
            return MoveOutcome.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw other.Failure("replace", newName, e);
        }
    }

    public override bool Delete(string name)
    {
        if (Find(name) is null)
        {
            return false;
        }

        try
        {
            files.Delete(At(name));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure("remove", name, e);
        }
    }

    public override bool DeleteFolder(string name)
    {
        if (Find(name) is not { Type: FileType.Folder } || files.List(At(name)).Any())
        {
            return false;
        }

        try
        {
            files.DeleteFolder(At(name));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Find(name) is { Type: FileType.Folder } && !files.List(At(name)).Any() ? throw Failure("remove", name, e) : false;
        }
    }

    public override void SetMode(int mode) => files.SetFolderMode(Path, mode);

    public override void Sync() => files.SyncFolder(Path);

    public override bool List(FolderEntryVisitor visit)
    {
        foreach ((string onDisk, FileType? type) in files.List(Path))
        {
            string name = files.NameOf(onDisk);
            if (!visit(Bytes(name), type))
            {
                return false;
            }
        }

        return true;
    }

    public override bool TryExchange(string name, string other) => false;

    // No call of these systems both renames and refuses a taken name.
    public override bool? TryRenameSafely(string name, string newName) => null;

    private protected override FileStatus? Find(string name, bool asksServer = false)
    {
        CheckName(name);
        return files.Status(At(name), followsLinks: false);
    }

    private protected override SafeFileHandle? TryOpenRegular(string name, out FileStatus status)
    {
        status = default;
        for (int look = 0; look < MaxLooks; look++)
        {
            if (Find(name) is not { Type: FileType.File } found)
            {
                return null;
            }

            SafeFileHandle? file = TryOpen(name);
            status = file is null ? default : files.Status(file);
            if (status.Type == FileType.File && status.Inode == found.Inode && file is not null)
            {
                return file;
            }

            file?.Dispose();
        }

        throw new IOException($"'{Join(name)}' is being replaced again and again.");
    }

    private protected override FolderEntry ReadSystemLink(string name)
    {
        CheckName(name);
        string target = files.ReadLink(At(name)) ?? throw new FileNotFoundException($"'{Join(name)}' is no link.", Join(name));
        return Decode(target.Contains('\uFFFD', StringComparison.Ordinal) ? Unreadable(target) : Encoding.UTF8.GetBytes(target));
    }

    private protected override bool? TryMakeSystemLink(string target, string name)
    {
        if (Find(name) is not null)
        {
            return false;
        }

        try
        {
            files.MakeLink(At(name), target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Find(name) is null ? null : false; // Windows without the right to make links, a disk without them
        }

        // Wine reports success without making the link, so read it back.
        if (files.ReadLink(At(name)) == target)
        {
            return true;
        }

        Delete(name);
        return null;
    }

    private protected override void SetSystemLinkModified(string name, long nanoseconds) =>
        files.SetLinkModified(At(name), nanoseconds);

    private SafeFileHandle? TryOpen(string name)
    {
        try
        {
            return files.Open(At(name), FileMode.Open, FileAccess.Read, 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure("open", name, e);
        }
    }

    private SafeFileHandle Open(string name, FileMode how, int mode)
    {
        if (Find(name) is { } there && (how == FileMode.CreateNew || there.Type != FileType.File))
        {
            throw new IOException($"Cannot create '{Join(name)}': it exists.");
        }

        try
        {
            return files.Open(At(name), how, FileAccess.ReadWrite, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure("create", name, e);
        }
    }

    private string At(string name) => System.IO.Path.Join(Path, files.NameOnDisk(name));

    // .NET shows bytes that are not UTF-8, and halves of a UTF-16 pair, by U+FFFD, under which nothing is found.
    private byte[] Bytes(string name) =>
        (name.Contains('\uFFFD', StringComparison.Ordinal) && Find(name) is null) || !IsUtf16(name)
            ? Unreadable(name)
            : Encoding.UTF8.GetBytes(name);

    private static byte[] Unreadable(string name)
    {
        var bytes = new List<byte>();
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(name);
        for (int at; (at = rest.IndexOf(Replacement)) >= 0; rest = rest[(at + Replacement.Length)..])
        {
            bytes.AddRange(rest[..at]);
            bytes.Add(0xFF);
        }

        bytes.AddRange(rest);
        return [.. bytes];
    }

    private static bool IsUtf16(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && !(i + 1 < name.Length && char.IsSurrogatePair(name[i], name[++i])))
            {
                return false;
            }
        }

        return true;
    }

    // The message of the system gives the reason, and its error number stays for callers that need it.
    private IOException Failure(string action, string name, Exception cause)
    {
        if (cause is DiskFullException or FileNotFoundException)
        {
            return (IOException)cause;
        }

        // Of a file that is open and to be replaced Windows says only that access is denied.
        bool mayBeOpen = OperatingSystem.IsWindows() && cause is UnauthorizedAccessException && action is "replace" or "remove";
        string why = cause is IOException used && FileInUse.IsCauseOf(used) ? "another program has it open."
            : mayBeOpen ? $"another program may have it open. {cause.Message}"
            : cause.Message;
        return new IOException($"Cannot {action} '{Join(name)}': {why}", cause) { HResult = cause.HResult };
    }
}

using System.Buffers;
using Hutch.Disk.Folders.Systems;

namespace Hutch.Disk.Folders;

/// <summary>
/// An open folder, and the operations on the names in it. No operation follows a symbolic link. On Linux, a chain of these handles stays
/// below the first one, even if other programs replace folders by links at the same time. Thread-safe, except enumeration. Failures are
/// <see cref="IOException"/> with the number of the system in <see cref="Exception.HResult"/>. On a disk without symbolic links, this
/// class keeps links as small files (<see cref="LinkFile"/>), and reads them as links.
/// </summary>
public abstract class FolderHandle : IDisposable
{
    private protected FolderHandle(string path) => Path = path;

    public string Path { get; }

    /// <summary>Opens a folder by path; links in this path are followed.</summary>
    public static FolderHandle Open(string path) => SystemFiles.Here.OpenFolder(path);

    /// <summary>Opens a folder by its absolute path. No part of the path may be a link.</summary>
    /// <exception cref="FileNotFoundException">A part is missing, a link or no folder.</exception>
    public static FolderHandle OpenWithoutLinks(string path)
    {
        FolderHandle folder = Open("/");
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using FolderHandle above = folder;
            folder = above.TryOpenFolder(name) ?? throw new FileNotFoundException($"'{path}' is no folder, or leads through a link.", path);
        }

        return folder;
    }

    /// <summary>True on a system that forbids names, so that some files have other names on the disk.</summary>
    public static bool HasStandIns => SystemFiles.Here.HasStandIns;

    /// <summary>Returns the name that these handles give a file for one that other programs see: they differ on Windows.</summary>
    public static string NameOf(string nameOnDisk) => SystemFiles.Here.NameOf(nameOnDisk);

    /// <summary>Returns the name under which other programs see a file of these handles.</summary>
    public static string NameOnDisk(string name) => SystemFiles.Here.NameOnDisk(name);

    /// <summary>Opens a subfolder. Returns null if there is none, or if the name is a file or a link.</summary>
    public abstract FolderHandle? TryOpenFolder(string name);

    /// <summary>Makes a folder in this one unless it is there. False when a file or link of that name is in the way.</summary>
    public abstract bool TryMakeFolder(string name);

    /// <summary>Opens a file for reading. Null when there is none or it is not a regular file.</summary>
    /// <exception cref="IOException">Also while another program has it open and shares it with none (<see cref="FileInUse"/>).</exception>
    public SafeFileHandle? TryOpenFile(string name)
    {
        SafeFileHandle? file = TryOpenRegular(name, out FileStatus status);
        if (file is null || LinkFile.TryRead(file, status) is null)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Creates a file for writing; fails when the name is taken.</summary>
    public abstract SafeFileHandle CreateFile(string name, int mode = 0x1B6);

    /// <summary>Opens a file for reading and writing, or creates it; its contents stay.</summary>
    public abstract SafeFileHandle OpenOrCreateFile(string name, int mode = 0x1B6);

    /// <summary>Returns the status of a name; null if there is none.</summary>
    /// <param name="asksServer">True to make a network file system ask its server instead of its cache.</param>
    public FileStatus? Status(string name, bool asksServer = false)
    {
        FileStatus? found = Find(name, asksServer);
        return found is { } status && LinkFile.MayBe(status) && TryReadLinkFile(name) is not null
            ? status with { Type = FileType.SymbolicLink }
            : found;
    }

    /// <summary>Returns true if this process may read the file, as far as the file system reports without opening it.</summary>
    public abstract bool MayRead(string name);

    /// <summary>Returns true if this process may write the file, or into the folder, of a name.</summary>
    public abstract bool MayWrite(string name);

    public abstract FileStatus Status();

    public static FileStatus Status(SafeFileHandle file) => SystemFiles.Here.Status(file);

    /// <summary>Reads an open file from an offset on. Returns how many bytes came: fewer than asked for only at its end.</summary>
    public static int Read(SafeFileHandle file, long offset, Span<byte> destination)
    {
        int filled = 0;
        while (filled < destination.Length && RandomAccess.Read(file, destination[filled..], offset + filled) is > 0 and int read)
        {
            filled += read;
        }

        return filled;
    }

    public FolderEntry ReadLink(string name) =>
        Find(name) is { Type: FileType.File } && TryReadLinkFile(name) is { } target
            ? new FolderEntry(target, IsUtf8: true)
            : ReadSystemLink(name);

    /// <summary>Makes a symbolic link, or a <see cref="LinkFile"/> where the disk makes none. False when the name is taken.</summary>
    public bool TryMakeLink(string target, string name)
    {
        CheckName(name);
        if (target.Length == 0 || target.Contains('\0'))
        {
            throw new IOException($"The link '{Join(name)}' has no usable target.");
        }

        return TryMakeSystemLink(target, name) ?? TryMakeLinkFile(target, name);
    }

    /// <summary>Makes a file without a name on the file system of this folder. Null where that cannot be done.</summary>
    public virtual SafeFileHandle? TryCreateUnnamed(int mode) => null;

    /// <summary>Gives a file without a name one in this folder. False when it is taken.</summary>
    public virtual bool TryName(SafeFileHandle file, string name) =>
        throw new PlatformNotSupportedException("Files have names from the start on this system.");

    /// <summary>Moves a name into another folder, replacing a file, a link, or an empty folder.</summary>
    public MoveOutcome Replace(string name, FolderHandle to, string toName)
    {
        MoveOutcome outcome = Move(name, to, toName);
        return outcome == MoveOutcome.FolderInTheWay && to.DeleteFolder(toName) ? Move(name, to, toName) : outcome;
    }

    /// <summary>Moves a name into another folder, replacing a file or link that is there.</summary>
    public abstract MoveOutcome Move(string name, FolderHandle target, string newName);

    /// <summary>Removes a file or link. False when it was not there.</summary>
    public abstract bool Delete(string name);

    /// <summary>Removes an empty folder. False when it is not empty or not there.</summary>
    public abstract bool DeleteFolder(string name);

    /// <summary>Sets the time of modification of a link itself. That of a <see cref="LinkFile"/> is its mark and stays.</summary>
    public void SetLinkModified(string name, long nanoseconds)
    {
        if (Find(name) is not { Type: FileType.File })
        {
            SetSystemLinkModified(name, nanoseconds);
        }
    }

    public static void SetModified(SafeFileHandle file, long nanoseconds) => SystemFiles.Here.SetModified(file, nanoseconds);

    /// <summary>Sets the permission bits of an open file; without effect on a system or disk that keeps none.</summary>
    public static void SetMode(SafeFileHandle file, int mode) => SystemFiles.Here.SetMode(file, mode);

    /// <summary>Sets the permission bits of this folder; without effect on a system or disk that keeps none.</summary>
    public abstract void SetMode(int mode);

    /// <summary>Makes the names in this folder durable.</summary>
    public abstract void Sync();

    /// <summary>Lets the lock of an open file go. Closing it would as well, but for a child that is being forked: it has a copy.</summary>
    public static void Unlock(SafeFileHandle file) => SystemFiles.Here.Unlock(file);

    /// <summary>Takes the lock of an open file. False when another process has it; it is released when the file is closed.</summary>
    public static bool TryLock(SafeFileHandle file) => SystemFiles.Here.TryLock(file);

    /// <summary>
    /// Returns true if a process has a file open for writing, given it as open for reading; null where the system does not say: it does on
    /// Linux, for files of the own user on local disks. A program that opens the file at this moment waits for it, and does not fail.
    /// </summary>
    public static bool? HasWriters(SafeFileHandle file) => SystemFiles.Here.HasWriters(file);

    /// <summary>Lists the names here, unordered, without <c>.</c> and <c>..</c>; false when <paramref name="visit"/> stops it.</summary>
    public abstract bool List(FolderEntryVisitor visit);

    /// <summary>Adds the names here with their types, unordered. A name is special if its type is not known, or it has vanished.</summary>
    /// <exception cref="IOException">The folder cannot be read to its end; the names before are added.</exception>
    public void AddEntriesTo(List<(FolderEntry Entry, FileType Type)> entries) => List((name, type) =>
    {
        FolderEntry entry = Decode(name);
        type ??= entry.IsUtf8 ? Status(entry.Name)?.Type : null;
        entries.Add((entry, type ?? FileType.Special));
        return true;
    });

    /// <summary>Lets two names here change places at once; neither is ever missing. False, unchanged, if the file system cannot.</summary>
    public abstract bool TryExchange(string name, string other);

    /// <summary>
    /// Renames a file of this process in this folder. Returns false if the new name is taken. On a file system without this call and
    /// without hard links, a file created under the new name at the same moment is lost.
    /// </summary>
    public bool TryRenameNew(string name, string newName) =>
        TryRenameSafely(name, newName) ?? (Status(newName) is null && Move(name, this, newName) == MoveOutcome.Done);

    /// <summary>
    /// Renames a file of this process in this folder without ever overwriting another. Returns false if the new name is taken; null, with
    /// nothing changed, if the file system cannot guarantee that.
    /// </summary>
    public abstract bool? TryRenameSafely(string name, string newName);

    /// <summary>
    /// Makes and removes a file here to find out whether this disk keeps permissions. Some mounts report success and keep their own.
    /// </summary>
    public bool KeepsModes()
    {
        string name = UnpublishedFile.TemporaryName(LinkFile.TemporaryPrefix);
        try
        {
            using SafeFileHandle file = CreateFile(name, SmallFile.OwnerOnly);
            SetMode(file, 0x1C0); // 0700
            bool isExecutable = Status(file).Mode == 0x1C0;
            SetMode(file, SmallFile.OwnerOnly);
            return isExecutable && Status(file).Mode == SmallFile.OwnerOnly;
        }
        catch (IOException)
        {
            return false; // vfat refuses bits that its mount does not have
        }
        finally
        {
            Delete(name);
        }
    }

    /// <summary>Makes and removes a link here to find out whether other programs can follow links on this disk.</summary>
    public bool MakesLinks()
    {
        string name = UnpublishedFile.TemporaryName(LinkFile.TemporaryPrefix);
        try
        {
            return TryMakeSystemLink(Path, name) == true;
        }
        finally
        {
            Delete(name);
        }
    }

    /// <summary>A name, or a link's target, as the file system has it.</summary>
    public static FolderEntry Decode(ReadOnlySpan<byte> raw)
    {
        if (System.Text.Unicode.Utf8.IsValid(raw))
        {
            return new FolderEntry(Encoding.UTF8.GetString(raw), IsUtf8: true);
        }

        var shown = new StringBuilder();
        while (!raw.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(raw, out Rune rune, out int used) == OperationStatus.Done)
            {
                shown.Append(rune.ToString());
            }
            else
            {
                used = 1;
                shown.Append("\\x").Append(raw[0].ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
            }

            raw = raw[used..];
        }

        return new FolderEntry(shown.ToString(), IsUtf8: false);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The status of a name, a <see cref="LinkFile"/> being a file.</summary>
    private protected abstract FileStatus? Find(string name, bool asksServer = false);

    /// <summary>Opens a regular file for reading, a <see cref="LinkFile"/> included. Null for anything else.</summary>
    private protected abstract SafeFileHandle? TryOpenRegular(string name, out FileStatus status);

    private protected abstract FolderEntry ReadSystemLink(string name);

    /// <summary>Makes a symbolic link of the system's. False when the name is taken; null, with nothing made, if there are none.</summary>
    private protected abstract bool? TryMakeSystemLink(string target, string name);

    private protected abstract void SetSystemLinkModified(string name, long nanoseconds);

    private protected static void CheckName(string name)
    {
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().IndexOfAny('/', '\0') >= 0)
        {
            throw new ArgumentException($"'{name}' is not one name in a folder.", nameof(name));
        }
    }

    private protected string Join(string name) => System.IO.Path.Join(Path, name);

    private string? TryReadLinkFile(string name)
    {
        using SafeFileHandle? file = TryOpenRegular(name, out FileStatus status);
        return file is null ? null : LinkFile.TryRead(file, status);
    }

    private bool TryMakeLinkFile(string target, string name)
    {
        if (Find(name) is not null)
        {
            return false;
        }

        string temporary = UnpublishedFile.TemporaryName(LinkFile.TemporaryPrefix);
        try
        {
            using (SafeFileHandle file = CreateFile(temporary))
            {
                LinkFile.Write(file, target);
            }

            bool isMade = TryRenameNew(temporary, name);

            // A disk that reports success and makes nothing must not cost the caller the file that the link is for.
            return !isMade || (Status(name) is { Type: FileType.SymbolicLink } && TryReadLinkFile(name) == target)
                ? isMade
                : throw new IOException($"The disk reported that it made the link '{Join(name)}', but it is not there.");
        }
        finally
        {
            Delete(temporary);
        }
    }
}

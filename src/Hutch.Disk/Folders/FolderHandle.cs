using System.Buffers;
using System.Buffers.Binary;
using Hutch.Disk.Native;

namespace Hutch.Disk.Folders;

/// <summary>
/// An open folder, and the operations on the names in it. No operation follows a symbolic link, so a writer through a chain of these
/// handles cannot be led out of the first one, whatever changes concurrently. Thread-safe, except enumeration. Failures are
/// <see cref="IOException"/> with the number of the C library in <see cref="Exception.HResult"/>.
/// </summary>
public sealed class FolderHandle : SafeHandleMinusOneIsInvalid
{
    private const int EnumerationBufferBytes = 64 * 1024;
    private const int MaxLinkBytes = 4096;
    private const int EntryNameOffset = 19;

    private static volatile bool _canNameDirectly = true;

    private FolderHandle(int descriptor, string path)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
        Path = path;
    }

    public string Path { get; }

    /// <summary>Opens a folder by path; links in this path are followed.</summary>
    public static FolderHandle Open(string path)
    {
        int descriptor = LibC.OpenAt(
            LibC.AtCurrentFolder, path, OpenFlags.ReadOnly | OpenFlags.Here.Directory | OpenFlags.CloseOnExec, 0);
        return descriptor >= 0 ? new FolderHandle(descriptor, path) : throw NativeFailure.Last("open", path);
    }

    /// <summary>Opens a subfolder. Returns null if there is none, or if the name is a file or a link.</summary>
    public FolderHandle? TryOpenFolder(string name)
    {
        CheckName(name);
        int flags = OpenFlags.ReadOnly | OpenFlags.Here.Directory | OpenFlags.Here.NoFollow | OpenFlags.CloseOnExec;
        int descriptor = LibC.OpenAt(this, name, flags, 0);
        if (descriptor >= 0)
        {
            return new FolderHandle(descriptor, Join(name));
        }

        return NativeFailure.Number is ErrorNumber.NoEntry or ErrorNumber.NotFolder or ErrorNumber.SymbolicLinks
            ? null
            : throw NativeFailure.Last("open", Join(name));
    }

    /// <summary>Makes a folder in this one unless it is there. False when a file or link of that name is in the way.</summary>
    public bool TryMakeFolder(string name)
    {
        CheckName(name);
        if (LibC.MakeFolder(this, name, 0x1FF) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.Exists
            ? Status(name)?.Type == FileType.Folder
            : throw NativeFailure.Last("create the folder", Join(name));
    }

    /// <summary>Opens a file for reading. Null when there is none or it is not a regular file.</summary>
    public SafeFileHandle? TryOpenFile(string name)
    {
        CheckName(name);

        // The name first, then the open: opening a pipe would wait for its other end, even one that has just replaced a file.
        int place = LibC.OpenAt(this, name, OpenFlags.PlaceOnly | OpenFlags.Here.NoFollow | OpenFlags.CloseOnExec, 0);
        if (place < 0)
        {
            return NativeFailure.Number == ErrorNumber.NoEntry ? null : throw NativeFailure.Last("open", Join(name));
        }

        using var found = new SafeFileHandle(place, ownsHandle: true);
        if (Status(found).Type != FileType.File)
        {
            return null;
        }

        int descriptor = LibC.OpenAt(LibC.AtCurrentFolder, OwnDescriptor(found), OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw NativeFailure.Last("open", Join(name));
    }

    /// <summary>Creates a file for writing; fails when the name is taken.</summary>
    public SafeFileHandle CreateFile(string name, int mode = 0x1B6) => OpenForWriting(name, OpenFlags.Exclusive, mode);

    /// <summary>Opens a file for reading and writing, or creates it; its contents stay.</summary>
    public SafeFileHandle OpenOrCreateFile(string name, int mode = 0x1B6) => OpenForWriting(name, 0, mode);

    /// <param name="asksServer">True to make a network file system ask its server instead of its cache.</param>
    public FileStatus? Status(string name, bool asksServer = false)
    {
        CheckName(name);
        Span<byte> buffer = stackalloc byte[LibC.StatxSize];
        if (LibC.Statx(this, name, LibC.AtNoFollow | (asksServer ? LibC.AtAskServer : 0), LibC.StatxBasic, buffer) == 0)
        {
            return FileStatus.Read(buffer);
        }

        return NativeFailure.Number is ErrorNumber.NoEntry or ErrorNumber.NotFolder
            ? null
            : throw NativeFailure.Last("stat", Join(name));
    }

    /// <summary>Returns true if this process may read the file, as far as the file system reports without opening it.</summary>
    public bool MayRead(string name)
    {
        CheckName(name);
        return LibC.Access(this, name, LibC.MayRead, LibC.AtEffectiveRights | LibC.AtNoFollow) == 0;
    }

    public FileStatus Status()
    {
        Span<byte> buffer = stackalloc byte[LibC.StatxSize];
        return LibC.Statx(this, "", LibC.AtEmptyPath, LibC.StatxBasic, buffer) == 0
            ? FileStatus.Read(buffer)
            : throw NativeFailure.Last("stat", Path);
    }

    public static FileStatus Status(SafeFileHandle file)
    {
        Span<byte> buffer = stackalloc byte[LibC.StatxSize];
        return LibC.Statx(file, "", LibC.AtEmptyPath, LibC.StatxBasic, buffer) == 0
            ? FileStatus.Read(buffer)
            : throw NativeFailure.Last("look at an open file");
    }

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

    public FolderEntry ReadLink(string name)
    {
        CheckName(name);
        Span<byte> buffer = stackalloc byte[MaxLinkBytes];
        nint length = LibC.ReadLink(this, name, buffer, MaxLinkBytes);
        return length >= 0 ? Decode(buffer[..(int)length]) : throw NativeFailure.Last("read the link", Join(name));
    }

    public bool TryMakeLink(string target, string name)
    {
        CheckName(name);
        if (target.Length == 0 || target.Contains('\0'))
        {
            throw new IOException($"The link '{Join(name)}' has no usable target.");
        }

        if (LibC.SymbolicLink(target, this, name) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.Exists ? false : throw NativeFailure.Last("create the link", Join(name));
    }

    /// <summary>Makes a file without a name on the file system of this folder. Null where that cannot be done.</summary>
    public SafeFileHandle? TryCreateUnnamed(int mode)
    {
        int descriptor = LibC.OpenAt(
            this, ".", OpenFlags.Here.Unnamed | OpenFlags.ReadWrite | OpenFlags.CloseOnExec, (uint)mode);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return NativeFailure.Number is ErrorNumber.NotSupported or ErrorNumber.IsFolder or ErrorNumber.NoEntry
            ? null
            : throw NativeFailure.Last("create a file in", Path);
    }

    /// <summary>Gives a file without a name one in this folder. False when it is taken.</summary>
    public bool TryName(SafeFileHandle file, string name)
    {
        CheckName(name);
        if (TryNameDirectly(file, name) is { } named)
        {
            return named;
        }

        if (LibC.HardLink(LibC.AtCurrentFolder, OwnDescriptor(file), this, name, LibC.AtFollow) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.Exists ? false : throw NativeFailure.Last("create", Join(name));
    }

    private static string OwnDescriptor(SafeFileHandle file) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}");

    // Newer kernels let the opener of a file name it by its descriptor; the way through /proc costs twice as much. Null: not supported.
    private bool? TryNameDirectly(SafeFileHandle file, string name)
    {
        if (!_canNameDirectly)
        {
            return null;
        }

        if (LibC.HardLink(file, "", this, name, LibC.AtEmptyPath) == 0)
        {
            return true;
        }

        if (NativeFailure.Number == ErrorNumber.Exists)
        {
            return false;
        }

        _canNameDirectly = false;
        return null;
    }

    /// <summary>Moves a name into another folder, replacing a file, a link, or an empty folder.</summary>
    public MoveOutcome Replace(string name, FolderHandle to, string toName)
    {
        MoveOutcome outcome = Move(name, to, toName);
        return outcome == MoveOutcome.FolderInTheWay && to.DeleteFolder(toName) ? Move(name, to, toName) : outcome;
    }

    /// <summary>Moves a name into another folder, replacing a file or link that is there.</summary>
    public MoveOutcome Move(string name, FolderHandle to, string toName)
    {
        CheckName(name);
        CheckName(toName);
        if (LibC.Rename(this, name, to, toName) == 0)
        {
            return MoveOutcome.Done;
        }

        return NativeFailure.Number switch
        {
            ErrorNumber.CrossDevice => MoveOutcome.OtherDevice,
            ErrorNumber.IsFolder or ErrorNumber.NotEmpty => MoveOutcome.FolderInTheWay,
            _ => throw NativeFailure.Last("replace", to.Join(toName)),
        };
    }

    /// <summary>Removes a file or link. False when it was not there.</summary>
    public bool Delete(string name)
    {
        CheckName(name);
        if (LibC.Unlink(this, name, 0) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.NoEntry ? false : throw NativeFailure.Last("remove", Join(name));
    }

    /// <summary>Removes an empty folder. False when it is not empty or not there.</summary>
    public bool DeleteFolder(string name)
    {
        CheckName(name);
        if (LibC.Unlink(this, name, LibC.AtRemoveFolder) == 0)
        {
            return true;
        }

        return NativeFailure.Number
            is ErrorNumber.NoEntry or ErrorNumber.NotEmpty or ErrorNumber.Exists or ErrorNumber.NotFolder
            ? false
            : throw NativeFailure.Last("remove", Join(name));
    }

    /// <summary>Sets the time of modification of a link itself.</summary>
    public void SetLinkModified(string name, long nanoseconds) =>
        NativeFailure.Check(
            LibC.SetTimes(this, name, Times(nanoseconds), LibC.AtNoFollow), "set the time of", Join(name));

    public static void SetModified(SafeFileHandle file, long nanoseconds) =>
        NativeFailure.Check(LibC.SetTimes(file, Times(nanoseconds)), "set the time of an open file");

    /// <summary>Sets the permission bits of an open file.</summary>
    public static void SetMode(SafeFileHandle file, int mode) =>
        NativeFailure.Check(LibC.ChangeMode(file, (uint)mode), "set the permissions of an open file");

    /// <summary>Sets the permission bits of this folder.</summary>
    public void SetMode(int mode) => NativeFailure.Check(LibC.ChangeMode(this, (uint)mode), "set the permissions of", Path);

    /// <summary>Makes the names in this folder durable.</summary>
    public void Sync() => NativeFailure.Check(LibC.Sync(this), "sync", Path);

    /// <summary>Lets the lock of an open file go. Closing it would as well, but for a child that is being forked: it has a copy.</summary>
    public static void Unlock(SafeFileHandle file) => _ = LibC.Lock(file, LibC.LockRelease);

    /// <summary>Takes the lock of an open file. False when another process has it; it is released when the file is closed.</summary>
    public static bool TryLock(SafeFileHandle file)
    {
        if (LibC.Lock(file, LibC.LockExclusive | LibC.LockNonBlocking) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.WouldBlock ? false : throw NativeFailure.Last("lock an open file");
    }

    /// <summary>Lists the names here, unordered, without <c>.</c> and <c>..</c>; false when <paramref name="visit"/> stops it.</summary>
    public bool List(FolderEntryVisitor visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(EnumerationBufferBytes);
        try
        {
            _ = LibC.Seek(this, 0, 0);
            nint read;
            while ((read = LibC.ReadEntries(this, buffer, EnumerationBufferBytes)) > 0)
            {
                if (!Visit(buffer.AsSpan(0, (int)read), visit))
                {
                    return false;
                }
            }

            return read == 0 ? true : throw NativeFailure.Last("list", Path);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool ReleaseHandle() => LibC.Close(handle) == 0;

    // struct linux_dirent64: u64 inode, i64 offset, u16 record length, u8 type, name, 0.
    private static bool Visit(ReadOnlySpan<byte> records, FolderEntryVisitor visit)
    {
        while (!records.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            ReadOnlySpan<byte> name = records[EntryNameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && !visit(name, TypeOf(records[18])))
            {
                return false;
            }

            records = records[length..];
        }

        return true;
    }

    // DT_DIR, DT_REG, DT_LNK; 0 where the file system does not say.
    private static FileType? TypeOf(byte type) => type switch
    {
        0 => null,
        4 => FileType.Folder,
        8 => FileType.File,
        10 => FileType.SymbolicLink,
        _ => FileType.Special,
    };

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

    private SafeFileHandle OpenForWriting(string name, int exclusive, int mode)
    {
        CheckName(name);
        int flags = OpenFlags.ReadWrite | OpenFlags.Create | exclusive | OpenFlags.Here.NoFollow | OpenFlags.CloseOnExec;
        int descriptor = LibC.OpenAt(this, name, flags, (uint)mode);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw NativeFailure.Last("create", Join(name));
    }

    // struct timespec { i64 seconds; i64 nanoseconds; } for access (left alone: UTIME_OMIT) and modification.
    private static long[] Times(long nanoseconds)
    {
        const long Omit = (1L << 30) - 2;
        (long seconds, long rest) = Math.DivRem(nanoseconds, 1_000_000_000L);
        return rest < 0 ? [0, Omit, seconds - 1, rest + 1_000_000_000L] : [0, Omit, seconds, rest];
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().IndexOfAny('/', '\0') >= 0)
        {
            throw new ArgumentException($"'{name}' is not one name in a folder.", nameof(name));
        }
    }

    private string Join(string name) => Path.EndsWith('/') ? Path + name : Path + "/" + name;

    /// <summary>Lets two names here change places at once; neither is ever missing. False, unchanged, if the file system cannot.</summary>
    public bool TryExchange(string name, string other)
    {
        CheckName(name);
        CheckName(other);
        if (LibC.Rename(this, name, this, other, LibC.RenameExchange) == 0)
        {
            return true;
        }

        return CannotWithFlags() ? false : throw NativeFailure.Last("exchange", Join(other));
    }

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
    public bool? TryRenameSafely(string name, string newName)
    {
        CheckName(name);
        CheckName(newName);
        if (LibC.Rename(this, name, this, newName, LibC.RenameNew) == 0)
        {
            return true;
        }

        if (NativeFailure.Number == ErrorNumber.Exists)
        {
            return false;
        }

        if (!CannotWithFlags())
        {
            throw NativeFailure.Last("rename", Join(name));
        }

        if (LibC.HardLink(this, name, this, newName, 0) == 0)
        {
            Delete(name);
            return true;
        }

        return NativeFailure.Number == ErrorNumber.Exists ? false : null;
    }

    // FUSE without the newer call says ENOSYS or EINVAL, NFS EINVAL.
    private static bool CannotWithFlags() =>
        NativeFailure.Number is ErrorNumber.Invalid or ErrorNumber.NoSystemCall or ErrorNumber.NotSupported;
}

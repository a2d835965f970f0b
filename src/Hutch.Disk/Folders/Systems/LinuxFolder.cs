using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk.Folders.Systems;

/// <summary>A folder of Linux, held by its descriptor: names in it are resolved from there, even after a rename of the folder.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxFolder : FolderHandle
{
    private const int EnumerationBufferBytes = 64 * 1024;
    private const int MaxLinkBytes = 4096;
    private const int EntryNameOffset = 19;

    private static volatile bool _canNameDirectly = true;

    private readonly Descriptor _folder;

    private LinuxFolder(int descriptor, string path)
        : base(path) => _folder = new Descriptor(descriptor);

    internal static LinuxFolder OpenPath(string path)
    {
        int descriptor = LibC.OpenAt(
            LibC.AtCurrentFolder, path, OpenFlags.ReadOnly | OpenFlags.Here.Directory | OpenFlags.CloseOnExec, 0);
        return descriptor >= 0 ? new LinuxFolder(descriptor, path) : throw NativeFailure.Last("open", path);
    }

    public override FolderHandle? TryOpenFolder(string name)
    {
        CheckName(name);
        int flags = OpenFlags.ReadOnly | OpenFlags.Here.Directory | OpenFlags.Here.NoFollow | OpenFlags.CloseOnExec;
        int descriptor = LibC.OpenAt(_folder, name, flags, 0);
        if (descriptor >= 0)
        {
            return new LinuxFolder(descriptor, Join(name));
        }

        return NativeFailure.Number is ErrorNumber.NoEntry or ErrorNumber.NotFolder or ErrorNumber.SymbolicLinks
            ? null
            : throw NativeFailure.Last("open", Join(name));
    }

    public override bool TryMakeFolder(string name)
    {
        CheckName(name);
        if (LibC.MakeFolder(_folder, name, 0x1FF) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.Exists
            ? Status(name)?.Type == FileType.Folder
            : throw NativeFailure.Last("create the folder", Join(name));
    }

    private protected override SafeFileHandle? TryOpenRegular(string name, out FileStatus status)
    {
        CheckName(name);
        status = default;

        // The name first, then the open: opening a pipe would wait for its other end, even one that has just replaced a file.
        int fileDescriptor = LibC.OpenAt(_folder, name, OpenFlags.PlaceOnly | OpenFlags.Here.NoFollow | OpenFlags.CloseOnExec, 0);
        if (fileDescriptor < 0)
        {
            return NativeFailure.Number == ErrorNumber.NoEntry ? null : throw NativeFailure.Last("open", Join(name));
        }

        using var found = new SafeFileHandle(fileDescriptor, ownsHandle: true);
        status = Status(found);
        if (status.Type != FileType.File)
        {
            return null;
        }

        int descriptor = LibC.OpenAt(LibC.AtCurrentFolder, OwnDescriptor(found), OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw NativeFailure.Last("open", Join(name));
    }

    public override SafeFileHandle CreateFile(string name, int mode = 0x1B6) => OpenForWriting(name, OpenFlags.Exclusive, mode);

    public override SafeFileHandle OpenOrCreateFile(string name, int mode = 0x1B6) => OpenForWriting(name, 0, mode);

    private protected override FileStatus? Find(string name, bool asksServer = false)
    {
        CheckName(name);
        Span<byte> buffer = stackalloc byte[LibC.StatxSize];
        if (LibC.Statx(_folder, name, LibC.AtNoFollow | (asksServer ? LibC.AtAskServer : 0), LibC.StatxBasic, buffer) == 0)
        {
            return FileStatus.Read(buffer);
        }

        return NativeFailure.Number is ErrorNumber.NoEntry or ErrorNumber.NotFolder
            ? null
            : throw NativeFailure.Last("stat", Join(name));
    }

    public override bool MayRead(string name)
    {
        CheckName(name);
        return LibC.Access(_folder, name, LibC.MayRead, LibC.AtEffectiveRights | LibC.AtNoFollow) == 0;
    }

    public override bool MayWrite(string name)
    {
        CheckName(name);
        return LibC.Access(_folder, name, LibC.MayWrite, LibC.AtEffectiveRights | LibC.AtNoFollow) == 0;
    }

    public override FileStatus Status()
    {
        Span<byte> buffer = stackalloc byte[LibC.StatxSize];
        return LibC.Statx(_folder, "", LibC.AtEmptyPath, LibC.StatxBasic, buffer) == 0
            ? FileStatus.Read(buffer)
            : throw NativeFailure.Last("stat", Path);
    }

    private protected override FolderEntry ReadSystemLink(string name)
    {
        CheckName(name);
        Span<byte> buffer = stackalloc byte[MaxLinkBytes];
        nint length = LibC.ReadLink(_folder, name, buffer, MaxLinkBytes);
        return length >= 0 ? Decode(buffer[..(int)length]) : throw NativeFailure.Last("read the link", Join(name));
    }

    private protected override bool? TryMakeSystemLink(string target, string name)
    {
        CheckName(name);
        if (LibC.SymbolicLink(target, _folder, name) == 0)
        {
            return true;
        }

        return NativeFailure.Number switch
        {
            ErrorNumber.Exists => false,
            // vfat and exFAT say EPERM, cifs EOPNOTSUPP, FUSE ENOSYS.
            ErrorNumber.NotPermitted or ErrorNumber.NotSupported or ErrorNumber.NoSystemCall => null,
            _ => throw NativeFailure.Last("create the link", Join(name)),
        };
    }

    public override SafeFileHandle? TryCreateUnnamed(int mode)
    {
        int descriptor = LibC.OpenAt(
            _folder, ".", OpenFlags.Here.Unnamed | OpenFlags.ReadWrite | OpenFlags.CloseOnExec, (uint)mode);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return NativeFailure.Number is ErrorNumber.NotSupported or ErrorNumber.IsFolder or ErrorNumber.NoEntry
            ? null
            : throw NativeFailure.Last("create a file in", Path);
    }

    public override bool TryName(SafeFileHandle file, string name)
    {
        CheckName(name);
        if (TryNameDirectly(file, name) is { } named)
        {
            return named;
        }

        if (LibC.HardLink(LibC.AtCurrentFolder, OwnDescriptor(file), _folder, name, LibC.AtFollow) == 0)
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

        if (LibC.HardLink(file, "", _folder, name, LibC.AtEmptyPath) == 0)
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

    public override MoveOutcome Move(string name, FolderHandle target, string newName)
    {
        CheckName(name);
        CheckName(newName);
        if (LibC.Rename(_folder, name, ((LinuxFolder)target)._folder, newName) == 0)
        {
            return MoveOutcome.Done;
        }

        return NativeFailure.Number switch
        {
            ErrorNumber.CrossDevice => MoveOutcome.OtherDevice,
            ErrorNumber.IsFolder or ErrorNumber.NotEmpty => MoveOutcome.FolderInTheWay,
            _ => throw NativeFailure.Last("replace", $"{target.Path}/{newName}"),
        };
    }

    public override bool Delete(string name)
    {
        CheckName(name);
        if (LibC.Unlink(_folder, name, 0) == 0)
        {
            return true;
        }

        return NativeFailure.Number == ErrorNumber.NoEntry ? false : throw NativeFailure.Last("remove", Join(name));
    }

    public override bool DeleteFolder(string name)
    {
        CheckName(name);
        if (LibC.Unlink(_folder, name, LibC.AtRemoveFolder) == 0)
        {
            return true;
        }

        return NativeFailure.Number
            is ErrorNumber.NoEntry or ErrorNumber.NotEmpty or ErrorNumber.Exists or ErrorNumber.NotFolder
            ? false
            : throw NativeFailure.Last("remove", Join(name));
    }

    private protected override void SetSystemLinkModified(string name, long nanoseconds) =>
        NativeFailure.Check(
            LibC.SetTimes(_folder, name, LinuxFiles.Times(nanoseconds), LibC.AtNoFollow), "set the time of", Join(name));

    public override void SetMode(int mode) => NativeFailure.Check(LibC.ChangeMode(_folder, (uint)mode), "set the permissions of", Path);

    public override void Sync() => NativeFailure.Check(LibC.Sync(_folder), "sync", Path);

    public override bool List(FolderEntryVisitor visit)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(EnumerationBufferBytes);
        try
        {
            _ = LibC.Seek(_folder, 0, 0);
            nint read;
            while ((read = LibC.ReadEntries(_folder, buffer, EnumerationBufferBytes)) > 0)
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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _folder.Dispose();
        }

        base.Dispose(disposing);
    }

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

    private SafeFileHandle OpenForWriting(string name, int exclusive, int mode)
    {
        CheckName(name);
        int flags = OpenFlags.ReadWrite | OpenFlags.Create | exclusive | OpenFlags.Here.NoFollow | OpenFlags.CloseOnExec;
        int descriptor = LibC.OpenAt(_folder, name, flags, (uint)mode);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw NativeFailure.Last("create", Join(name));
    }

    public override bool TryExchange(string name, string other)
    {
        CheckName(name);
        CheckName(other);
        if (LibC.Rename(_folder, name, _folder, other, LibC.RenameExchange) == 0)
        {
            return true;
        }

        return CannotWithFlags() ? false : throw NativeFailure.Last("exchange", Join(other));
    }

    public override bool? TryRenameSafely(string name, string newName)
    {
        CheckName(name);
        CheckName(newName);
        if (LibC.Rename(_folder, name, _folder, newName, LibC.RenameNew) == 0)
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

        if (LibC.HardLink(_folder, name, _folder, newName, 0) == 0)
        {
            Delete(name);
            return true;
        }

        return NativeFailure.Number == ErrorNumber.Exists ? false : null;
    }

    // FUSE without the newer call says ENOSYS or EINVAL, NFS EINVAL.
    private static bool CannotWithFlags() =>
        NativeFailure.Number is ErrorNumber.Invalid or ErrorNumber.NoSystemCall or ErrorNumber.NotSupported;

    private sealed class Descriptor : SafeHandleMinusOneIsInvalid
    {
        internal Descriptor(int descriptor)
            : base(ownsHandle: true) => SetHandle(descriptor);

        protected override bool ReleaseHandle() => LibC.Close(handle) == 0;
    }
}

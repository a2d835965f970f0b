using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk.Folders.Systems;

/// <summary>
/// Windows. It keeps no permissions of Unix: folders and files look like those of one user, whose profile has an access list of its own.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsFiles : PortableFiles
{
    private const int FolderMode = 0x1C0; // 0700
    private const int FileMode600 = 0x180;
    private const int LongPath = 248; // CreateDirectory's limit, the shortest of all
    private const long EpochTicks = 116_444_736_000_000_000; // 1970 in 100 ns since 1601

    // Locks of Windows bar others from the bytes they cover: this one covers a byte that no file has.
    private const uint LockedByteHigh = 0x7FFFFFFF;

    private static readonly System.Buffers.SearchValues<char> NotInTargets = System.Buffers.SearchValues.Create(@"\:*?""<>|");

    internal override uint CurrentUser => 0;

    internal override bool HasStandIns => true;

    internal override string NameOnDisk(string name) => WindowsNames.OnDisk(name);

    internal override string NameOf(string nameOnDisk) => WindowsNames.Of(nameOnDisk);

    internal override FileStatus? Status(string path, bool followsLinks)
    {
        uint flags = Kernel32.Folders | (followsLinks ? 0 : Kernel32.LinksThemselves);
        using SafeFileHandle file = Kernel32.Open(
            Extended(path), Kernel32.ReadAttributes, Kernel32.ShareAll, 0, Kernel32.OpenExisting, flags, 0);
        if (file.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            return error is Kernel32.FileNotFound or Kernel32.PathNotFound or Kernel32.BadName
                ? null
                : throw Failure("look at", path, error);
        }

        FileStatus status = Status(file);
        return !followsLinks && IsReparsePoint(file) && ReadLink(path) is not null ? status with { Type = FileType.SymbolicLink } : status;
    }

    internal override FileStatus Status(SafeFileHandle file)
    {
        if (!Kernel32.Information(file, out Kernel32.FileInformation facts)
            || !Kernel32.Basic(file, out Kernel32.BasicInformation basic))
        {
            throw Failure("look at", "an open file", Marshal.GetLastPInvokeError());
        }

        bool isFolder = (facts.Attributes & (uint)FileAttributes.Directory) != 0;
        return new FileStatus(
            isFolder ? FileType.Folder : FileType.File,
            facts.Links,
            isFolder ? 0 : ((long)facts.SizeHigh << 32) | facts.SizeLow,
            (basic.Written - EpochTicks) * TimeSpan.NanosecondsPerTick,
            (basic.Changed - EpochTicks) * TimeSpan.NanosecondsPerTick,
            ((ulong)facts.IndexHigh << 32) | facts.IndexLow,
            facts.Volume,
            isFolder ? FolderMode : FileMode600,
            Owner: 0);
    }

    // The right to set times is one that a handle for reading does not have.
    internal override void SetModified(SafeFileHandle file, long nanoseconds)
    {
        using SafeFileHandle again = Kernel32.Reopen(file, Kernel32.WriteAttributes, Kernel32.ShareAll, 0);
        base.SetModified(again.IsInvalid ? file : again, nanoseconds);
    }

    internal override void SetMode(SafeFileHandle file, int mode)
    {
    }

    internal override void SetFolderMode(string path, int mode)
    {
    }

    internal override bool TryLock(SafeFileHandle file)
    {
        var at = new Kernel32.Overlapped { High = LockedByteHigh };
        if (Kernel32.Lock(file, Kernel32.LockExclusiveAtOnce, 0, 1, 0, ref at))
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error is Kernel32.LockViolation or Kernel32.Pending ? false : throw Failure("lock", "an open file", error);
    }

    internal override void Unlock(SafeFileHandle file)
    {
        var at = new Kernel32.Overlapped { High = LockedByteHigh };
        _ = Kernel32.Unlock(file, 0, 1, 0, ref at);
    }

    internal override SafeFileHandle Open(string path, FileMode how, FileAccess access, int mode) =>
        File.OpenHandle(path, how, access, FileShare.ReadWrite | FileShare.Delete);

    internal override void Move(string path, string to)
    {
        FileAttributes attributes = File.GetAttributes(path);
        if ((attributes & FileAttributes.Directory) != 0 && (attributes & FileAttributes.ReparsePoint) == 0)
        {
            Directory.Move(path, to);
            return;
        }

        AllowChange(to);
        File.Move(path, to, overwrite: true);
    }

    internal override void Delete(string path)
    {
        if ((File.GetAttributes(path) & FileAttributes.Directory) != 0)
        {
            Directory.Delete(path); // a link to a folder
            return;
        }

        AllowChange(path);
        File.Delete(path);
    }

    // A link that programs here can follow: relative, by backslashes. Others become link files.
    internal override void MakeLink(string path, string target)
    {
        if (Path.IsPathRooted(target) || target.AsSpan().IndexOfAny(NotInTargets) >= 0)
        {
            throw new IOException($"'{target}' is no target for a link of Windows.");
        }

        base.MakeLink(path, target.Replace('/', '\\'));
    }

    internal override string? ReadLink(string path) => base.ReadLink(path)?.Replace('\\', '/');

    // Windows makes names durable with the file's own flush; a folder cannot be flushed without an administrator's rights.
    internal override void SyncFolder(string path)
    {
    }

    // On Unix a read-only file can be removed and replaced, and so it is here.
    private static void AllowChange(string path)
    {
        if (File.Exists(path) && File.GetAttributes(path) is var attributes && (attributes & FileAttributes.ReadOnly) != 0)
        {
            File.SetAttributes(path, attributes & ~FileAttributes.ReadOnly);
        }
    }

    private static bool IsReparsePoint(SafeFileHandle file) =>
        Kernel32.Basic(file, out Kernel32.BasicInformation basic) && (basic.Attributes & (uint)FileAttributes.ReparsePoint) != 0;

    // Windows takes longer paths only with this prefix, and only when nothing in them is left to resolve. .NET does the same.
    private static string Extended(string path)
    {
        string full = Path.GetFullPath(path);
        return full.Length < LongPath || full.StartsWith(@"\\?\", StringComparison.Ordinal) ? full
            : full.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC\" + full[2..]
            : @"\\?\" + full;
    }

    private static IOException Failure(string action, string path, int error) =>
        new($"Cannot {action} '{path}': {Marshal.GetPInvokeErrorMessage(error)}", unchecked((int)0x80070000) | error);
}

using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Fetch;

/// <summary>
/// One verified, read-only copy of each blob, shared by working directories: <c>CACHE/HA/HASH</c>. The cache of one user is open to that
/// user only (0700). That of a group (02750) is filled by its owner only, such as a service account; its members read it. Copies that no
/// other user could change are not hashed again. Safe for several threads and processes.
/// </summary>
internal sealed class BlobCache : IDisposable
{
    private const int Private = 0x1C0; // 0700
    private const int Group = 0x5E8; // 02750: files belong to the folder's group
    private const int GroupReads = 0x28; // 0050
    private const int OpenBits = 0x17; // 0027: what neither kind may have
    private const int OthersWrite = 0x12; // 0022
    private const int ReadOnlyFile = 0x100; // 0400
    private const int ReadOnlyGroupFile = 0x120; // 0440
    private const int FanOutDigits = 2;

    // The modification time of verified copies: changing the bytes changes the time.
    private const long VerifiedTime = 946_684_800_000_000_000; // 2000-01-01

    private readonly FolderHandle _root;
    private readonly uint _owner;
    private readonly bool _isGroups;

    private BlobCache(string path, FolderHandle root, FileStatus status, uint user)
    {
        Path = path;
        _root = root;
        _owner = status.Owner;
        _isGroups = (status.Mode & GroupReads) != 0;
        Temporary = status.Owner == user ? Shared("tmp") : null;
    }

    internal string Path { get; }

    /// <summary>The folder of incomplete files; null with a read-only cache.</summary>
    internal FolderHandle? Temporary { get; }

    public void Dispose()
    {
        Temporary?.Dispose();
        _root.Dispose();
    }

    /// <summary>Opens the cache that a working directory uses; null when it uses none.</summary>
    internal static BlobCache? OpenOf(Workspace workspace) => workspace.Config.Cache is { } path ? Open(path) : null;

    /// <summary>Opens the cache at a folder; it is made, for this user alone, where it is missing.</summary>
    internal static BlobCache Open(string path) => Open(path, FileFacts.CurrentUser);

    internal static BlobCache Open(string path, uint user)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (!SmallFile.FolderExists(full))
        {
            SmallFile.MakePrivateFolder(full);
        }

        FolderHandle root = FolderHandle.Open(full);
        FileStatus status = root.Status();
        if ((status.Mode & OpenBits) == 0)
        {
            return new BlobCache(full, root, status, user);
        }

        root.Dispose();
        throw (ErrorCode.PathConflict with
        {
            Advice = $"For yourself: `chmod -R go-rwx {full}`. For a group that reads what you fill: `chmod -R g-w,o-rwx {full}`.",
        }).With(
            $"Others can read or change the cache {Display.Quote(full)} (mode {Convert.ToString(status.Mode, 8)}), and with it "
            + "data that is not theirs.").ToException();
    }

    internal string PathOf(BlobHash hash)
    {
        string name = hash.ToString();
        return $"{Path}/{name[..FanOutDigits]}/{name}";
    }

    /// <summary>Opens the copy of a blob; null when there is none. One that is not what its hash says is not used.</summary>
    internal SafeFileHandle? TryOpen(BlobHash hash, long size, CancellationToken cancellationToken)
    {
        string name = hash.ToString();
        using FolderHandle? folder = _root.TryOpenFolder(name[..FanOutDigits]);
        if (folder?.TryOpenFile(name) is not { } file)
        {
            return null;
        }

        if (IsUntouched(folder.Status(), FolderHandle.Status(file), size))
        {
            return file;
        }

        bool good = IsGood(file, hash, cancellationToken);
        if (good && Temporary is not null)
        {
            Seal(file);
        }

        if (good)
        {
            return file;
        }

        file.Dispose();
        if (Temporary is not null)
        {
            folder.Delete(name);
        }

        return null;
    }

    /// <summary>Returns true if the cache has a blob and its bytes match its hash; reads all of it.</summary>
    internal bool IsWhole(BlobHash hash, CancellationToken cancellationToken)
    {
        string name = hash.ToString();
        using FolderHandle? folder = _root.TryOpenFolder(name[..FanOutDigits]);
        using SafeFileHandle? file = folder?.TryOpenFile(name);
        return file is not null && IsGood(file, hash, cancellationToken);
    }

    /// <summary>Adds a blob, where this user fills the cache. The caller has verified its bytes.</summary>
    internal void Add(BlobHash hash, ReadOnlySpan<byte> bytes)
    {
        if (Temporary is null)
        {
            return;
        }

        string name = hash.ToString();
        using FolderHandle folder = Shared(name[..FanOutDigits]);
        using UnpublishedFile copy = UnpublishedFile.Create(folder, Workspace.TemporaryPrefix);
        SparseFile.Write(copy.File, bytes, 0);
        Seal(copy.File);
        copy.TryPublish(name);
    }

    internal void AddPart(BlobHash hash, SafeFileHandle file, string name)
    {
        string final = hash.ToString();
        Seal(file);
        using FolderHandle folder = Shared(final[..FanOutDigits]);
        if (Temporary!.Move(name, folder, final) != MoveOutcome.Done)
        {
            throw ErrorCode.PathConflict.With(
                $"{Display.Quote(PathOf(hash))} is a folder; is {Display.Quote(Path)} a Hutch cache?").ToException();
        }
    }

    private static bool IsGood(SafeFileHandle file, BlobHash hash, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        StableReader.HashRange(file, long.MaxValue, sha, NoProgress.Instance, cancellationToken);
        return new BlobHash(sha.GetHashAndReset()) == hash;
    }

    private bool IsUntouched(FileStatus folder, FileStatus file, long size) =>
        folder.Owner == _owner && file.Owner == _owner && ((folder.Mode | file.Mode) & OthersWrite) == 0
        && file.Size == size && file.ModifiedNanoseconds == VerifiedTime;

    private void Seal(SafeFileHandle file)
    {
        FolderHandle.SetMode(file, _isGroups ? ReadOnlyGroupFile : ReadOnlyFile);
        FolderHandle.SetModified(file, VerifiedTime);
    }

    private FolderHandle Shared(string name)
    {
        bool fresh = _root.Status(name) is null;
        if (!_root.TryMakeFolder(name) || _root.TryOpenFolder(name) is not { } folder)
        {
            throw ErrorCode.PathConflict.With(
                $"{Display.Quote(Path + "/" + name)} is not a folder; is {Display.Quote(Path)} a Hutch cache?").ToException();
        }

        if (fresh)
        {
            folder.SetMode(_isGroups ? Group : Private);
        }

        return folder;
    }
}

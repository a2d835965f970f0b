using System.Security.Cryptography;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;
using Hutch.Model;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client.Fetch;

/// <summary>
/// One verified, read-only copy of each blob, shared by the working directories of one user or of a group: <c>CACHE/HA/HASH</c>. Its
/// folders
/// are writable for the group, its files for nobody. A copy is read and compared with its hash each time before it is used: a cache that
/// others
/// can write to is not believed. Safe for several threads and processes.
/// </summary>
internal sealed class BlobCache : IDisposable
{
    private const int SharedFolder = 0x5FD; // 02775: files belong to the folder's group
    private const int ReadOnlyFile = 0x124; // 0444
    private const int FanOutDigits = 2;

    private readonly FolderHandle _root;

    private BlobCache(string path)
    {
        Path = path;
        _root = FolderHandle.Open(path);
        Temporary = Shared("tmp");
    }

    internal string Path { get; }

    /// <summary>The folder of incomplete files.</summary>
    internal FolderHandle Temporary { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Temporary.Dispose();
        _root.Dispose();
    }

    /// <summary>Opens the cache at a folder; it is made where it is missing.</summary>
    internal static BlobCache Open(string path)
    {
        bool fresh = !SmallFile.FolderExists(path);
        SmallFile.MakeFolder(path);
        var cache = new BlobCache(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        if (fresh)
        {
            cache._root.SetMode(SharedFolder);
        }

        return cache;
    }

    internal string PathOf(BlobHash hash)
    {
        string name = hash.ToString();
        return $"{Path}/{name[..FanOutDigits]}/{name}";
    }

    /// <summary>Opens the copy of a blob; null when there is none. One that is not what its hash says is removed.</summary>
    internal SafeFileHandle? TryOpen(BlobHash hash, CancellationToken cancellationToken)
    {
        string name = hash.ToString();
        using FolderHandle? folder = _root.TryOpenFolder(name[..FanOutDigits]);
        SafeFileHandle? file = folder?.TryOpenFile(name);
        if (file is null || IsGood(file, hash, cancellationToken))
        {
            return file;
        }

        file.Dispose();
        folder!.Delete(name);
        return null;
    }

    /// <summary>Adds a blob. The caller has verified its bytes.</summary>
    internal void Add(BlobHash hash, ReadOnlySpan<byte> bytes)
    {
        string name = hash.ToString();
        using FolderHandle folder = Shared(name[..FanOutDigits]);
        using UnpublishedFile copy = UnpublishedFile.Create(folder, Workspace.TemporaryPrefix);
        RandomAccess.Write(copy.File, bytes, 0);
        FolderHandle.SetMode(copy.File, ReadOnlyFile);
        copy.TryPublish(name);
    }

    /// <summary>Adds a blob that was gathered, and verified, in <see cref="Temporary"/>.</summary>
    internal void AddPart(BlobHash hash, SafeFileHandle file, string name)
    {
        string final = hash.ToString();
        FolderHandle.SetMode(file, ReadOnlyFile);
        using FolderHandle folder = Shared(final[..FanOutDigits]);
        Temporary.Move(name, folder, final);
    }

    private static bool IsGood(SafeFileHandle file, BlobHash hash, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        StableReader.HashRange(file, long.MaxValue, sha, NoProgress.Instance, cancellationToken);
        return new BlobHash(sha.GetHashAndReset()) == hash;
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
            folder.SetMode(SharedFolder);
        }

        return folder;
    }
}

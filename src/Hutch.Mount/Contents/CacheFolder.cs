using System.Buffers.Binary;
using Hutch.Model.Checksums;

namespace Hutch.Mount.Contents;

/// <summary>
/// A bounded folder of small pieces, shared by all mounts of a user: <c>CACHE/HA/HASH.KIND</c>. A piece appears whole or not at all, and
/// ends with a CRC32C over its name and bytes, so that neither a killed process nor a power loss leaves a wrong one. The least recently
/// used pieces are removed first. Thread-safe, also between processes.
/// </summary>
internal sealed class CacheFolder : IDisposable
{
    private const int CheckBytes = sizeof(uint);
    private const int FanOutDigits = 2;
    private const int FanOut = 256;
    private const int OthersBits = 0x3F; // 0077
    private const int BlockBytes = 4096; // a file takes whole blocks of the disk
    private const int TrimParts = 16;
    private const int LargeBytes = 256 * 1024;
    private const string TemporaryPrefix = ".new-";
    private const string LockName = "lock";

    /// <summary>A newer time of use is not written: most reads of a piece come close together.</summary>
    private const long UseGranularity = 60_000_000_000;

    private readonly FolderHandle _root;
    private readonly Lazy<FolderHandle?>[] _folders;
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly Action<string> _notice;
    private long _addedSinceTrim;
    private int _isBroken;

    private CacheFolder(FolderHandle root, long maxBytes, TimeProvider time, Action<string> notice)
    {
        (_root, _maxBytes, _time, _notice) = (root, maxBytes, time, notice);
        _folders = [.. Enumerable.Range(0, FanOut).Select(i => new Lazy<FolderHandle?>(() => Open(i)))];
    }

    private long Now => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Opens the folder; it is made, for this user alone, where it is missing.</summary>
    internal static CacheFolder Open(string path, long maxBytes, TimeProvider time, Action<string> notice)
    {
        SmallFile.MakePrivateFolder(path);
        FolderHandle root = FolderHandle.Open(path);
        FileStatus status = root.Status();
        if (status.Owner != FileFacts.CurrentUser || (status.Mode & OthersBits) != 0)
        {
            root.Dispose();
            throw (ErrorCode.PathConflict with { Advice = $"Make it private (`chmod go-rwx {path}`), or name another folder." }).With(
                $"The cache {Display.Quote(path)} is open to other users, or belongs to one.").ToException();
        }

        var cache = new CacheFolder(root, maxBytes, time, notice);
        cache.Trim();
        return cache;
    }

    public void Dispose()
    {
        foreach (Lazy<FolderHandle?> folder in _folders)
        {
            if (folder.IsValueCreated)
            {
                folder.Value?.Dispose();
            }
        }

        _root.Dispose();
    }

    /// <summary>Reads a piece; null when it is not there. A damaged one is removed.</summary>
    internal byte[]? TryRead(BlobHash hash, string kind)
    {
        byte[]? bytes = null;
        return TryRead(hash, kind, length => bytes = GC.AllocateUninitializedArray<byte>(length)) ? bytes : null;
    }

    /// <summary>Reads a piece into a block, held for the caller; null when it is not there.</summary>
    internal Block? TryReadBlock(BlobHash hash, string kind)
    {
        Block? block = null;
        if (TryRead(hash, kind, length => (block = Block.Rent(length)).Bytes))
        {
            return block;
        }

        block?.Dispose();
        return null;
    }

    /// <summary>Adds a piece. A cache that cannot be written is reported once, and serves what it has.</summary>
    internal void Add(BlobHash hash, string kind, ReadOnlySpan<byte> bytes)
    {
        string name = NameOf(hash, kind);
        try
        {
            if (FolderOf(hash) is not { } folder)
            {
                return;
            }

            using UnpublishedFile file = UnpublishedFile.Create(folder, TemporaryPrefix, SmallFile.OwnerOnly);
            Span<byte> check = stackalloc byte[CheckBytes];
            BinaryPrimitives.WriteUInt32LittleEndian(check, CheckOf(name, bytes));
            Write(file.File, bytes);
            RandomAccess.Write(file.File, check, bytes.Length);
            file.TryPublish(name);
        }
        catch (IOException e)
        {
            Report(e);
            return;
        }

        if (Interlocked.Add(ref _addedSinceTrim, OnDisk(bytes.Length + CheckBytes)) > _maxBytes / (2 * TrimParts))
        {
            Trim();
        }
    }

    internal void Remove(BlobHash hash, string kind) => FolderOf(hash)?.Delete(NameOf(hash, kind));

    /// <summary>Removes the least recently used pieces until there is some room; does nothing while another process does.</summary>
    internal void Trim()
    {
        using SafeFileHandle trimming = _root.OpenOrCreateFile(LockName, SmallFile.OwnerOnly);
        if (!FolderHandle.TryLock(trimming))
        {
            return;
        }

        Interlocked.Exchange(ref _addedSinceTrim, 0);
        List<(long Used, long Size, FolderHandle Folder, string Name)> pieces = [];
        foreach (Lazy<FolderHandle?> folder in _folders)
        {
            if (folder.Value is { } open)
            {
                Collect(open, pieces);
            }
        }

        long left = pieces.Sum(static piece => piece.Size);
        if (left > _maxBytes - (_maxBytes / TrimParts))
        {
            pieces.Sort(static (one, other) => one.Used.CompareTo(other.Used));
            foreach ((_, long size, FolderHandle folder, string name) in pieces)
            {
                if (left <= _maxBytes - (2 * _maxBytes / TrimParts))
                {
                    break;
                }

                folder.Delete(name);
                left -= size;
            }
        }

        FolderHandle.Unlock(trimming);
    }

    private static void Collect(FolderHandle folder, List<(long Used, long Size, FolderHandle Folder, string Name)> pieces) =>
        folder.List((raw, _) =>
        {
            string name = Encoding.UTF8.GetString(raw);
            if (folder.Status(name) is { Type: FileType.File } status)
            {
                pieces.Add((status.ModifiedNanoseconds, OnDisk(status.Size), folder, name));
            }

            return true;
        });

    private static long OnDisk(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    private static string NameOf(BlobHash hash, string kind) => $"{hash}.{kind}";

    private static uint CheckOf(string name, ReadOnlySpan<byte> bytes)
    {
        Span<byte> salt = stackalloc byte[Encoding.UTF8.GetMaxByteCount(name.Length)];
        return Checksum.Append(Checksum.Crc32C(salt[..Encoding.UTF8.GetBytes(name, salt)]), bytes);
    }

    // The kernel keeps the pages of the mount's files: a second copy of them would only take memory.
    private static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= LargeBytes)
        {
            UncachedFile.Write(file, bytes, 0);
        }
        else
        {
            RandomAccess.Write(file, bytes, 0);
        }
    }

    private bool TryRead(BlobHash hash, string kind, Func<int, Memory<byte>> allocate)
    {
        try
        {
            return FolderOf(hash) is { } folder && TryRead(folder, NameOf(hash, kind), allocate);
        }
        catch (IOException e)
        {
            Report(e);
            return false;
        }
    }

    private bool TryRead(FolderHandle folder, string name, Func<int, Memory<byte>> allocate)
    {
        using SafeFileHandle? file = folder.TryOpenFile(name);
        if (file is null)
        {
            return false;
        }

        FileStatus status = FolderHandle.Status(file);
        if (status.Size is >= CheckBytes and <= int.MaxValue)
        {
            Span<byte> bytes = allocate((int)status.Size - CheckBytes).Span;
            Span<byte> check = stackalloc byte[CheckBytes];
            if (FolderHandle.Read(file, 0, bytes) == bytes.Length && FolderHandle.Read(file, bytes.Length, check) == CheckBytes
                && CheckOf(name, bytes) == BinaryPrimitives.ReadUInt32LittleEndian(check))
            {
                MarkUsed(file, status);
                return true;
            }
        }

        folder.Delete(name);
        return false;
    }

    private void MarkUsed(SafeFileHandle file, FileStatus status)
    {
        if (Now - status.ModifiedNanoseconds > UseGranularity)
        {
            FolderHandle.SetModified(file, Now);
        }
    }

    private void Report(IOException e)
    {
        if (Interlocked.Exchange(ref _isBroken, 1) == 0)
        {
            _notice($"The cache cannot be used: {e.Message.TrimEnd('.')}. Files are read without it.");
        }
    }

    private FolderHandle? FolderOf(BlobHash hash)
    {
        Span<byte> bytes = stackalloc byte[BlobHash.Size];
        hash.CopyTo(bytes);
        return _folders[bytes[0]].Value;
    }

    private FolderHandle? Open(int i)
    {
        string name = i.ToString("x" + FanOutDigits, CultureInfo.InvariantCulture);
        return _root.TryMakeFolder(name) ? _root.TryOpenFolder(name) : null;
    }
}

using Hutch.Client.Transfers;

namespace Hutch.Client.Workspaces;

/// <summary>
/// Reads files that another program may be writing: compares the status before the first byte and after the last, and never takes a changed
/// file for complete. For use by one thread.
/// </summary>
internal sealed class StableReader(FolderHandle root) : IDisposable
{
    private const int HashBufferBytes = 256 * 1024;

    private readonly FolderChain _chain = new(root);

    public void Dispose() => _chain.Dispose();

    internal SafeFileHandle? Open(string localPath)
    {
        (string folder, string name) = FolderChain.Split(localPath);
        return _chain.Find(folder)?.TryOpenFile(name);
    }

    /// <summary>Reads a file into a buffer that is at least as long as the file was.</summary>
    internal ReadOutcome Read(LocalItem item, Memory<byte> buffer, out int length, out FileStatus status)
    {
        int filled = 0;
        ReadOutcome outcome = Inspect(item, out status, (file, before) =>
        {
            for (int read = 1; read > 0 && filled < before.Size && before.Size <= buffer.Length; filled += read)
            {
                read = RandomAccess.Read(file, buffer.Span[filled..(int)before.Size], filled);
            }

            return filled;
        });
        length = filled;
        return outcome;
    }

    internal ReadOutcome Hash(
        LocalItem item, ITransferProgress progress, out BlobHash hash, out FileStatus status, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ReadOutcome outcome = Inspect(
            item, out status, (file, before) => HashRange(file, before.Size, sha, progress, cancellationToken));
        hash = new BlobHash(sha.GetHashAndReset());
        return outcome;
    }

    /// <summary>The one check that the read bytes are the file: all of it, and nothing about it changed during the read.</summary>
    private ReadOutcome Inspect(LocalItem item, out FileStatus status, Func<SafeFileHandle, FileStatus, long> read)
    {
        status = default;
        try
        {
            using SafeFileHandle? file = Open(item.LocalPath);
            if (file is null)
            {
                return ReadOutcome.Gone;
            }

            status = FolderHandle.Status(file);
            return read(file, status) == status.Size && FolderHandle.Status(file).SameContents(status)
                ? ReadOutcome.Whole
                : ReadOutcome.Changing;
        }
        catch (IOException e) when (FileInUse.IsCauseOf(e))
        {
            return ReadOutcome.InUse;
        }
    }

    /// <summary>Hashes the first bytes of a file; returns how many there were.</summary>
    internal static long HashRange(
        SafeFileHandle file, long length, IncrementalHash sha, ITransferProgress progress, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(HashBufferBytes);
        try
        {
            long offset = 0;
            while (offset < length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset));
                int read = length >= UncachedFile.WorthwhileBytes
                    ? UncachedFile.Read(file, piece, offset)
                    : RandomAccess.Read(file, piece, offset);
                if (read == 0)
                {
                    break;
                }

                sha.AppendData(buffer, 0, read);
                offset += read;
                progress.Add(0, read);
            }

            return offset;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

internal enum ReadOutcome
{
    /// <summary>It was the same from the first byte to the last.</summary>
    Whole,

    /// <summary>It changed during the read: the bytes may be torn.</summary>
    Changing,

    /// <summary>Another program has it open and lets no one read it.</summary>
    InUse,

    Gone,
}

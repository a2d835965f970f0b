using System.Buffers;
using System.Security.Cryptography;
using Hutch.Client.Http;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;
using Hutch.Model;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client.Fetch;

/// <summary>Reads one large file into a folder of ours, hashed as it arrives; goes on where an earlier attempt stopped.</summary>
internal sealed class LargeDownloader(HutchClient client, Workspace workspace, string at, ITransferProgress progress)
{
    /// <summary>Gathers a file; returns it open, verified, under the name that is returned.</summary>
    internal async Task<(SafeFileHandle File, string Name)> GatherAsync(
        DownloadItem item, FolderHandle folder, CancellationToken cancellationToken)
    {
        (SafeFileHandle file, string name) = OpenPart(folder, item.Entry.Hash!.Value);
        try
        {
            BlobHash actual = await FillAsync(item, file, cancellationToken);
            if (actual != item.Entry.Hash)
            {
                folder.Delete(name);
                throw new VerificationException(item.ServerPath, item.Entry.Hash.Value, actual);
            }

            return (file, name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Somebody else may be gathering the same bytes in a shared cache: then we do so under a name of our own.
    private static (SafeFileHandle File, string Name) OpenPart(FolderHandle folder, BlobHash hash)
    {
        string name = hash + ".part";
        SafeFileHandle file = folder.OpenOrCreateFile(name);
        if (FolderHandle.TryLock(file))
        {
            return (file, name);
        }

        file.Dispose();
        name = $"{hash}.{Environment.ProcessId}.part";
        return (folder.OpenOrCreateFile(name), name);
    }

    private async Task<BlobHash> FillAsync(DownloadItem item, SafeFileHandle file, CancellationToken cancellationToken)
    {
        long size = item.Entry.Size!.Value;
        long have = Math.Min(RandomAccess.GetLength(file), size);
        RandomAccess.SetLength(file, have);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        have = StableReader.HashRange(file, have, sha, progress, cancellationToken);
        for (int failures = 0; have < size;)
        {
            long before = have;
            try
            {
                using HttpResponseMessage response = await client.OpenEntryAsync(
                    workspace.Config.Dataset, at, item.ServerPath, have, cancellationToken);
                await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
                await CopyAsync(body, file, size, sha, offset => have = offset, have, cancellationToken);
                if (have < size)
                {
                    throw new ServerUnreachableException(client.Remote, new IOException("the answer was cut"));
                }
            }
            catch (Exception e) when (Transport.IsBroken(e) && Retry(ref failures, have > before))
            {
                progress.Tell($"{item.ServerPath}: the download was interrupted ({e.Message.TrimEnd('.')}); going on where it stopped.");
                await Task.Delay(TransferLimits.Backoff(failures), workspace.Time, cancellationToken);
            }
        }

        return new BlobHash(sha.GetHashAndReset());
    }

    private static bool Retry(ref int failures, bool progressed)
    {
        failures = progressed ? 1 : failures + 1;
        return failures < TransferLimits.MaxAttempts;
    }

    // While one piece is hashed and written, the next one arrives.
    private async Task CopyAsync(
        Stream body, SafeFileHandle file, long size, IncrementalHash sha, Action<long> written, long offset,
        CancellationToken cancellationToken)
    {
        byte[] current = ArrayPool<byte>.Shared.Rent(TransferLimits.PieceBytes);
        byte[] next = ArrayPool<byte>.Shared.Rent(TransferLimits.PieceBytes);
        Task storing = Task.CompletedTask;
        try
        {
            while (offset < size)
            {
                int wanted = (int)Math.Min(TransferLimits.PieceBytes, size - offset);
                int read = await body.ReadAtLeastAsync(current.AsMemory(0, wanted), wanted, throwOnEndOfStream: false, cancellationToken);
                await storing;
                if (read == 0)
                {
                    return;
                }

                (byte[] piece, long start) = (current, offset);
                offset += read;
                storing = Task.Run(
                    () =>
                    {
                        sha.AppendData(piece, 0, read);
                        RandomAccess.Write(file, piece.AsSpan(0, read), start);
                        written(start + read);
                        progress.Add(0, read);
                    },
                    CancellationToken.None);
                (current, next) = (next, current);
            }

            await storing;
        }
        finally
        {
            await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(next);
        }
    }
}

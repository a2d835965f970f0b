using System.Security.Cryptography;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Backups;

/// <summary>Copies and hashes files in pieces, so that their length costs no memory.</summary>
internal sealed class FileCopies(IDisk disk, TransferSlots? work = null)
{
    private const int PieceBytes = 1 << 20;

    /// <summary>The disk that is copied from; null for that of the copies.</summary>
    public IDisk? Origin { get; init; }

    /// <summary>Copies the first bytes of a file to a new name and checks the copy: durable on return. A failure leaves nothing.</summary>
    /// <returns>The SHA-256 of the copied bytes, 64 hexadecimal digits.</returns>
    public async Task<string> CopyAsync(string source, long bytes, string target, Action<long>? progress, CancellationToken ct)
    {
        string unfinished = target + ".unfinished";
        disk.Delete(unfinished);
        try
        {
            string hash;
            using (IDiskFile to = disk.Open(unfinished, DiskAccess.CreateNew))
            {
                hash = await ReadAsync(
                    Origin ?? disk,
                    source,
                    bytes,
                    (piece, at) =>
                    {
                        to.WriteInPassing([piece], at);
                        progress?.Invoke(piece.Length);
                    },
                    ct);
                to.Sync();
            }

            if (await HashAsync(unfinished, bytes, ct) != hash)
            {
                throw new IOException($"'{target}' differs from what was written: its disk is not reliable.");
            }

            disk.Rename(unfinished, target);
            return hash;
        }
        catch
        {
            disk.Delete(unfinished);
            throw;
        }
    }

    /// <summary>The SHA-256 of the first bytes of a file, 64 hexadecimal digits.</summary>
    public Task<string> HashAsync(string path, long bytes, CancellationToken ct) => ReadAsync(disk, path, bytes, static (_, _) => { }, ct);

    private async Task<string> ReadAsync(
        IDisk from, string path, long bytes, Action<ReadOnlyMemory<byte>, long> take, CancellationToken ct)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IDiskFile file = from.Open(path, DiskAccess.Read);
        var piece = new byte[(int)Math.Min(PieceBytes, Math.Max(1, bytes))];
        for (long at = 0; at < bytes;)
        {
            ct.ThrowIfCancellationRequested();
            using IDisposable? permit = work is null ? null : await work.EnterAsync(piece.Length, ct);
            int length = file.ReadFully(piece.AsSpan(0, (int)Math.Min(piece.Length, bytes - at)), at, inPassing: true);
            if (length == 0)
            {
                throw new EndOfStreamException($"'{path}' ends after {at} bytes; it should have {bytes}.");
            }

            hash.AppendData(piece, 0, length);
            take(piece.AsMemory(0, length), at);
            at += length;

            // A long copy gives way to what waits for this thread.
            await Task.Yield();
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

using Hutch.Client.Transfers;

namespace Hutch.Client.Push;

/// <summary>
/// A request body that is a part of a file, hashed while it is sent: the next piece is read and hashed while the last one travels.
/// </summary>
internal sealed class HashingFileContent(SafeFileHandle file, long offset, long length, IncrementalHash? sha, ITransferProgress progress)
    : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] current = ArrayPool<byte>.Shared.Rent(TransferLimits.PieceBytes);
        byte[] next = ArrayPool<byte>.Shared.Rent(TransferLimits.PieceBytes);
        Task<int> reading = ReadAsync(current, 0);
        try
        {
            for (long done = 0; done < length;)
            {
                int ready = await reading;
                done += ready;
                reading = ReadAsync(next, done); // of nothing, after the last piece
                await stream.WriteAsync(current.AsMemory(0, ready), cancellationToken);
                progress.Add(0, ready);
                (current, next) = (next, current);
            }
        }
        finally
        {
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it still writes into a buffer of ours
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(next);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    private Task<int> ReadAsync(byte[] buffer, long done) => Task.Run(() =>
    {
        int wanted = (int)Math.Min(TransferLimits.PieceBytes, length - done);
        int filled = 0;
        while (filled < wanted)
        {
            Span<byte> rest = buffer.AsSpan(filled, wanted - filled);
            long from = offset + done + filled;
            int read = length >= UncachedFile.WorthwhileBytes ? UncachedFile.Read(file, rest, from) : RandomAccess.Read(file, rest, from);
            if (read == 0)
            {
                throw new FileShrankException();
            }

            filled += read;
        }

        sha?.AppendData(buffer, 0, filled);
        return filled;
    });
}

internal sealed class FileShrankException() : IOException("The file shrank while it was being sent.");

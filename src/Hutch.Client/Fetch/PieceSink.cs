using Hutch.Client.Transfers;

namespace Hutch.Client.Fetch;

/// <summary>
/// Hashes and writes what arrives, piece by piece: while one piece arrives, one is hashed and another written, each byte once, while it is
/// in the processor's cache. For one thread.
/// </summary>
/// <param name="file">Where the bytes go.</param>
/// <param name="offset">Where the first one goes.</param>
/// <param name="inPassing">Whether the file is so large that it need not stay in the system's memory.</param>
/// <param name="sha">Is fed with each byte, in order.</param>
internal sealed class PieceSink(
    SafeFileHandle file, long offset, bool inPassing, IncrementalHash sha, ITransferProgress progress) : IAsyncDisposable
{
    private const int Pieces = 4;

    private readonly (byte[]? Bytes, Task Free)[] _pieces = [.. Enumerable.Repeat(((byte[]?)null, Task.CompletedTask), Pieces)];
    private Task _hashing = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private int _current;

    /// <summary>Up to where bytes were taken over; hashed and in the file after <see cref="CompleteAsync"/>.</summary>
    internal long Offset { get; private set; } = offset;

    private Task Ended => Task.WhenAll(_hashing, _writing);

    /// <summary>Memory for the next piece. Throws what went wrong with an earlier one.</summary>
    internal async ValueTask<Memory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        ref (byte[]? Bytes, Task Free) piece = ref _pieces[_current];
        piece.Bytes ??= ArrayPool<byte>.Shared.Rent(TransferLimits.PieceBytes);
        Memory<byte> memory = piece.Bytes.AsMemory(0, TransferLimits.PieceBytes);
        await piece.Free.WaitAsync(cancellationToken);
        return memory;
    }

    /// <summary>Takes over the first bytes of the memory that was given last.</summary>
    internal void Add(int length)
    {
        byte[] bytes = _pieces[_current].Bytes!;
        long start = Offset;
        Offset += length;
        _hashing = After(_hashing, () => sha.AppendData(bytes, 0, length));
        _writing = After(_writing, () => Write(bytes.AsSpan(0, length), start));
        _pieces[_current].Free = Task.WhenAll(_hashing, _writing);
        _current = (_current + 1) % Pieces;
    }

    /// <summary>Ends when all that was taken over is hashed and in the file; throws what went wrong.</summary>
    internal Task CompleteAsync(CancellationToken cancellationToken) => Ended.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // until then they use the memory
        foreach ((byte[]? bytes, _) in _pieces)
        {
            if (bytes is not null)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    private static async Task After(Task previous, Action work)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        work();
    }

    private void Write(ReadOnlySpan<byte> bytes, long start)
    {
        SparseFile.Write(file, bytes, start, inPassing);
        progress.Add(0, bytes.Length);
    }
}

using Hutch.Model.Records;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Read-ahead of a blob while it goes out: the extent at hand, verified, and the next one as long as there is memory to spare. While
/// the network is waited for, both are given back when others wait for memory; what is still to go is then read and verified again.
/// </summary>
/// <param name="content">The blob.</param>
/// <param name="end">Nothing is needed from this byte on.</param>
/// <param name="inPassing">Whether nobody is expected to read the same bytes again soon.</param>
/// <remarks>For one thread.</remarks>
internal sealed class BlobReadAhead(BlobContent content, long end, bool inPassing) : IAsyncDisposable
{
    private Extent _extent = new(0, 0, 0);
    private Func<Task>? _giveBack;
    private BufferedPart? _part;
    private Task<BufferedPart>? _ahead;

    /// <summary>The bytes from a position to the end of its extent; valid until the next call, whichever.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> AtAsync(long position, CancellationToken ct)
    {
        if (_part is null || position >= _extent.Offset + _extent.Length)
        {
            await MoveToAsync(position, ct);
        }

        int from = (int)(position - _extent.Offset);
        return _part!.Buffer.Memory[from..(int)Math.Min(_extent.Length, end - _extent.Offset)];
    }

    /// <summary>Waits for the network, which has what it needs of the bytes.</summary>
    public ValueTask<T> WaitAsync<T>(ValueTask<T> network) =>
        _part is null || network.IsCompleted ? network : _part.Buffer.WaitAsync(network, _giveBack ??= GiveBackAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await GiveBackAsync();

    private async ValueTask MoveToAsync(long position, CancellationToken ct)
    {
        _part?.Dispose();
        _part = null;
        _extent = content.ExtentAt(position, end);
        Task<BufferedPart>? ahead = _ahead;
        _ahead = null;
        _part = ahead is null ? await content.ReadExtentAsync(_extent, inPassing, ct) : await ahead;
        long next = _extent.Offset + _extent.Length;
        _ahead = next < end ? content.ReadAhead(content.ExtentAt(next, end), inPassing, ct) : null;
    }

    private async Task GiveBackAsync()
    {
        _part?.Dispose();
        _part = null;
        if (_ahead is { } ahead)
        {
            _ahead = null;
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ahead.IsCompletedSuccessfully)
            {
                (await ahead).Dispose();
            }
        }
    }
}

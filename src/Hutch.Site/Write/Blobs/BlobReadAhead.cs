namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Read-ahead of a blob that is being sent: the current extent, verified, and the next one, if there is spare memory. During a wait for the
/// network, both are given back when others wait for memory; the unsent rest is then read and verified again.
/// </summary>
/// <param name="end">Nothing is needed from this byte on.</param>
/// <param name="inPassing">True if the same bytes are not expected to be read again soon.</param>
/// <remarks>For one thread.</remarks>
internal sealed class BlobReadAhead(BlobContent content, long end, bool inPassing) : IAsyncDisposable
{
    private Extent _extent = new(0, 0, 0);
    private Func<Task>? _giveBack;
    private BufferedPart? _part;
    private Task<BufferedPart>? _ahead;

    /// <summary>Returns the bytes from a position to the end of its extent; valid until the next call of any method.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> AtAsync(long position, CancellationToken ct)
    {
        if (_part is null || position >= _extent.Offset + _extent.Length)
        {
            await MoveToAsync(position, ct);
        }

        int from = (int)(position - _extent.Offset);
        return _part!.Buffer.Memory[from..(int)Math.Min(_extent.Length, end - _extent.Offset)];
    }

    /// <summary>Waits for the network, which already has the bytes that it needs.</summary>
    public ValueTask<T> WaitAsync<T>(ValueTask<T> network) =>
        _part is null || network.IsCompleted ? network : _part.Buffer.WaitAsync(network, _giveBack ??= ReturnAsync);

    public async ValueTask DisposeAsync() => await ReturnAsync();

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

    private async Task ReturnAsync()
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

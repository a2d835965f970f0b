namespace Hutch.Site.Write.Pushes;

/// <summary>
/// The extents of one upload that are on their way to the disk: a few at a time, so that one is received and hashed while others are
/// written and synced. For one thread.
/// </summary>
/// <param name="keep">Makes an extent durable and gives its buffer back, then, once the extent before it was recorded, records it.</param>
internal sealed class ExtentQueue(Func<ReceivedExtent, Task<Result<Done>>, Task<Result<Done>>> keep) : IAsyncDisposable
{
    /// <summary>With the one that is being filled: 32 MiB an upload.</summary>
    private const int MaxUnderWay = 3;

    private readonly Queue<Task<Result<Done>>> _underWay = new();
    private Task<Result<Done>> _last = Task.FromResult<Result<Done>>(Done.Value);
    private ReceivedExtent? _newest;
    private HutchError? _refusal;
    private bool _hasFailed;

    /// <summary>True if all completed writes succeeded: the rest after a refusal need not be received.</summary>
    public bool GoesOn => _refusal is null && !_hasFailed;

    /// <summary>Returns true if the queue took over an extent, and so disposes of its buffer.</summary>
    public bool Owns(ReceivedExtent extent) => ReferenceEquals(_newest, extent);

    /// <summary>Sends an extent on its way; waits while too many are. Throws what the oldest threw.</summary>
    public async ValueTask AddAsync(ReceivedExtent extent, CancellationToken ct)
    {
        if (_underWay.Count >= MaxUnderWay)
        {
            await AwaitOldestAsync(ct);
        }

        _newest = extent;
        _last = keep(extent, _last);
        _underWay.Enqueue(_last);
    }

    /// <summary>Waits for all; the first refusal, if there was one. Throws what the first that failed threw.</summary>
    public async Task<Result<Done>> CompleteAsync(CancellationToken ct)
    {
        while (_underWay.Count > 0)
        {
            await AwaitOldestAsync(ct);
        }

        return _refusal is null ? Done.Value : _refusal;
    }

    /// <summary>Waits for all, however they end: until then they use their buffers.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_underWay.TryDequeue(out Task<Result<Done>>? one))
        {
            await ((Task)one).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _hasFailed |= !one.IsCompletedSuccessfully || !(await one).IsOk;
        }
    }

    private async Task AwaitOldestAsync(CancellationToken ct)
    {
        // A failed write stays in the queue, so that the disposal of all sees the failure.
        Result<Done> oldest = await _underWay.Peek().WaitAsync(ct);
        _ = _underWay.Dequeue();
        _refusal ??= oldest.Error;
    }
}

/// <summary>A part of a large file that came in.</summary>
/// <param name="Buffer">Where its bytes are.</param>
/// <param name="IsStored">Whether the very same bytes were stored before, and only not recorded.</param>
internal sealed record ReceivedExtent(PayloadBuffer Buffer, long Offset, int Length, bool IsStored)
{
    /// <summary>Its bytes; valid until the buffer is given back.</summary>
    public ReadOnlyMemory<byte> Bytes => Buffer.Memory[..Length];
}

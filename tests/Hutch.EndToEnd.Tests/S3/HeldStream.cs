namespace Hutch.EndToEnd.Tests.S3;

/// <summary>A stream that gives so many bytes, and the rest when it is told to.</summary>
internal sealed class HeldStream(byte[] bytes, int heldAt) : MemoryStream(bytes, writable: false)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when all but the rest was read.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        await ReadAsync(buffer.AsMemory(offset, count), cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (Position == heldAt)
        {
            _reached.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
        }

        int most = Position < heldAt ? heldAt - (int)Position : destination.Length;
        return await base.ReadAsync(destination[..Math.Min(most, destination.Length)], cancellationToken);
    }
}

using System.Threading.Channels;

namespace Hutch.Disk;

/// <summary>Wakes a loop that waits for something to do. What wakes it several times before it looks wakes it once.</summary>
/// <remarks>Thread-safe; for one loop.</remarks>
public sealed class WakeSignal
{
    private readonly Channel<bool> _given = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the loop, or lets its next wait end at once.</summary>
    public void Wake() => _given.Writer.TryWrite(true);

    /// <summary>Returns when the loop was woken since the last wait.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _given.Reader.ReadAsync(cancellationToken);

    /// <summary>Returns when the loop was woken since the last wait, or after a while; true for the first.</summary>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // The while is over.
        }
    }
}

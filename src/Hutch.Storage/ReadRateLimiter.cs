namespace Hutch.Storage;

/// <summary>Holds a reader back to so many bytes a second, on average since it began.</summary>
/// <param name="bytesPerSecond">How fast it may read.</param>
public sealed class ReadRateLimiter(long bytesPerSecond, TimeProvider time)
{
    private static readonly TimeSpan WorthWaiting = TimeSpan.FromMilliseconds(10);

    private readonly long _start = time.GetTimestamp();
    private long _bytes;

    /// <summary>Counts bytes that were read, and waits when the reader is ahead of its time.</summary>
    public async ValueTask RestAsync(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _bytes += bytes;
        TimeSpan ahead = TimeSpan.FromSeconds(_bytes / (double)bytesPerSecond) - time.GetElapsedTime(_start);
        if (ahead > WorthWaiting)
        {
            await Task.Delay(ahead, time, cancellationToken);
        }
    }
}

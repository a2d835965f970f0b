using Hutch.Detectors.DectrisStream;

namespace Hutch.Simulator;

public sealed class SimulatedDetector(SimulatedStream stream, StreamSocket socket, TimeProvider time)
{
    private long _sent;
    private long _dropped;

    public long Sent => Volatile.Read(ref _sent);

    /// <summary>The number of images that were dropped because they were not read in time.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Sends the series: waits for a reader first.</summary>
    /// <param name="rate">Images a second; null for as fast as they are read.</param>
    /// <param name="isRealTime">True to drop images that are not read in time, as a detector does; else they wait.</param>
    /// <param name="progress">Receives the number of images so far, after each.</param>
    public async Task RunAsync(int images, double? rate, bool isRealTime, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration stop = cancellationToken.Register(socket.Stop);
        await SendAsync(Message(stream.Start), cancellationToken);
        long began = time.GetTimestamp();
        for (int image = 0; image < images; image++)
        {
            if (rate is { } perSecond && TimeSpan.FromSeconds(image / perSecond) - time.GetElapsedTime(began) is { Ticks: > 0 } early)
            {
                await Task.Delay(early, time, cancellationToken);
            }

            StreamBuffer message = stream.Image(image);
            if (!isRealTime)
            {
                await SendAsync(message, cancellationToken);
                _sent++;
            }
            else
            {
                _ = socket.TrySend(message) ? _sent++ : _dropped++;
            }

            progress?.Report(image + 1);
        }

        await SendAsync(Message(stream.End), cancellationToken);
    }

    private static StreamBuffer Message(ReadOnlyMemory<byte> bytes)
    {
        var message = new StreamBuffer(bytes.Length);
        bytes.Span.CopyTo(message.GetSpan());
        return message;
    }

    private async Task SendAsync(StreamBuffer message, CancellationToken cancellationToken)
    {
        // At once where there is room; else a thread waits that others do not need.
        StreamBuffer again = message.Share();
        if (socket.TrySend(message))
        {
            again.Dispose();
            return;
        }

        bool isSent = await Task.Factory.StartNew(
            () => socket.Send(again), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (!isSent)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }
}

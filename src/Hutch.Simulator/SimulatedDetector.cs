using Hutch.Detectors.DectrisStream;

namespace Hutch.Simulator;

/// <param name="version">The version of the stream: 1 or 2.</param>
public sealed class SimulatedDetector(SimulatedStream stream, StreamSocket socket, TimeProvider time, int version = 2)
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
        await SendAsync(StreamBuffer.Copy(stream.Start.Span), cancellationToken);
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
                _ = socket.TrySend(PartsOf(message)) ? _sent++ : _dropped++;
            }

            progress?.Report(image + 1);
        }

        await SendAsync(StreamBuffer.Copy(stream.End.Span), cancellationToken);
    }

    /// <summary>The parts of a message in the version of the stream; takes the message over.</summary>
    private IReadOnlyList<StreamBuffer> PartsOf(StreamBuffer message)
    {
        if (version == 2)
        {
            return [message];
        }

        using (message)
        {
            return StreamVersion1Writer.Write(StreamMessageReader.Read(message.Memory).Value);
        }
    }

    private async Task SendAsync(StreamBuffer message, CancellationToken cancellationToken)
    {
        // At once where there is room; else a thread waits that others do not need.
        IReadOnlyList<StreamBuffer> parts = PartsOf(message);
        StreamBuffer[] again = [.. parts.Select(static part => part.Share())];
        if (socket.TrySend(parts))
        {
            foreach (StreamBuffer part in again)
            {
                part.Dispose();
            }

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

using System.Collections.Concurrent;
using Hutch.Detectors.DectrisStream;

namespace Hutch.Capture.Tests.Support;

/// <summary>A capture that runs, and a detector that sends to it.</summary>
internal sealed class CaptureRig : IAsyncDisposable
{
    private readonly StreamSocket _pull = StreamSocket.OpenPull("tcp://127.0.0.1:*", binds: true, 4).Value;
    private readonly StreamSocket _push;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<CaptureRecord> _ended = new();
    private readonly SemaphoreSlim _isEnded = new(0);
    private readonly Task _run;

    public CaptureRig(string folder, CaptureOptions? options = null, MemoryDestination? store = null)
    {
        Store = store ?? new MemoryDestination();
        _push = StreamSocket.OpenPush(_pull.Endpoint, binds: false, 4, TimeSpan.Zero).Value;
        Running = new StreamCapture(
            _pull, Store, options ?? new CaptureOptions(), new CaptureState(folder), TimeProvider.System, Told.Enqueue,
            series =>
            {
                _ended.Enqueue(series.Record);
                _isEnded.Release();
            },
            Failed.Enqueue);
        _run = Running.RunAsync(_stop.Token);
    }

    public MemoryDestination Store { get; }

    public StreamCapture Running { get; }

    public ConcurrentQueue<string> Told { get; } = new();

    public ConcurrentQueue<FailedSeries> Failed { get; } = new();

    public void Send(byte[] message)
    {
        var buffer = new StreamBuffer(message.Length);
        message.CopyTo(buffer.GetSpan());
        Send(buffer);
    }

    public void Send(StreamBuffer message) => Assert.True(_push.Send(message));

    /// <summary>The address at which the capture listens.</summary>
    public string Endpoint => _pull.Endpoint;

    /// <summary>Sends a message of several parts.</summary>
    public void Send(IReadOnlyList<StreamBuffer> parts) => Assert.True(_push.Send(parts));

    public async Task<CaptureRecord> EndedAsync()
    {
        Assert.True(await _isEnded.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken), string.Join("\n", Told));
        Assert.True(_ended.TryDequeue(out CaptureRecord? record));
        return record;
    }

    public Task ReceivedAsync(long messages) => UntilAsync(() => Running.Messages >= messages);

    public Task ToldAsync(string line) => UntilAsync(() => Told.Contains(line));

    public async Task<FailedSeries> FailedAsync()
    {
        FailedSeries? failed = null;
        await UntilAsync(() => Failed.TryPeek(out failed));
        return failed!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _push.Dispose();
        _pull.Dispose();
        _stop.Dispose();
        _isEnded.Dispose();
    }

    /// <summary>Looks again and again: what capture counts has no event.</summary>
    private async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 3000 && !condition(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition(), string.Join("\n", Told));
    }
}

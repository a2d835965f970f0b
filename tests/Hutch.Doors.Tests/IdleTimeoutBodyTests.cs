using System.Buffers;
using System.IO.Pipelines;

namespace Hutch.Doors.Tests;

/// <summary>A body whose reader gives up leaves no read in progress: the server goes on with the connection, or drains it.</summary>
public sealed class IdleTimeoutBodyTests
{
    private readonly PendingBody _body = new();
    private readonly IdleTimeoutBody _patient;

    public IdleTimeoutBodyTests() => _patient = new IdleTimeoutBody(_body, TimeSpan.FromMinutes(1), TimeProvider.System);

    [Fact]
    public async Task A_read_that_ends_while_its_wait_is_given_up_is_given_back()
    {
        using var giveUp = new CancellationTokenSource();
        var later = new HeldContinuations();
        ValueTask<ReadResult> waiting = later.Run(() => _patient.ReadAsync(giveUp.Token));

        // The wait has ended, but its reader does not know yet; then something comes.
        await giveUp.CancelAsync();
        _body.Bring("late"u8.ToArray());
        later.Continue();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        _patient.Release();
        Assert.False(_body.IsReading);
    }

    [Fact]
    public async Task A_cancelled_read_is_stopped_before_its_reader_is_notified()
    {
        using var giveUp = new CancellationTokenSource();
        ValueTask<ReadResult> waiting = _patient.ReadAsync(giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        _patient.Release();
        Assert.False(_body.IsReading);
    }

    /// <summary>A body of which one read is in progress until something comes, and until what came is given back.</summary>
    private sealed class PendingBody : PipeReader
    {
        private readonly TaskCompletionSource<ReadResult> _read = new();

        public bool IsReading { get; private set; }

        public void Bring(byte[] bytes) => _read.TrySetResult(new ReadResult(new ReadOnlySequence<byte>(bytes), isCanceled: false, isCompleted: false));

        // The token is the wait's: the server's own read does not always see it in time.
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            Assert.False(IsReading);
            IsReading = true;
            return new ValueTask<ReadResult>(_read.Task);
        }

        public override void AdvanceTo(SequencePosition consumed) => IsReading = false;

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => IsReading = false;

        public override void CancelPendingRead() =>
            _read.TrySetResult(new ReadResult(default, isCanceled: true, isCompleted: false));

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();
    }

    /// <summary>What follows on a wait, held back until the test lets it go on.</summary>
    private sealed class HeldContinuations : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _held = [];

        public T Run<T>(Func<T> begin)
        {
            SynchronizationContext? before = Current;
            SetSynchronizationContext(this);
            try
            {
                return begin();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (_held)
            {
                _held.Enqueue((d, state));
            }
        }

        public void Continue()
        {
            while (true)
            {
                (SendOrPostCallback Callback, object? State) next;
                lock (_held)
                {
                    if (!_held.TryDequeue(out next))
                    {
                        return;
                    }
                }

                next.Callback(next.State);
            }
        }
    }
}

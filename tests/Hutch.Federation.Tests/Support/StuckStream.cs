using Hutch.Model.Streams;

namespace Hutch.Federation.Tests.Support;

/// <summary>The body of an answer in which nothing comes.</summary>
internal sealed class StuckStream : ForwardStream
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody waits for its first byte.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Ends when nobody wants it any more.</summary>
    public Task Left => _left.Task;

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _asked.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        _left.TrySetResult();
        base.Dispose(disposing);
    }
}

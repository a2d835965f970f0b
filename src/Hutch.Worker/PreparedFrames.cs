namespace Hutch.Worker;

/// <summary>
/// The shared data of all frames of a run, or a file: the step, prepared once, and memory for the frames processed at once.
/// </summary>
internal sealed class PreparedFrames(IPreparedStep step) : IDisposable
{
    private readonly ConcurrentBag<FrameBuffer> _buffers = [];
    private readonly SemaphoreSlim _turns = new(step.FramesAtOnce);

    public IPreparedStep Step => step;

    /// <summary>Waits until there is memory for a frame, packed and unpacked, which the result gives back.</summary>
    public async Task<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        return new Turn(this, _buffers.TryTake(out FrameBuffer? idle) ? idle : new FrameBuffer());
    }

    public void Dispose()
    {
        step.Dispose();
        _turns.Dispose();
    }

    public sealed class Turn(PreparedFrames owner, FrameBuffer buffer) : IDisposable
    {
        public FrameBuffer Buffer => buffer;

        public void Dispose()
        {
            owner._buffers.Add(buffer);
            owner._turns.Release();
        }
    }
}

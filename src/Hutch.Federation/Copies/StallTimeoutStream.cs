using Hutch.Model.Streams;

namespace Hutch.Federation.Copies;

/// <summary>
/// The body of an answer, read only; it fails when nothing comes for a while, or hardly anything, and ends the answer when it is disposed.
/// </summary>
internal sealed class StallTimeoutStream(Stream body, IDisposable answer, TimeSpan timeout, TimeProvider time) : ForwardStream
{
    /// <summary>The fewest bytes that must come within <c>timeout</c> of waiting.</summary>
    internal const int LeastBytes = 64 << 10;

    private TimeSpan _waited;
    private long _bytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        long began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            int read = await body.ReadAsync(buffer, either.Token);
            Count(read, time.GetElapsedTime(began));
            return read;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {timeout.TotalSeconds:0} s", e);
        }
    }

    /// <summary>Only waiting counts: what this site needs to store the bytes is not the sender's fault.</summary>
    private void Count(int read, TimeSpan waited)
    {
        _bytes += read;
        _waited += waited;
        if (_waited < timeout || read == 0)
        {
            return;
        }

        if (_bytes < LeastBytes)
        {
            throw new IOException($"only {_bytes} bytes came in {_waited.TotalSeconds:0} s");
        }

        (_waited, _bytes) = (TimeSpan.Zero, 0);
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            answer.Dispose();
        }

        base.Dispose(disposing);
    }
}

using Hutch.S3.Errors;

namespace Hutch.S3.Bodies;

/// <summary>
/// The body of a request without its framing; its checksums are computed in passing. It copies nothing: its memory is that of the
/// connection's buffers. Only for readers that consume all that they read.
/// </summary>
internal sealed class S3Body(PipeReader inner, BodyChecks checks, ChunkFraming? framing, long maxBytes) : PipeReader
{
    private ReadOnlySequence<byte> _current;

    /// <summary>Bytes that were consumed.</summary>
    public long Consumed { get; private set; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        framing is null ? ReadPlainAsync(cancellationToken) : ReadFramedAsync(framing, cancellationToken);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (framing is { IsEnded: true })
        {
            return;
        }

        foreach (ReadOnlyMemory<byte> part in _current.Slice(0, consumed))
        {
            checks.Append(part.Span);
            framing?.Append(part.Span);
            Consumed += part.Length;
        }

        _current = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override bool TryRead(out ReadResult result) => throw new NotSupportedException("This body is read by waiting for it.");

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private async ValueTask<ReadResult> ReadPlainAsync(CancellationToken ct)
    {
        ReadResult read = await inner.ReadAsync(ct);
        if (Consumed + read.Buffer.Length > maxBytes)
        {
            // Only a body of unknown length can come so far.
            inner.AdvanceTo(read.Buffer.End);
            throw S3ErrorCode.EntityTooLarge.With(
                $"The body is longer than {maxBytes} bytes, the limit for one request. Use a multipart upload.");
        }

        _current = read.Buffer;
        return read;
    }

    private async ValueTask<ReadResult> ReadFramedAsync(ChunkFraming framing, CancellationToken ct)
    {
        while (!framing.IsEnded)
        {
            ReadResult read = await inner.ReadAsync(ct);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (framing.Left > 0 && !buffer.IsEmpty)
            {
                _current = buffer.Slice(0, Math.Min(buffer.Length, framing.Left));
                return new ReadResult(_current, read.IsCanceled, isCompleted: false);
            }

            bool isRead = framing.Left == 0 && framing.TryRead(ref buffer, read.IsCompleted);
            if (!isRead && read.IsCompleted)
            {
                inner.AdvanceTo(buffer.End);
                throw ChunkFraming.Incomplete();
            }

            inner.AdvanceTo(buffer.Start, isRead ? buffer.Start : buffer.End);
        }

        return new ReadResult(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
    }
}

namespace Hutch.Site.Write.Pushes;

/// <summary>The next bytes of a body, as a body of their own: one member of a stream.</summary>
public sealed class SlicedBody(PipeReader body, long length) : PipeReader
{
    private System.Buffers.ReadOnlySequence<byte> _shown;
    private long _left = length;

    public override bool TryRead(out ReadResult result)
    {
        if (_left == 0)
        {
            result = new ReadResult(default, false, true);
            return true;
        }

        if (!body.TryRead(out ReadResult read))
        {
            result = default;
            return false;
        }

        result = Show(read);
        return true;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _left == 0 ? new ReadResult(default, false, true) : Show(await body.ReadAsync(cancellationToken));

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_shown.IsEmpty)
        {
            return;
        }

        _left -= _shown.Slice(0, consumed).Length;
        _shown = default;
        body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        // The body continues after this part.
    }

    private ReadResult Show(ReadResult read)
    {
        if (read.IsCompleted && read.Buffer.Length < _left)
        {
            body.AdvanceTo(read.Buffer.End);
            throw ErrorCode.BadRequest.With(
                "The body ended in the middle of a file. The files before it were kept; send the rest again.").ToException();
        }

        if (read.Buffer.IsEmpty)
        {
            body.AdvanceTo(read.Buffer.Start);
            return new ReadResult(default, read.IsCanceled, false);
        }

        _shown = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, _left));
        return new ReadResult(_shown, read.IsCanceled, _shown.Length == _left);
    }
}

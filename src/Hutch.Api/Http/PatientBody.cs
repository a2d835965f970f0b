using System.IO.Pipelines;
using Hutch.Model;

namespace Hutch.Api.Http;

/// <summary>A request body that is given up when nothing comes for a while. However slow, it may go on as long as something comes.</summary>
internal sealed class PatientBody(PipeReader body, TimeSpan patience, TimeProvider time) : PipeReader
{
    public override bool TryRead(out ReadResult result) => body.TryRead(out result);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read = body.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? read : WaitAsync(read.AsTask(), cancellationToken);
    }

    public override void AdvanceTo(SequencePosition consumed) => body.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => body.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    private async ValueTask<ReadResult> WaitAsync(Task<ReadResult> read, CancellationToken ct)
    {
        try
        {
            return await read.WaitAsync(patience, time, ct);
        }
        catch (TimeoutException)
        {
            body.CancelPendingRead();
            throw ErrorCode.BadRequest.With($"Nothing came for {patience.TotalSeconds:0} s, so that the request was given up. What was durable before is kept.").ToException();
        }
    }
}

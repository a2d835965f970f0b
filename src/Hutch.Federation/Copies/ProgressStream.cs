using Hutch.Model.Streams;

namespace Hutch.Federation.Copies;

/// <summary>Files as they come from the home. The zone receives a progress report at intervals.</summary>
/// <param name="body">The answer, disposed with this stream.</param>
/// <param name="most">The bytes of the files, without the format around them.</param>
/// <param name="came">Receives the bytes of each read; null for no receiver.</param>
internal sealed class ProgressStream(Stream body, CopyProgressReporter reporter, long most, Action<long>? came = null) : ForwardStream
{
    private long _left = most;

    /// <summary>Bytes of files that were reported.</summary>
    public long Counted { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await body.ReadAsync(buffer, cancellationToken);
        long counted = Math.Min(read, _left);
        _left -= counted;
        Counted += counted;
        reporter.AddReceived(counted);
        came?.Invoke(counted);

        // A failed report does not discard the bytes: the zone receives another one when these files are complete.
        _ = await reporter.ReportAsync(isForced: false, cancellationToken);
        return read;
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}

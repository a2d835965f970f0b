using Hutch.Model.Streams;

namespace Hutch.Federation.Copies;

/// <summary>Files as they come from the home. The zone is told now and then how much of them is here.</summary>
/// <param name="body">What comes; it ends with this stream.</param>
/// <param name="reporter">Tells the zone.</param>
/// <param name="most">Bytes of the files; what else comes stands around them.</param>
/// <param name="came">Told how much has come; null for nobody.</param>
internal sealed class ProgressStream(Stream body, CopyProgressReporter reporter, long most, Action<long>? came = null) : ForwardStream
{
    private long _left = most;

    /// <summary>Bytes of files that were told of.</summary>
    public long Counted { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await body.ReadAsync(buffer, cancellationToken);
        long counted = Math.Min(read, _left);
        _left -= counted;
        Counted += counted;
        reporter.AddReceived(counted);
        came?.Invoke(counted);

        // What comes is not thrown away because the zone does not answer just now: when these files are whole it is told again.
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

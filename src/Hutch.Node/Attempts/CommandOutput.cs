using Hutch.Node.Processes;
namespace Hutch.Node.Attempts;

/// <summary>The output of a command, for its log and for a view of its last lines, with the last line of its errors.</summary>
public sealed class CommandOutput : IDisposable
{
    private const int MaxLine = 500;

    private readonly JobLog _log;
    private readonly TailStream _last = new(MaxLine);

    /// <param name="tail">Gets the last lines of both outputs.</param>
    public CommandOutput(JobLog log, Stream tail)
    {
        _log = log;
        Printed = new JobPrinter(log, tail, [], static _ => { });
        Errors = new JobPrinter(log, new Both(tail, _last), [], static _ => { });
    }

    internal JobPrinter Printed { get; }

    internal JobPrinter Errors { get; }

    /// <summary>The last line of the errors that is not empty, on one line and without control characters; null for none.</summary>
    internal string? FindLastError()
    {
        string text = Encoding.UTF8.GetString(_last.TakeIfNew() ?? []);
        string? line = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return line is null ? null : new string([.. line.Select(static one => char.IsControl(one) ? ' ' : one)]);
    }

    /// <summary>Adds a line of the node itself to the log.</summary>
    internal void Note(string line) => _log.Write(Encoding.UTF8.GetBytes($"[hutch: {line}]\n"));

    public void Dispose() => _last.Dispose();

    private sealed class Both(Stream one, Stream other) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            one.Write(buffer, offset, count);
            other.Write(buffer, offset, count);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await one.WriteAsync(buffer, cancellationToken);
            await other.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

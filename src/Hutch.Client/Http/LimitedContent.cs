namespace Hutch.Client.Http;

/// <summary>A request body that is sent no faster than a limit.</summary>
internal sealed class LimitedContent : HttpContent
{
    private readonly HttpContent _body;
    private readonly RateLimit _limit;

    internal LimitedContent(HttpContent body, RateLimit limit)
    {
        (_body, _limit) = (body, limit);
        foreach ((string name, IEnumerable<string> values) in body.Headers)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var limited = new LimitedStream(stream, _limit);
        await _body.CopyToAsync(limited, context, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Headers.ContentLength ?? 0;
        return _body.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Writes in small pieces, so that the connection is never silent for long. Leaves the stream below open.</summary>
    private sealed class LimitedStream(Stream below, RateLimit limit) : Stream
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

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (!buffer.IsEmpty)
            {
                ReadOnlyMemory<byte> piece = buffer[..Math.Min(buffer.Length, limit.PieceBytes)];
                await limit.WaitAsync(piece.Length, cancellationToken);
                await below.WriteAsync(piece, cancellationToken);
                buffer = buffer[piece.Length..];
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => below.FlushAsync(cancellationToken);

        // Small bodies are written whole, without waits: a thread must not block on one.
        public override void Write(byte[] buffer, int offset, int count) => below.Write(buffer, offset, count);

        public override void Flush() => below.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

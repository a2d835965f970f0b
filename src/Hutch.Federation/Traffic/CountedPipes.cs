using System.Buffers;
using System.IO.Pipelines;

namespace Hutch.Federation.Traffic;

/// <summary>A connection that another site has opened, whose bytes are counted.</summary>
internal sealed class CountedPipes(IDuplexPipe inner, PeerTraffic traffic) : IDuplexPipe
{
    public PipeReader Input { get; } = new CountedReader(inner.Input, traffic);

    public PipeWriter Output { get; } = new CountedWriter(inner.Output, traffic);

    private sealed class CountedReader(PipeReader inner, PeerTraffic traffic) : PipeReader
    {
        private ReadOnlySequence<byte> _read;

        public override bool TryRead(out ReadResult result)
        {
            bool read = inner.TryRead(out result);
            _read = read ? result.Buffer : _read;
            return read;
        }

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult result = await inner.ReadAsync(cancellationToken);
            _read = result.Buffer;
            return result;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            // Before the buffers are given back.
            traffic.Add(_read.Slice(_read.Start, consumed).Length, 0);
            _read = default;
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }

    private sealed class CountedWriter(PipeWriter inner, PeerTraffic traffic) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes)
        {
            traffic.Add(0, bytes);
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            traffic.Add(0, source.Length);
            return inner.WriteAsync(source, cancellationToken);
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }
}

using Hutch.Model.Streams;

namespace Hutch.Federation.Tests.Support;

/// <summary>A body whose request times out after some bytes, as the framework says it: cancelled, by nobody who reads it.</summary>
internal sealed class TimedOutStream(byte[] bytes, int after) : ForwardStream
{
    private int _at;

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == after)
        {
            throw new TaskCanceledException("The request timed out.", new TimeoutException());
        }

        int read = Math.Min(buffer.Length, Math.Min(after, bytes.Length) - _at);
        bytes.AsSpan(_at, read).CopyTo(buffer.Span);
        _at += read;
        return ValueTask.FromResult(read);
    }
}

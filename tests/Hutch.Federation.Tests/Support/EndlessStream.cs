namespace Hutch.Federation.Tests.Support;

/// <summary>Begins with some bytes, and never ends.</summary>
internal sealed class EndlessStream(byte[] beginning) : MemoryStream(beginning)
{
    public long Given { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = Read(buffer.Span);
        if (read == 0)
        {
            buffer.Span.Clear();
            read = buffer.Length;
        }

        Given += read;
        return ValueTask.FromResult(read);
    }
}

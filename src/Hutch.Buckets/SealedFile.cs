namespace Hutch.Buckets;

/// <summary>A file of a sealed segment, which is only read.</summary>
internal abstract class SealedFile : IDiskFile
{
    public abstract long Length { get; }

    public abstract int Read(Span<byte> destination, long offset);

    public abstract void Dispose();

    public void Write(ReadOnlySpan<byte> source, long offset) => throw ReadOnly();

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset) => throw ReadOnly();

    public void SetLength(long length) => throw ReadOnly();

    public void Allocate(long length) => throw ReadOnly();

    public void Sync() => throw ReadOnly();

    private static NotSupportedException ReadOnly() => new("A sealed segment is read only.");
}

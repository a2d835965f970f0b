namespace Hutch.Buckets;

/// <summary>An open segment on the local disk and in the mirror. A sync writes to both at once and waits for both.</summary>
internal sealed class MirroredFile(IDiskFile inner, ISegmentMirror mirror) : IDiskFile
{
    private readonly FileChanges _changes = new();

    /// <summary>The name of the segment; null until its file has it. Its first group is then the first to be mirrored.</summary>
    public string? Segment { get; set; }

    public long Length => inner.Length;

    public int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

    public int ReadInPassing(Span<byte> destination, long offset) => inner.ReadInPassing(destination, offset);

    public void DropCached(long offset, long length) => inner.DropCached(offset, length);

    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        _changes.Write(source, offset);
        inner.Write(source, offset);
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
    {
        _changes.Write(sources, offset);
        inner.Write(sources, offset);
    }

    public void WriteInPassing(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
    {
        _changes.Write(sources, offset);
        inner.WriteInPassing(sources, offset);
    }

    public void SetLength(long length)
    {
        _changes.SetLength(length);
        inner.SetLength(length);
    }

    public void Allocate(long length)
    {
        _changes.Allocate(length);
        inner.Allocate(length);
    }

    public void Sync()
    {
        Task mirrored = Segment is { } name && _changes.HasContent
            ? mirror.AppendAsync(name, _changes.Take(), CancellationToken.None)
            : Task.CompletedTask;
        try
        {
            inner.Sync();
        }
        finally
        {
            mirrored.GetAwaiter().GetResult();
        }
    }

    public void Dispose() => inner.Dispose();
}

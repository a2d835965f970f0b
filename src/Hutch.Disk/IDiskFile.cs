namespace Hutch.Disk;

/// <summary>An open file, addressed by offset. Reads and writes of different places may run at once; there is no position.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>The file's length in bytes.</summary>
    long Length { get; }

    /// <summary>
    /// Reads at most as many bytes as fit; may read fewer; 0 only at the end of the file. See <see cref="DiskFileExtensions.ReadFully"/>.
    /// </summary>
    int Read(Span<byte> destination, long offset);

    /// <summary>As <see cref="Read"/>, for bytes without an expected second reader: they need not stay in the page cache.</summary>
    int ReadInPassing(Span<byte> destination, long offset) => Read(destination, offset);

    /// <summary>
    /// Drops a range from the page cache, so that the next read comes from the disk. Bytes that are not durable stay. Does nothing where
    /// the system cannot do it.
    /// </summary>
    void DropCached(long offset, long length)
    {
    }

    /// <summary>
    /// Writes all bytes, extending the file when needed. Not durable before <see cref="Sync"/>; after a failure any part may be written.
    /// </summary>
    void Write(ReadOnlySpan<byte> source, long offset);

    /// <summary>Writes all buffers in order, as one gathered write if possible. As <see cref="Write(ReadOnlySpan{byte}, long)"/>.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset);

    /// <summary>
    /// As <see cref="Write(IReadOnlyList{ReadOnlyMemory{byte}}, long)"/>, for bytes without an expected reader: they need not stay in the
    /// page cache.
    /// </summary>
    void WriteInPassing(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset) => Write(sources, offset);

    /// <summary>Cuts the file, or extends it with zeros that take no space yet.</summary>
    void SetLength(long length);

    /// <summary>
    /// Extends the file to at least this length with zeros whose space is taken now, so that writing there cannot find the disk full.
    /// </summary>
    void Allocate(long length);

    /// <summary>
    /// Returns when all bytes written so far, and the length, are durable. After a failure it is unknown which are, and a second call that
    /// succeeds proves nothing (the system has marked the lost pages clean): do not trust the file beyond the last successful sync.
    /// </summary>
    void Sync();
}

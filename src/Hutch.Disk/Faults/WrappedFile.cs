namespace Hutch.Disk.Faults;

/// <summary>A file of a <see cref="WrappedDisk"/>; derived classes override the calls that differ.</summary>
/// <remarks>Uncached reads and writes are ordinary ones here, so that one method sees all of a kind.</remarks>
public abstract class WrappedFile(IDiskFile inner) : IDiskFile
{
    public virtual long Length => inner.Length;

    public virtual int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

    public virtual void DropCached(long offset, long length) => inner.DropCached(offset, length);

    public virtual void Write(ReadOnlySpan<byte> source, long offset) => inner.Write(source, offset);

    public virtual void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset) => inner.Write(sources, offset);

    public virtual void SetLength(long length) => inner.SetLength(length);

    public virtual void Allocate(long length) => inner.Allocate(length);

    public virtual void Sync() => inner.Sync();

    public void Dispose()
    {
        inner.Dispose();
        GC.SuppressFinalize(this);
    }
}

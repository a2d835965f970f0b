namespace Hutch.Disk.Faults;

internal sealed class FaultyFile(FaultyDisk disk, FileNode file, bool mayWrite) : IDiskFile
{
    private bool _closed;

    public long Length
    {
        get
        {
            RequireOpen();
            return disk.LengthOf(file);
        }
    }

    public int Read(Span<byte> destination, long offset)
    {
        RequireOpen();
        return disk.Read(file, destination, offset);
    }

    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        RequireWritable();
        disk.Write(file, source.ToArray(), offset);
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
    {
        RequireWritable();
        var bytes = new byte[sources.Sum(static source => source.Length)];
        Span<byte> rest = bytes;
        foreach (ReadOnlyMemory<byte> source in sources)
        {
            source.Span.CopyTo(rest);
            rest = rest[source.Length..];
        }

        disk.Write(file, bytes, offset);
    }

    public void SetLength(long length)
    {
        RequireWritable();
        disk.SetLength(file, length);
    }

    public void Allocate(long length)
    {
        RequireWritable();
        disk.Allocate(file, length);
    }

    public void Sync()
    {
        RequireOpen();
        disk.Sync(file);
    }

    public void Dispose() => _closed = true;

    private void RequireOpen() => ObjectDisposedException.ThrowIf(_closed, this);

    private void RequireWritable()
    {
        RequireOpen();
        if (!mayWrite)
        {
            throw new UnauthorizedAccessException($"'{file.Path}' is open for reading only.");
        }
    }
}

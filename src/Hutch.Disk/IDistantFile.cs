namespace Hutch.Disk;

/// <summary>A file whose bytes may be on another machine, with some of them in a cache here. A read of the others takes long.</summary>
public interface IDistantFile : IDiskFile
{
    /// <summary>True if a read may have to fetch bytes.</summary>
    bool IsDistant { get; }

    /// <summary>The same file without the cache: each read comes from the origin.</summary>
    IDiskFile Origin { get; }

    /// <summary>Reads until the buffer is full or the file ends; returns how many bytes there were.</summary>
    ValueTask<int> ReadFullyAsync(Memory<byte> destination, long offset, CancellationToken cancellationToken);
}

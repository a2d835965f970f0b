namespace Hutch.Capture;

/// <summary>Stores the entries of a series: in a dataset or a bucket.</summary>
public interface IFrameSink
{
    /// <summary>Lists the stored entries. Called once, before anything is stored.</summary>
    Task LoadExistingAsync(CancellationToken cancellationToken);

    IEnumerable<string> Paths { get; }

    /// <summary>
    /// Returns true if an entry must be hashed before it is stored: to compare it with the stored one, or because the store requires it.
    /// </summary>
    bool NeedsHash(string path);

    /// <summary>Compares the listed entry at a path with these bytes.</summary>
    SinkEntry Find(string path, ReadOnlySpan<byte> bytes, BlobHash hash);

    /// <summary>The user metadata of an entry that is in the listing; null when it has none, or the store's listing does not say.</summary>
    IReadOnlyDictionary<string, string>? UserMetadata(string path);

    /// <summary>Reads a small entry that is in the listing; null when it is gone or too large.</summary>
    Task<byte[]?> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Sets the type, title and metadata of the dataset from the header of its series, where users have not set others.</summary>
    /// <param name="before">The metadata of the header that it replaces; null if there was none.</param>
    Task<IReadOnlyList<string>> DescribeAsync(SeriesMetadata series, SeriesMetadata? before, CancellationToken cancellationToken);

    Task DeleteAsync(string path, CancellationToken cancellationToken);

    /// <summary>Stores an entry; its hash is given where <see cref="NeedsHash"/> says so. Thread-safe.</summary>
    Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash? hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken);
}

/// <summary>The comparison of a stored entry with new bytes.</summary>
public enum SinkEntry
{
    /// <summary>Nothing, or something that may be the same or may not.</summary>
    Unknown,

    Same,

    Other,
}

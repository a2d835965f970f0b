using Hutch.Model;

namespace Hutch.Live.Capture;

/// <summary>Stores the entries of a series: in a dataset or a bucket.</summary>
public interface IFrameSink
{
    /// <summary>Lists what is there already. Called once, before anything is stored.</summary>
    Task LookAsync(CancellationToken cancellationToken);

    /// <summary>The paths of the listing.</summary>
    IEnumerable<string> Paths { get; }

    /// <summary>What the listing has at a path, compared with these bytes.</summary>
    SinkEntry Find(string path, ReadOnlySpan<byte> bytes, BlobHash hash);

    /// <summary>Reads a small entry that is in the listing; null when it is gone or too large.</summary>
    Task<byte[]?> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Removes an entry.</summary>
    Task DeleteAsync(string path, CancellationToken cancellationToken);

    /// <summary>Stores an entry. Thread-safe.</summary>
    Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken);
}

/// <summary>What is stored at a path.</summary>
public enum SinkEntry
{
    /// <summary>Nothing, or something that may be the same or may not.</summary>
    Unknown,

    /// <summary>The same bytes.</summary>
    Same,

    /// <summary>Other bytes.</summary>
    Other,
}

using Hutch.Model;

namespace Hutch.Live.Capture;

/// <summary>Stores the entries of a series: in a dataset or a bucket.</summary>
public interface IFrameSink
{
    /// <summary>Lists what is there already. Called once, before anything is stored.</summary>
    Task LookAsync(CancellationToken cancellationToken);

    /// <summary>Whether the listing has an entry with these bytes.</summary>
    bool Has(string path, ReadOnlySpan<byte> bytes, BlobHash hash);

    /// <summary>Stores an entry. Thread-safe.</summary>
    Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken);
}

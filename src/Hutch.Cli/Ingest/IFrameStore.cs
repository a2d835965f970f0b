using Hutch.Model;

namespace Hutch.Cli.Ingest;

/// <summary>Where the entries of a detector file go.</summary>
internal interface IFrameStore
{
    /// <summary>Looks what is there, before anything is stored.</summary>
    Task LookAsync(CancellationToken cancellationToken);

    /// <summary>Whether an entry was there with these bytes when it was looked.</summary>
    bool Has(string path, ReadOnlySpan<byte> bytes, BlobHash hash);

    /// <summary>Stores an entry. Thread-safe.</summary>
    Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken);
}

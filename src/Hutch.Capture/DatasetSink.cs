namespace Hutch.Capture;

public sealed class DatasetSink(HutchClient client, DatasetInfo dataset) : IFrameSink
{
    private readonly Dictionary<string, BlobHash> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _metadata = new(StringComparer.Ordinal);

    public async Task LoadExistingAsync(CancellationToken cancellationToken)
    {
        if (dataset.HeadVersion == 0 && dataset.Files == 0)
        {
            return;
        }

        using FixedListing<EntryInfo> listing = await client.ListFilesAsync(dataset.Id, at: null, ct: cancellationToken);
        await foreach (EntryInfo entry in listing.Lines.WithCancellation(cancellationToken))
        {
            if (entry.Hash is { } hash)
            {
                _stored[entry.Path] = hash;
                if (entry.Metadata is { } metadata)
                {
                    _metadata[entry.Path] = metadata;
                }
            }
        }
    }

    public IEnumerable<string> Paths => _stored.Keys;

    // A server makes the hash itself. The way to it carries bytes whole: a token goes over the loopback or TLS alone.
    public bool NeedsHash(string path) => _stored.ContainsKey(path);

    public SinkEntry Find(string path, ReadOnlySpan<byte> bytes, BlobHash hash) => !_stored.TryGetValue(path, out BlobHash there)
        ? SinkEntry.Unknown
        : there == hash ? SinkEntry.Same : SinkEntry.Other;

    public IReadOnlyDictionary<string, string>? UserMetadata(string path) => _metadata.GetValueOrDefault(path);

    public async Task<byte[]?> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await client.OpenEntryAsync(dataset.Id, at: null, path, offset: 0, cancellationToken);
        return response.Content.Headers.ContentLength <= maxBytes
            ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
            : null;
    }

    public async Task<IReadOnlyList<string>> DescribeAsync(
        SeriesMetadata series, SeriesMetadata? before, CancellationToken cancellationToken) =>
        await SeriesDescriber.DescribeAsync(client, dataset.Id, series, before, cancellationToken);

    /// <summary>Knows of an entry that was stored before the listing.</summary>
    public DatasetSink With(string path, BlobHash hash)
    {
        _stored[path] = hash;
        return this;
    }

    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        client.DeleteEntryAsync(dataset.Id, path, cancellationToken);

    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash? hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken) =>
        client.PutEntryAsync(dataset.Id, path, bytes, hash, contentType, metadata, ct: cancellationToken);
}

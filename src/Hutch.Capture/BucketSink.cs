using Hutch.Objects.S3;

namespace Hutch.Capture;

/// <summary>A bucket of any S3 store, created if it does not exist.</summary>
public sealed class BucketSink(S3Client client) : IFrameSink
{
    private readonly Dictionary<string, S3Item> _stored = new(StringComparer.Ordinal);

    public async Task LoadExistingAsync(CancellationToken cancellationToken)
    {
        if (await client.EnsureBucketAsync(cancellationToken))
        {
            return;
        }

        await foreach (S3Item item in client.ListAsync(cancellationToken))
        {
            _stored[item.Key] = item;
        }
    }

    public IEnumerable<string> Paths => _stored.Keys;

    public bool NeedsHash(string path) => true; // a request is signed with it

    // A store may have tags of its own: then only the sizes can be compared.
    public SinkEntry Find(string path, ReadOnlySpan<byte> bytes, BlobHash hash)
    {
        if (!_stored.TryGetValue(path, out S3Item? there))
        {
            return SinkEntry.Unknown;
        }

        if (there.Has(hash, bytes))
        {
            return SinkEntry.Same;
        }

        return there.Size == bytes.Length ? SinkEntry.Unknown : SinkEntry.Other;
    }

    public IReadOnlyDictionary<string, string>? UserMetadata(string path) => null;

    public async Task<byte[]?> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>();
        return _stored.TryGetValue(path, out S3Item? there) && there.Size <= maxBytes
            && await client.ReadAsync(path, bytes, maxBytes, cancellationToken) is not null
                ? bytes.WrittenSpan.ToArray()
                : null;
    }

    // A bucket of a foreign store has neither type nor metadata; Hutch reads them from the header.
    public Task<IReadOnlyList<string>> DescribeAsync(SeriesMetadata series, SeriesMetadata? before, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => client.DeleteAsync(path, cancellationToken);

    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash? hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken) =>
        client.PutAsync(path, bytes, hash ?? BlobHash.Compute(bytes.Span), contentType, metadata, cancellationToken);
}

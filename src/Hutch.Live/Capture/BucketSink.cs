using Hutch.Client.S3;
using Hutch.Model;

namespace Hutch.Live.Capture;

/// <summary>A bucket of any S3 store, created if it does not exist.</summary>
public sealed class BucketSink(S3Client client) : IFrameSink
{
    private readonly Dictionary<string, S3Item> _stored = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task LookAsync(CancellationToken cancellationToken)
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

    /// <inheritdoc/>
    public bool Has(string path, ReadOnlySpan<byte> bytes, BlobHash hash) =>
        _stored.TryGetValue(path, out S3Item? there) && there.Has(hash, bytes);

    /// <inheritdoc/>
    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken) =>
        client.PutAsync(path, bytes, hash, contentType, metadata, cancellationToken);
}

using Hutch.Cli.Ingest;
using Hutch.Client.S3;
using Hutch.Model;

namespace Hutch.Cli.Buckets;

/// <summary>Frames into a bucket of any S3 store; the bucket is made when there is none.</summary>
internal sealed class BucketFrames(S3Client client) : IFrameStore
{
    private readonly Dictionary<string, S3Item> _stored = new(StringComparer.Ordinal);

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

    public bool Has(string path, ReadOnlySpan<byte> bytes, BlobHash hash) =>
        _stored.TryGetValue(path, out S3Item? there) && there.Has(hash, bytes);

    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken) =>
        client.PutAsync(path, bytes, hash, contentType, metadata, cancellationToken);
}

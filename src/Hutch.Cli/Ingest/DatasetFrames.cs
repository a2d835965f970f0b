using Hutch.Client;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Ingest;

/// <summary>Frames into a dataset of a Hutch server.</summary>
internal sealed class DatasetFrames(HutchClient client, DatasetInfo dataset) : IFrameStore
{
    private readonly Dictionary<string, BlobHash> _stored = new(StringComparer.Ordinal);

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        // A dataset that nothing was ever stored in needs no listing.
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
            }
        }
    }

    public bool Has(string path, ReadOnlySpan<byte> bytes, BlobHash hash) => _stored.TryGetValue(path, out BlobHash there) && there == hash;

    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken) =>
        client.PutEntryAsync(dataset.Id, path, bytes, hash, contentType, metadata, cancellationToken);
}

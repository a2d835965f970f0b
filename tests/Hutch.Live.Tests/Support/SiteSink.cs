using System.Collections.Immutable;
using Hutch.Live.Capture;
using Hutch.Model;

namespace Hutch.Live.Tests.Support;

/// <summary>Puts a series straight into a site, and remembers what it was given.</summary>
internal sealed class SiteSink(LiveSite live, DatasetId dataset) : IFrameSink
{
    public Task LookAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public bool Has(string path, ReadOnlySpan<byte> bytes, BlobHash hash) => false;

    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash hash, string contentType, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        live.PutAsync(dataset, path, bytes.ToArray(), Entry.File(hash, bytes.Length) with
        {
            ContentType = contentType,
            UserMetadata = metadata?.ToImmutableSortedDictionary(StringComparer.Ordinal),
        });
}

using System.Collections.Immutable;
using Hutch.Capture;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Worker.Tests.Support;

/// <summary>Puts a series straight into a site, and remembers what it was given.</summary>
internal sealed class SiteSink(LiveSite live, DatasetId dataset) : IFrameSink
{
    public Task LoadExistingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IEnumerable<string> Paths => [];

    public bool NeedsHash(string path) => true;

    public SinkEntry Find(string path, ReadOnlySpan<byte> bytes, BlobHash hash) => SinkEntry.Unknown;

    public IReadOnlyDictionary<string, string>? UserMetadata(string path) => null;

    public Task<byte[]?> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

    public Task<IReadOnlyList<string>> DescribeAsync(SeriesMetadata series, SeriesMetadata? before, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash? hash, string contentType, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken) =>
        live.PutAsync(dataset, path, bytes.ToArray(), Entry.File(hash!.Value, bytes.Length) with
        {
            ContentType = contentType,
            UserMetadata = metadata?.ToImmutableSortedDictionary(StringComparer.Ordinal),
        });
}

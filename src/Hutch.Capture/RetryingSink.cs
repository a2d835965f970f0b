using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Capture;

/// <summary>A sink that retries temporary failures.</summary>
internal sealed class RetryingSink(IFrameSink sink, RetryForever retry) : IFrameSink
{
    /// <inheritdoc/>
    public IEnumerable<string> Paths => sink.Paths;

    /// <inheritdoc/>
    public bool NeedsHash(string path) => sink.NeedsHash(path);

    /// <inheritdoc/>
    public SinkEntry Find(string path, ReadOnlySpan<byte> bytes, BlobHash hash) => sink.Find(path, bytes, hash);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string>? UserMetadata(string path) => sink.UserMetadata(path);

    /// <inheritdoc/>
    public Task LoadExistingAsync(CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.LoadExistingAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.ReadAsync(path, maxBytes, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> DescribeAsync(SeriesMetadata series, SeriesMetadata? before, CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.DescribeAsync(series, before, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.DeleteAsync(path, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash? hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.PutAsync(path, bytes, hash, contentType, metadata, cancellationToken), cancellationToken);
}

namespace Hutch.Capture;

internal sealed class RetryingSink(IFrameSink sink, RetryForever retry) : IFrameSink
{
    public IEnumerable<string> Paths => sink.Paths;

    public bool NeedsHash(string path) => sink.NeedsHash(path);

    public SinkEntry Find(string path, ReadOnlySpan<byte> bytes, BlobHash hash) => sink.Find(path, bytes, hash);

    public IReadOnlyDictionary<string, string>? UserMetadata(string path) => sink.UserMetadata(path);

    public Task LoadExistingAsync(CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.LoadExistingAsync(cancellationToken), cancellationToken);

    public Task<byte[]?> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.ReadAsync(path, maxBytes, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<string>> DescribeAsync(SeriesMetadata series, SeriesMetadata? before, CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.DescribeAsync(series, before, cancellationToken), cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.DeleteAsync(path, cancellationToken), cancellationToken);

    public Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash? hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken) =>
        retry.RepeatAsync(() => sink.PutAsync(path, bytes, hash, contentType, metadata, cancellationToken), cancellationToken);
}

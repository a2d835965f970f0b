using Hutch.Federation.Copies;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Support;

/// <summary>A site that answers as another one does; what it does in its own way is overridden.</summary>
internal abstract class PassingPeer(IHomePeer inner) : IHomePeer
{
    public string Name { get; init; } = inner.Name;

    public BlobHash Key => inner.Key;

    public long Answers => inner.Answers;

    protected IHomePeer Inner => inner;

    public Task<Result<OfferedHistory?>> HistoryAsync(DatasetId dataset, BlobHash? known, CancellationToken ct) =>
        inner.HistoryAsync(dataset, known, ct);

    public Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct) =>
        inner.PagesAsync(dataset, pages, ct);

    public virtual Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct) =>
        inner.BlobsAsync(dataset, pages, ct);

    public virtual Task<Result<Stream>> PartAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        inner.PartAsync(dataset, page, blob, offset, until, ct);

    public Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct) =>
        inner.ExtentsAsync(dataset, page, blob, offset, ct);

    public virtual Task<Result<Stream>> HashesAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        inner.HashesAsync(dataset, page, blob, offset, until, ct);

    public Task<Result<UnhashedAnswer>> UnhashedAsync(DatasetId dataset, string? after, CancellationToken ct) =>
        inner.UnhashedAsync(dataset, after, ct);

    public Task<Result<Stream>> UnhashedPartAsync(
        DatasetId dataset, string path, BlobHash version, long offset, long until, CancellationToken ct) =>
        inner.UnhashedPartAsync(dataset, path, version, offset, until, ct);
}

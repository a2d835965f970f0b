using Hutch.Federation.Copies;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Support;

/// <summary>A home that says something else than an honest one would.</summary>
internal sealed class LyingHome(IHomePeer honest) : IHomePeer
{
    public Func<OfferedHistory, OfferedHistory> OfHistory { get; init; } = static offer => offer;

    public Func<byte[], Stream> OfPages { get; init; } = static bytes => new MemoryStream(bytes);

    public Func<byte[], Stream> OfBlobs { get; init; } = static bytes => new MemoryStream(bytes);

    public Func<byte[], Stream> OfPart { get; init; } = static bytes => new MemoryStream(bytes);

    /// <summary>Null for a home of an earlier release, which signs no parts.</summary>
    public Func<byte[], Stream>? OfExtents { get; init; }

    public Func<byte[], Stream> OfHashes { get; init; } = static bytes => new MemoryStream(bytes);

    /// <summary>Which files it says to have behind a path that it has not hashed; null for what is right.</summary>
    public Func<string?, CancellationToken, Task<Result<UnhashedAnswer>>>? OfUnhashed { get; init; }

    /// <summary>What it sends of such a file; null for what is right.</summary>
    public Func<Stream>? OfUnhashedPart { get; init; }

    public string Name => honest.Name;

    public BlobHash Key => honest.Key;

    public long Answers => honest.Answers;

    public async Task<Result<OfferedHistory?>> HistoryAsync(DatasetId dataset, BlobHash? known, CancellationToken ct) =>
        (await honest.HistoryAsync(dataset, null, ct)).Then<OfferedHistory?>(offer => offer is null ? null : OfHistory(offer));

    public async Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct) =>
        await SayAsync(await honest.PagesAsync(dataset, pages, ct), OfPages, ct);

    public async Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct) =>
        await SayAsync(await honest.BlobsAsync(dataset, pages, ct), OfBlobs, ct);

    /// <summary>Asked for a byte, to hear whether it refuses that, it does not.</summary>
    public async Task<Result<Stream>> PartAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        await SayAsync(
            await honest.PartAsync(dataset, page, blob, offset, until, ct),
            until - offset == 1 ? static bytes => new MemoryStream(bytes) : OfPart, ct);

    public async Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct) =>
        OfExtents is null
            ? ErrorCode.NotFound.With("There is no such request between sites.")
            : await SayAsync(await honest.ExtentsAsync(dataset, page, blob, offset, ct), OfExtents, ct);

    public async Task<Result<Stream>> HashesAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        await SayAsync(await honest.HashesAsync(dataset, page, blob, offset, until, ct), OfHashes, ct);

    public Task<Result<UnhashedAnswer>> UnhashedAsync(DatasetId dataset, string? after, CancellationToken ct) =>
        OfUnhashed is null ? honest.UnhashedAsync(dataset, after, ct) : OfUnhashed(after, ct);

    public async Task<Result<Stream>> UnhashedPartAsync(
        DatasetId dataset, string path, BlobHash version, long offset, long until, CancellationToken ct) =>
        OfUnhashedPart is null ? await honest.UnhashedPartAsync(dataset, path, version, offset, until, ct) : OfUnhashedPart();

    private static async Task<Result<Stream>> SayAsync(Result<Stream> truth, Func<byte[], Stream> lie, CancellationToken ct)
    {
        if (!truth.IsOk)
        {
            return truth;
        }

        await using Stream body = truth.Value;
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, ct);
        return lie(bytes.ToArray());
    }
}

using System.IO.Pipelines;
using Hutch.Federation.Copies;
using Hutch.Federation.Doors;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>A home as another site reaches it over a network that breaks.</summary>
/// <param name="home">The home.</param>
/// <param name="homeKey">The fingerprint of its key.</param>
/// <param name="asker">The fingerprint of the asker's.</param>
/// <param name="breaks">Whether the connection breaks now.</param>
/// <param name="whileSending">What happens elsewhere while files are under way.</param>
internal class FaultyHome(MovingSite home, BlobHash homeKey, BlobHash asker, Func<bool> breaks, Func<Task> whileSending) : IHomePeer
{
    public string Name => home.Name;

    public BlobHash Key => homeKey;

    public long Answers => 0;

    public async Task<Result<OfferedHistory?>> HistoryAsync(DatasetId dataset, BlobHash? known, CancellationToken ct)
    {
        Break();
        Result<SignedHistory?> signed = await home.Door.HistoryAsync(asker, new HistoryRequest { Dataset = dataset, Known = known }, ct);
        return signed.Then<OfferedHistory?>(history => history is null
            ? null
            : new OfferedHistory(history.Statement, history.Signature, new MemoryStream(history.Document.ToArray())));
    }

    public virtual async Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct) =>
        await WriteAsync(await home.Door.PagesAsync(asker, new PagesRequest { Dataset = dataset, Pages = pages }, ct), ct);

    public virtual async Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct)
    {
        Result<Stream> sent =
            await WriteAsync(await home.Door.BlobsAsync(asker, new BlobsRequest { Dataset = dataset, Pages = pages }, ct), ct);
        await whileSending();
        return sent;
    }

    public virtual async Task<Result<Stream>> PartAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        await WriteAsync(await home.Door.PartAsync(asker, Part(dataset, page, blob, offset, until), ct), ct);

    public async Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct) =>
        await WriteAsync(await home.Door.ExtentsAsync(asker, Part(dataset, page, blob, offset, null), ct), ct);

    public async Task<Result<Stream>> HashesAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        await WriteAsync(await home.Door.HashesAsync(asker, Part(dataset, page, blob, offset, until), ct), ct);

    public Task<Result<UnhashedAnswer>> UnhashedAsync(DatasetId dataset, string? after, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<Result<Stream>> UnhashedPartAsync(
        DatasetId dataset, string path, BlobHash version, long offset, long until, CancellationToken ct) =>
        throw new NotSupportedException();

    private static PartRequest Part(DatasetId dataset, BlobHash page, BlobHash blob, long offset, long? until) =>
        new() { Dataset = dataset, Page = page, Blob = blob, Offset = offset, Until = until };

    private async Task<Result<Stream>> WriteAsync(Result<TarAnswer> answer, CancellationToken ct)
    {
        Break();
        if (!answer.IsOk)
        {
            return answer.Error;
        }

        var bytes = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
        await answer.Value(writer, ct);
        await writer.CompleteAsync();
        bytes.Position = 0;
        return bytes;
    }

    protected void Break()
    {
        if (breaks())
        {
            throw new IOException("The connection broke.");
        }
    }
}

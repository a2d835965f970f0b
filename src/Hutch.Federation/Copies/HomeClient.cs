using Hutch.Federation.Links;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Copies;

/// <summary>The home of datasets, or the zone that hears of copies, over the network.</summary>
/// <param name="reader">For whom this site reads; null for its copies.</param>
internal sealed class HomeClient(SiteClient client, TimeProvider time, Reader? reader = null) : IHolderPeer, IZoneReports
{
    private const int MaxHeaderCharacters = 8192;

    /// <summary>The idle timeout of a home's answer; the copy continues later.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>The shorter idle timeout for readers, which wait for the history.</summary>
    private static readonly TimeSpan ReaderSilence = TimeSpan.FromSeconds(10);

    private readonly AnswerTimeout _timeout = new(Silence, time);

    public string Name => client.Address;

    public BlobHash Key => client.Key;

    public long Answers => client.Answers;

    public async Task<Result<OfferedHistory?>> HistoryAsync(DatasetId dataset, BlobHash? known, CancellationToken ct)
    {
        TimeSpan silence = reader is null ? Silence : ReaderSilence;
        Result<HttpResponseMessage> opened = await new AnswerTimeout(silence, time).RequestAsync(
            Name,
            either => client.OpenAsync(PeerCalls.History, new HistoryRequest { Dataset = dataset, Reader = reader, Known = known }, either),
            ct);
        if (!opened.TryGet(out HttpResponseMessage? answer, out HutchError? refusal))
        {
            return refusal;
        }

        if (answer.StatusCode == HttpStatusCode.NoContent)
        {
            answer.Dispose();
            return (OfferedHistory?)null;
        }

        return new OfferedHistory(
            Header(answer, SiteProtocol.StatementHeader), Header(answer, SiteProtocol.SignatureHeader),
            await StreamAsync(answer, silence, ct));
    }

    public Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct) => StreamAsync(
        PeerCalls.Pages, new PagesRequest { Dataset = dataset, Reader = reader, Pages = pages }, ct);

    public Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct) => StreamAsync(
        PeerCalls.Blobs,
        new BlobsRequest { Dataset = dataset, Reader = reader, Pages = pages, MayLeaveOut = pages is not [{ Blobs.Count: 1 }] }, ct);

    public Task<Result<Stream>> PartAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        PartAsync(PeerCalls.Part, dataset, page, blob, offset, until, ct);

    public Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct) =>
        PartAsync(PeerCalls.Extents, dataset, page, blob, offset, null, ct);

    public Task<Result<Stream>> HashesAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        PartAsync(PeerCalls.Hashes, dataset, page, blob, offset, until, ct);

    public Task<Result<UnhashedAnswer>> UnhashedAsync(DatasetId dataset, string? after, CancellationToken ct) => CallAsync(
        PeerCalls.Unhashed, new UnhashedRequest { Dataset = dataset, Reader = reader, After = after }, ct);

    public Task<Result<Stream>> UnhashedPartAsync(
        DatasetId dataset, string path, BlobHash version, long offset, long until, CancellationToken ct) => StreamAsync(
        PeerCalls.UnhashedPart,
        new UnhashedPartRequest { Dataset = dataset, Reader = reader, Path = path, Version = version, Offset = offset, Until = until }, ct);

    public Task<Result<HoldAnswer>> HoldAsync(HoldRequest request, CancellationToken ct) => CallAsync(PeerCalls.Hold, request, ct);

    public Task<Result<DoneAnswer>> UnholdAsync(UnholdRequest request, CancellationToken ct) => CallAsync(PeerCalls.EndHold, request, ct);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct) => ReportAsync(
        PeerCalls.Progress, new CopyReport { Dataset = dataset, Progress = progress }, ct);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, MoveReport report, CancellationToken ct) => ReportAsync(
        PeerCalls.Move, new MoveUpdate { Dataset = dataset, Report = report }, ct);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, EndReport report, CancellationToken ct) => ReportAsync(
        PeerCalls.End, new EndUpdate { Dataset = dataset, Report = report }, ct);

    public Task<Result<Done>> ReportHoldAsync(DatasetId dataset, bool isHeld, CancellationToken ct) => ReportAsync(
        PeerCalls.ReportHold, new HoldUpdate { Dataset = dataset, IsHeld = isHeld }, ct);

    public Task<Result<Done>> ReportPurgedAsync(DatasetId dataset, string proof, CancellationToken ct) => ReportAsync(
        PeerCalls.ReportPurge, new PurgeUpdate { Dataset = dataset, Proof = proof }, ct);

    public Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct) => CallAsync(
        PeerCalls.NameLost, new LostDatasetRequest { Dataset = dataset, Epoch = epoch }, ct);

    private Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(
        PeerCall<TRequest, TAnswer> call, TRequest request, CancellationToken ct) => _timeout.CallAsync(client, Name, call, request, ct);

    private async Task<Result<Done>> ReportAsync<T>(PeerCall<T, DoneAnswer> call, T report, CancellationToken ct) =>
        (await CallAsync(call, report, ct)).Then<Done>(static _ => Done.Value);

    private Task<Result<Stream>> PartAsync(
        PeerStream<PartRequest> call, DatasetId dataset, BlobHash page, BlobHash blob, long offset, long? until, CancellationToken ct) =>
        StreamAsync(
            call, new PartRequest { Dataset = dataset, Reader = reader, Page = page, Blob = blob, Offset = offset, Until = until }, ct);

    private async Task<Result<Stream>> StreamAsync<T>(PeerStream<T> call, T request, CancellationToken ct)
    {
        Result<HttpResponseMessage> opened = await _timeout.RequestAsync(Name, either => client.OpenAsync(call, request, either), ct);
        return opened.IsOk ? await StreamAsync(opened.Value, Silence, ct) : opened.Error;
    }

    private async Task<Stream> StreamAsync(HttpResponseMessage answer, TimeSpan silence, CancellationToken ct) =>
        new StallTimeoutStream(await answer.Content.ReadAsStreamAsync(ct), answer, silence, time);

    private static byte[] Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) && values.First() is { Length: <= MaxHeaderCharacters } text
            ? Base64Field.Read(text) ?? []
            : [];
}

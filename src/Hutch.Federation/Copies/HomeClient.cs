using System.Text.Json.Serialization.Metadata;
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
            either => client.OpenAsync(
                SiteProtocol.History, new HistoryRequest { Dataset = dataset, Reader = reader, Known = known },
                SiteJson.Default.HistoryRequest, either),
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
        SiteProtocol.Pages, new PagesRequest { Dataset = dataset, Reader = reader, Pages = pages }, SiteJson.Default.PagesRequest, ct);

    public Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct) => StreamAsync(
        SiteProtocol.Blobs,
        new BlobsRequest { Dataset = dataset, Reader = reader, Pages = pages, MayLeaveOut = pages is not [{ Blobs.Count: 1 }] },
        SiteJson.Default.BlobsRequest, ct);

    public Task<Result<Stream>> PartAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        PartAsync(SiteProtocol.Part, dataset, page, blob, offset, until, ct);

    public Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct) =>
        PartAsync(SiteProtocol.Extents, dataset, page, blob, offset, null, ct);

    public Task<Result<Stream>> HashesAsync(
        DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
        PartAsync(SiteProtocol.Hashes, dataset, page, blob, offset, until, ct);

    public Task<Result<UnhashedAnswer>> UnhashedAsync(DatasetId dataset, string? after, CancellationToken ct) => _timeout.RequestAsync(
        Name,
        either => client.PostAsync(
            SiteProtocol.Unhashed, new UnhashedRequest { Dataset = dataset, Reader = reader, After = after },
            SiteJson.Default.UnhashedRequest, SiteJson.Default.UnhashedAnswer, either),
        ct);

    public Task<Result<Stream>> UnhashedPartAsync(
        DatasetId dataset, string path, BlobHash version, long offset, long until, CancellationToken ct) => StreamAsync(
        SiteProtocol.UnhashedPart,
        new UnhashedPartRequest { Dataset = dataset, Reader = reader, Path = path, Version = version, Offset = offset, Until = until },
        SiteJson.Default.UnhashedPartRequest, ct);

    public Task<Result<HoldAnswer>> HoldAsync(HoldRequest request, CancellationToken ct) => _timeout.RequestAsync(
        Name,
        either => client.PostAsync(SiteProtocol.Hold, request, SiteJson.Default.HoldRequest, SiteJson.Default.HoldAnswer, either), ct);

    public Task<Result<DoneAnswer>> UnholdAsync(UnholdRequest request, CancellationToken ct) => _timeout.RequestAsync(
        Name,
        either => client.PostAsync(SiteProtocol.Unhold, request, SiteJson.Default.UnholdRequest, SiteJson.Default.DoneAnswer, either), ct);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct) => ReportAsync(
        SiteProtocol.Progress, new CopyReport { Dataset = dataset, Progress = progress }, SiteJson.Default.CopyReport, ct);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, MoveReport report, CancellationToken ct) => ReportAsync(
        SiteProtocol.Move, new MoveUpdate { Dataset = dataset, Report = report }, SiteJson.Default.MoveUpdate, ct);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, EndReport report, CancellationToken ct) => ReportAsync(
        SiteProtocol.End, new EndUpdate { Dataset = dataset, Report = report }, SiteJson.Default.EndUpdate, ct);

    public Task<Result<Done>> ReportHoldAsync(DatasetId dataset, bool isHeld, CancellationToken ct) => ReportAsync(
        SiteProtocol.Holds, new HoldUpdate { Dataset = dataset, IsHeld = isHeld }, SiteJson.Default.HoldUpdate, ct);

    public Task<Result<Done>> ReportPurgedAsync(DatasetId dataset, string proof, CancellationToken ct) => ReportAsync(
        SiteProtocol.Purged, new PurgeUpdate { Dataset = dataset, Proof = proof }, SiteJson.Default.PurgeUpdate, ct);

    public Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct) => _timeout.RequestAsync(
        Name,
        either => client.PostAsync(
            SiteProtocol.Lost, new LostDatasetRequest { Dataset = dataset, Epoch = epoch }, SiteJson.Default.LostDatasetRequest,
            SiteJson.Default.ReturnedName, either),
        ct);

    private async Task<Result<Done>> ReportAsync<T>(string path, T told, JsonTypeInfo<T> type, CancellationToken ct)
    {
        return (await _timeout.RequestAsync(
            Name, either => client.PostAsync(path, told, type, SiteJson.Default.DoneAnswer, either), ct))
            .Then<Done>(static _ => Done.Value);
    }

    private Task<Result<Stream>> PartAsync(
        string path, DatasetId dataset, BlobHash page, BlobHash blob, long offset, long? until, CancellationToken ct) => StreamAsync(
        path, new PartRequest { Dataset = dataset, Reader = reader, Page = page, Blob = blob, Offset = offset, Until = until },
        SiteJson.Default.PartRequest, ct);

    private async Task<Result<Stream>> StreamAsync<T>(string path, T request, JsonTypeInfo<T> type, CancellationToken ct)
    {
        Result<HttpResponseMessage> opened = await OpenAsync(path, request, type, ct);
        return opened.IsOk ? await StreamAsync(opened.Value, Silence, ct) : opened.Error;
    }

    private Task<Result<HttpResponseMessage>> OpenAsync<T>(string path, T request, JsonTypeInfo<T> type, CancellationToken ct) =>
        _timeout.RequestAsync(Name, either => client.OpenAsync(path, request, type, either), ct);

    private async Task<Stream> StreamAsync(HttpResponseMessage answer, TimeSpan silence, CancellationToken ct) =>
        new StallTimeoutStream(await answer.Content.ReadAsStreamAsync(ct), answer, silence, time);

    private static byte[] Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) && values.First() is { Length: <= MaxHeaderCharacters } text
            ? Base64Field.Read(text) ?? []
            : [];
}

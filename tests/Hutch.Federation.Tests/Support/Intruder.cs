using System.Net;
using System.Text;
using System.Text.Json;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;

namespace Hutch.Federation.Tests.Support;

/// <summary>Somebody with a key of their own who speaks with a zone as a site does, and may lie.</summary>
internal sealed class Intruder : IDisposable
{
    private readonly SiteKey _key;
    private readonly SiteClient _client;
    private readonly JoinToken _token;

    /// <param name="token">A token that it has.</param>
    /// <param name="key">The file of its key, which may be another server's; null for one of its own.</param>
    /// <param name="run">The number of its run, which its requests carry; null for none.</param>
    public Intruder(string token, string? key = null, string? run = null)
    {
        _key = SiteKey.Read(key is null ? SiteKey.Make() : File.ReadAllText(key));
        _token = JoinToken.Parse(token).Value;
        _client = new SiteClient(
            _token.Address, _token.ZoneKey, _key,
            life: run is null ? null : LifeOf(run));
    }

    public string Key => SiteKeyText.Format(_key.Fingerprint);

    /// <summary>The connection to the zone, over which anything can be sent.</summary>
    public SiteClient Client => _client;

    /// <summary>Another server with the same key, in a run of its own.</summary>
    public SiteClient RunAs(string run) => new(_token.Address, _token.ZoneKey, _key, life: LifeOf(run));

    /// <summary>Another site, as somebody with the same key reaches it.</summary>
    public async Task<SiteClient> DialAsync(SiteServer zone, string site)
    {
        ZoneSiteInfo found = await zone.SiteAsync(site);
        return new SiteClient(found.Address!, SiteKeyText.Parse(found.Key!).Value, _key);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task<Result<JoinAnswer>> JoinAsync(string? credential = null, TimeSpan clock = default) =>
        _client.CallAsync(
            PeerCalls.Join,
            new JoinRequest
            {
                Time = DateTimeOffset.UtcNow + clock,
                Credential = credential ?? _token.Credential,
            },
            Ct);

    /// <summary>Asks to be taken in with accounts and, in a trial, datasets.</summary>
    public Task<Result<AdmittedSite>> JoinWithAsync(
        IReadOnlyList<ImportedAccount> accounts, bool isTrial = false, IReadOnlyList<ImportedDataset>? datasets = null) =>
        _client.CallAsync(
            PeerCalls.JoinWith,
            new JoinWithRequest
            {
                Time = DateTimeOffset.UtcNow,
                Credential = _token.Credential,
                Accounts = accounts,
                Datasets = datasets ?? [],
                IsTrial = isTrial,
            },
            Ct);

    /// <summary>Tells of datasets that it says to have had before it joined.</summary>
    public async Task<IReadOnlyList<ImportedName>> FetchAsync(bool isLast, params ImportedDataset[] datasets) => (await _client.CallAsync(
        PeerCalls.Import,
        new ImportRequest
        {
            Datasets = datasets,
            IsLast = isLast,
        },
        Ct)).Value.Names;

    public Task<Result<BeatAnswer>> BeatAsync(string release = "9.9.9") => BeatAsync(_client, release);

    public static Task<Result<BeatAnswer>> BeatAsync(SiteClient client, string release = "9.9.9") => client.CallAsync(
        PeerCalls.Beat, new BeatRequest { Release = release, Time = DateTimeOffset.UtcNow }, Ct);

    /// <summary>Says what datasets are like.</summary>
    public Task<Result<SummariesAnswer>> ReportAsync(IReadOnlyList<DatasetSummary> told) => _client.CallAsync(
        PeerCalls.Summaries, new SummariesUpdate { Summaries = told }, Ct);

    /// <summary>Asks for a name with a token that somebody may or may not have used there.</summary>
    public Task<Result<NameAnswer>> NameAsync(string token, DatasetId? dataset = null, string slug = "scan", string? owner = null) =>
        _client.CallAsync(
            PeerCalls.ReserveName,
            new NameRequest
            {
                Token = token,
                Dataset = dataset ?? new DatasetId(Guid.NewGuid()),
                Owner = owner,
                Slug = slug,
            },
            Ct);

    public Task<Result<DoneAnswer>> ReleaseNameAsync(DatasetId dataset) => _client.CallAsync(
        PeerCalls.ReleaseName, new NameRelease { Dataset = dataset }, Ct);

    /// <summary>Forwards a request of the interface to the zone, with a token that somebody may or may not have used there.</summary>
    /// <returns>The status, and the code and words of a refusal.</returns>
    public Task<(HttpStatusCode Status, string? Code, string? Words)> ForwardAsync(
        HttpMethod method, string path, string token, string json = "{}") => ForwardAsync(_client, method, path, token, json);

    public static async Task<(HttpStatusCode Status, string? Code, string? Words)> ForwardAsync(
        SiteClient to, HttpMethod method, string path, string token, string json = "{}")
    {
        using var message = new HttpRequestMessage(method, new Uri($"https://{to.Address}{SiteProtocol.Forwarded}/api/v1/{path}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = method == HttpMethod.Get || method == HttpMethod.Head
                ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        message.Headers.Add(SiteProtocol.TokenHeader, token);
        using HttpResponseMessage answer = await to.SendAsync(message, Ct);
        string text = await answer.Content.ReadAsStringAsync(Ct);
        if (answer.IsSuccessStatusCode || text.Length == 0)
        {
            return (answer.StatusCode, null, null);
        }

        using var refusal = JsonDocument.Parse(text);
        string words = answer.Headers.Contains(SiteProtocol.AnsweredHeader) ? "detail" : "message";
        return (answer.StatusCode, refusal.RootElement.GetProperty("code").GetString(), refusal.RootElement.GetProperty(words).GetString());
    }

    public async Task<Result<bool>> AskHistoryAsync(DatasetId dataset) => Came(await Home.HistoryAsync(dataset, null, Ct));

    /// <summary>Says that it reads for whoever used a token there.</summary>
    public async Task<Result<bool>> ReadHistoryAsync(DatasetId dataset, string? token) => Came(
        await new HomeClient(_client, TimeProvider.System, new Reader { Token = token }).HistoryAsync(dataset, null, Ct));

    public async Task<Result<bool>> AskPagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages) =>
        Came(await Home.PagesAsync(dataset, pages, Ct));

    public async Task<Result<bool>> AskBlobAsync(DatasetId dataset, BlobHash page, BlobHash blob) =>
        Came(await Home.BlobsAsync(dataset, [new PageBlobs(page, [blob])], Ct));

    /// <summary>What the zone says of a dataset of its administrator of which this is to have a copy.</summary>
    internal CopyOrder OrderOf(DatasetId dataset) => new(_token.Zone, _key.Fingerprint, dataset, "admin", "scan", 1);

    internal HomeClient Home => new(_client, TimeProvider.System);

    private static SiteLife LifeOf(string run) => new(_ => new ValueTask<string>(run), static () => false, TimeProvider.System);

    private static Result<bool> Came<T>(Result<T> answer) => answer.IsOk ? true : answer.Error;

    public void Dispose()
    {
        _client.Dispose();
        _key.Dispose();
    }
}

using Hutch.Datasets.Analyses;
using Hutch.Datasets.Programs;
using Hutch.Datasets.Search;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model.Sites;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Writing;

/// <summary>The requests of this server to other sites on behalf of users. Thread-safe.</summary>
internal sealed class PeerRequests(SiteKeyStore keys, PeerConnections connections, SiteView view)
    : IPeerRequests, IProgramPeers, ISearchPeers, IDisposable
{
    /// <summary>Datasets of one question for room: as many fit into <see cref="SiteProtocol.MaxRequestBytes"/>.</summary>
    public const int MaxConcurrent = 4000;

    private const int MaxName = 1000;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>As long as a search takes at most: after it, the site answers for itself.</summary>
    private static readonly TimeSpan SearchTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(5);

    private readonly AnswerTimeout _timeout = new(RequestTimeout, connections.Time);
    private readonly AnswerTimeout _searchTimeout = new(SearchTimeout, connections.Time);
    private readonly AwayMark _searches = new(AwayFor, connections.Time);
    private readonly Lock _gate = new();
    private HomePeers? _peers;

    public async Task<HutchError?> FindQuotaRefusalAsync(
        IReadOnlyList<NameRecord> datasets, string owner, bool isExact, CancellationToken ct)
    {
        NameRecord dataset = datasets[0];
        if (!(await Peers(await keys.GetAsync(ct)).FindClientAsync(dataset, ct)).TryGet(out SiteClient? home, out HutchError? refusal))
        {
            return refusal;
        }

        // Thousands do not go into one question; then there must be room for each part.
        foreach (NameRecord[] asked in datasets.Chunk(MaxConcurrent))
        {
            var request = new QuotaRequest
            {
                Dataset = asked[0].Dataset,
                With = asked.Length > 1 ? [.. asked.Skip(1).Select(static name => name.Dataset)] : null,
                Owner = owner,
                IsExact = isExact,
            };
            Result<DoneAnswer> response = await _timeout.CallAsync(home, $"The home of {dataset.FullName}", PeerCalls.Quota, request, ct);
            if (!response.IsOk)
            {
                return response.Error;
            }
        }

        return null;
    }

    public async Task<Result<LinkAnswer>> RequestLinksAsync(string token, LinkQuery question, CancellationToken ct)
    {
        (SiteClient zone, string whom) = await FindZoneAsync(ct);
        var request = new LinksRequest
        {
            Token = token,
            Dataset = question.Dataset,
            Right = question.Right == Rights.None ? null : question.Right.ToName(),
            Seconds = (long?)question.Life?.TotalSeconds,
            Withdrawn = question.Withdrawn,
        };
        return (await _timeout.CallAsync(zone, $"{whom}, which makes share links,", PeerCalls.Links, request, ct)).Then<LinkAnswer>(
                answer => new LinkAnswer([.. answer.Links.Select(one => Read(one, question.Dataset))], Read(answer.Made)));
    }

    public async Task<Result<FolderAnswer>> RequestFolderAsync(string token, FolderRequest request, CancellationToken ct)
    {
        (SiteClient zone, string whom) = await FindZoneAsync(ct);
        return (await _timeout.CallAsync(
            zone, $"{whom}, which makes invites and sends mail,", PeerCalls.Folders, FolderText.From(token, request), ct))
            .Then<FolderAnswer>(static answer => new FolderAnswer(answer.Invite, answer.Address, answer.Expires, answer.Told)
            {
                IsMailOn = answer.IsMailOn,
            });
    }

    public async Task<Result<NewJobToken>> RequestJobTokenAsync(string token, JobTokenQuery question, CancellationToken ct)
    {
        (SiteClient zone, string whom) = await FindZoneAsync(ct);
        var request = new StepRequestText
        {
            Token = token,
            Output = question.Wanted?.Output,
            Inputs = question.Wanted?.Inputs,
            Id = question.Id,
            Seconds = (long?)(question.Wanted?.Life ?? question.Life)?.TotalSeconds,
        };
        return await _timeout.RequestAsync<NewJobToken>($"{whom}, which makes tokens,", AskAsync, ct);

        async Task<Result<NewJobToken>> AskAsync(CancellationToken either)
        {
            Result<JobTokenAnswer> answer = await zone.CallAsync(PeerCalls.Steps, request, either);
            if (!answer.IsOk)
            {
                return answer.Error;
            }

            await view.AwaitAsync(answer.Value.Sequence, either);
            return new NewJobToken(answer.Value.Id, answer.Value.Expires, answer.Value.Secret);
        }
    }

    public async Task<Result<StartedElsewhere?>> RequestStartAsync(
        string siteId, Caller caller, string program, ProgramStart start, bool isTrial, CancellationToken ct)
    {
        if (!(await Peers(await keys.GetAsync(ct)).FindClientAsync(siteId, ct)).TryGet(out SiteClient? site, out HutchError? refusal))
        {
            return refusal;
        }

        // The zone acts for accounts also without a credential of theirs, as for a start by a rule.
        bool isZone = connections.Registry.Zone is null;
        StartRequest request = StartRequest.From(program, start, isTrial) with
        {
            Token = isZone ? null : caller.Token?.Id,
            Caller = isZone
                ? new ForwardedCaller(
                    caller.UserId, caller.CredentialId ?? connections.Registry.OwnId, caller.Scope, caller.ExpiresAt).ToString()
                : null,
            Sequence = isZone ? await connections.Registry.SequenceAsync(ct) : null,
        };
        Result<StartAnswer> answer = await _timeout.CallAsync(site, site.Address, PeerCalls.Start, request, ct);
        return !answer.IsOk ? answer.Error
            : isTrial ? (StartedElsewhere?)null
            : answer.Value is { Run: { } run, Output: { } output, Name: { Length: <= MaxName } name, Site: { } called }
                && SiteName.Parse(called).IsOk
                ? new StartedElsewhere(run, output, name, Read(answer.Value.Same)) { Site = called }
            : ErrorCode.Unavailable.With($"{site.Address} does not answer as a site does: it names no run.");
    }

    public async Task<Result<SearchAnswer>> SearchAsync(string? token, SearchQuestion question, CancellationToken ct)
    {
        if (_searches.Away is { } away)
        {
            return away;
        }

        (SiteClient zone, string whom) = await FindZoneAsync(ct);
        var request = new SearchRequest
        {
            Token = token,
            Text = question.Text,
            Sort = question.Sort,
            Cursor = question.Cursor,
            Limit = question.Limit,
            IsCount = question.IsCount,
        };
        Result<SearchResponse> answer = await _searchTimeout.CallAsync(zone, whom, PeerCalls.Search, request, ct);
        _searches.Record(answer.Error?.Code == ErrorCode.Unavailable ? answer.Error : null);
        return answer.Then<SearchAnswer>(static found => SearchAnswers.Read(found));
    }

    public async Task<Result<SearchCardPage>> RequestCardsAsync(
        string siteId, IReadOnlyDictionary<string, long> positions, CancellationToken ct) =>
        !(await Peers(await keys.GetAsync(ct)).FindClientAsync(siteId, ct)).TryGet(out SiteClient? home, out HutchError? refusal)
            ? refusal
            : (await _timeout.CallAsync(home, home.Address, PeerCalls.Cards, new CardsRequest { Positions = positions }, ct))
                .Then(SearchAnswers.Read);

    public void Dispose() => _peers?.Dispose();

    private async Task<(SiteClient Client, string Words)> FindZoneAsync(CancellationToken ct) => connections.Registry.Zone is { } joined
        ? (Peers(await keys.GetAsync(ct)).ClientOf(SitePeer.From(joined)), $"The zone at {joined.Address}")
        : throw new InvalidOperationException("A zone does not ask itself.");

    private HomePeers Peers(SiteKey key)
    {
        lock (_gate)
        {
            return _peers ??= new HomePeers(key, connections);
        }
    }

    private static SameResult? Read(SameLine? line) =>
        line is { Name.Length: <= MaxName } ? new SameResult(line.Run, line.Dataset, line.Name, line.Snapshot) : null;

    private static LinkRecord Read(LinkLine line, DatasetId dataset) => new(
        line.Id, dataset, RightsExtensions.ParseRight(line.Right).Value, default, line.By, line.Created, line.Expires, null);

    private static NewLink? Read(NewLinkLine? line) =>
        line is null ? null : new NewLink(line.Id, line.Expires, line.Secret, line.Address);
}

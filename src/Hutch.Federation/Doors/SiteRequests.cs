using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model.Sites;
using Hutch.Zone.Logins;

namespace Hutch.Federation.Doors;

internal sealed class SiteRequests(
    SiteRegistry registry, SiteKeyStore keys, ZoneFeed feed, SiteNames names, JoinImport joining, RestoredZone restored,
    CopyRegistry copies, SiteLoginAuthorizer logins, SiteContacts contacts, TimeProvider time)
{
    /// <summary>The interval of rows about a site's connection and confirmed position, which other servers of the zone read.</summary>
    private readonly TimeSpan _writeEvery = TimeSpan.FromSeconds(registry.IsEmbedded ? 60 : 2);

    private static readonly TimeSpan MoveEvery = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait of an answer for a change; the interval of a site's beats.</summary>
    private static readonly TimeSpan LongPollTime = TimeSpan.FromSeconds(1);

    public void AddTo(SiteRoutes routes)
    {
        routes.Add(PeerCalls.Join, JoinAsync);
        routes.Add(PeerCalls.JoinWith, JoinWithAsync);
        routes.Add(PeerCalls.Import, ImportAsync);
        routes.Add(PeerCalls.Beat, BeatAsync);
        routes.Add(PeerCalls.ReserveName, ReserveNameAsync);
        routes.Add(PeerCalls.ReleaseName, ReleaseNameAsync);
        routes.Add(PeerCalls.KnownEnds, ReceiveEndsAsync);
        routes.Add(PeerCalls.Expected, ListExpectedAsync);
        routes.Add(PeerCalls.LogIn, LogInAsync);
    }

    public async Task<Result<JoinAnswer>> JoinAsync(BlobHash key, JoinRequest request, CancellationToken ct)
    {
        HutchError? refusal = CheckClock(request.Time - time.GetUtcNow());
        return refusal is not null
            ? refusal
            : (await registry.JoinAsync(request.Credential, key, request.SiteId, ct)).Then<JoinAnswer>(
                site => new JoinAnswer { SiteId = site.Id, SiteName = site.Name });
    }

    /// <summary>Takes a site in that has accounts and datasets, or only says what that would do.</summary>
    public async Task<Result<AdmittedSite>> JoinWithAsync(BlobHash key, JoinWithRequest request, CancellationToken ct)
    {
        HutchError? refusal = CheckClock(request.Time - time.GetUtcNow())
            ?? CheckCount(request.Datasets);
        return refusal is not null
            ? refusal
            : await joining.JoinAsync(request.Credential, key, request.Accounts, request.Datasets, request.IsTrial, ct);
    }

    /// <summary>Takes over datasets that a site had before it joined.</summary>
    public async Task<Result<ImportAnswer>> ImportAsync(BlobHash key, ImportRequest request, CancellationToken ct) =>
        !(await AdmitAsync(key, ct)).TryGet(out SiteRecord? site, out HutchError? refusal) ? refusal
        : CheckCount(request.Datasets) is { } many ? many
        : (await joining.ImportAsync(site, request.Datasets, request.IsLast, ct))
            .Then<ImportAnswer>(static imported => new ImportAnswer { Names = imported.Names, Sequence = imported.Sequence });

    private static HutchError? CheckCount(IReadOnlyList<ImportedDataset> datasets) => datasets.Count > SiteProtocol.MaxNames
        ? ErrorCode.BadRequest.With($"At most {SiteProtocol.MaxNames} datasets are told of at once.")
        : null;

    public async Task<Result<BeatAnswer>> BeatAsync(BlobHash key, BeatRequest request, CancellationToken ct)
    {
        if (!(await AdmitAsync(key, ct)).TryGet(out SiteRecord? site, out HutchError? refusal))
        {
            return refusal;
        }

        long? confirmed = request is { IsDurable: true, After: { } at } && await feed.KnowsAsync(at, ct) ? at.Sequence : null;
        bool isNews = !registry.IsEmbedded && confirmed != contacts.Find(site.Id)?.Confirmed;
        bool isToWrite = contacts.RecordBeat(site.Id, request, confirmed, _writeEvery);
        if (isToWrite || isNews)
        {
            await registry.RecordContactAsync(site.Id, confirmed, Math.Max(0, request.FreeBytes ?? 0), ct);
        }

        if (request.Address != site.Address && (request.Address is null || SitesOptions.IsAddress(request.Address))
            && (site.Address is null || contacts.TryMove(site.Id, MoveEvery)))
        {
            Result<Done> noted = await registry.SetAddressAsync(site, request.Address, ct);
            if (!noted.IsOk)
            {
                return noted.Error;
            }
        }

        return await feed.AwaitAsync(site.Id, request.After, LongPollTime, ct) is { } batch
            ? new BeatAnswer
            {
                Time = time.GetUtcNow(),
                Feed = batch,
                Asks = await restored.MustReportAsync(site.Id, ct),
                ZonePortal = logins.Portal,
                SitePortal = site.Portal?.Origin,
                HasSecond = contacts.Find(site.Id)?.HasSecondServer == true,
            }
            : NoSuchSite(key);
    }

    public async Task<Result<NameAnswer>> ReserveNameAsync(BlobHash key, NameRequest request, CancellationToken ct)
    {
        if (!(await AdmitAsync(key, ct)).TryGet(out SiteRecord? site, out HutchError? refusal)
            || !Slug.Parse(request.Slug).TryGet(out Slug slug, out refusal)
            || !ParseOwner(request.Owner).TryGet(out AccountName? owner, out refusal))
        {
            return refusal;
        }

        var wanted = new NameReservation(request.Dataset, owner, slug) { IsThere = request.IsThere };
        return (await names.ReserveAsync(site.Id, request.Token, wanted, ct))
            .Then<NameAnswer>(sequence => new NameAnswer { Sequence = sequence });
    }

    /// <summary>Redeems a browser's code for a token of the asking site.</summary>
    public async Task<Result<LoginAnswer>> LogInAsync(BlobHash key, LoginRequest request, CancellationToken ct) =>
        (await AdmitAsync(key, ct)).TryGet(out SiteRecord? site, out HutchError? refusal)
            ? (await logins.RedeemAsync(site.Id, new SiteLoginCode(request.Code, request.Verifier, request.Redirect), ct))
                .Then<LoginAnswer>(static login => new LoginAnswer
                {
                    Token = login.TokenId,
                    User = login.User.ToString(),
                    Sequence = login.Sequence,
                })
            : refusal;

    /// <summary>Takes over what a site knows to have ended before the zone was restored.</summary>
    public async Task<Result<DoneAnswer>> ReceiveEndsAsync(BlobHash key, EndsRequest request, CancellationToken ct) =>
        (await AdmitAsync(key, ct)).TryGet(out SiteRecord? site, out HutchError? refusal)
            ? (await restored.ReceiveAsync(
                site, request.Ends, request.IsLast, await keys.SealAsync(ct), ct))
                .Then<DoneAnswer>(_ => new DoneAnswer())
            : refusal;

    public async Task<Result<ExpectedAnswer>> ListExpectedAsync(BlobHash key, ExpectedRequest request, CancellationToken ct)
    {
        if (!(await AdmitAsync(key, ct)).TryGet(out SiteRecord? site, out HutchError? refusal))
        {
            return refusal;
        }

        if (request.Datasets?.Count > SiteProtocol.MaxNames || request.Limit is < 0 or > SiteProtocol.MaxNames)
        {
            return ErrorCode.BadRequest.With($"At most {SiteProtocol.MaxNames} datasets are asked for at once.");
        }

        return new ExpectedAnswer
        {
            Items = request.Datasets is { } some
                ? await copies.ListExpectedAtAsync(site.Id, some, ct)
                : await copies.ListExpectedAtAsync(site.Id, request.After, request.Limit, ct),
        };
    }

    /// <summary>Frees a name for which the site could not make the dataset.</summary>
    public async Task<Result<DoneAnswer>> ReleaseNameAsync(BlobHash key, NameRelease request, CancellationToken ct) =>
        (await AdmitAsync(key, ct)).TryGet(out SiteRecord? site, out HutchError? refusal)
            ? (await names.ReleaseAsync(site.Id, request.Dataset, ct)).Then<DoneAnswer>(_ => new DoneAnswer())
            : refusal;

    /// <summary>Finds the record of the site that sends a request; a refusal for the key of a stranger.</summary>
    private async ValueTask<Result<SiteRecord>> AdmitAsync(BlobHash key, CancellationToken ct) =>
        await registry.FindAsync(key, ct) is { } site ? site : NoSuchSite(key);

    internal static HutchError SecondServer(string site) => (ErrorCode.Conflict with
    {
        Advice = "Stop one of the two. The other is admitted within 20 seconds.",
    }).With(
        $"Another server runs with the key of the site {site}, and was connected before this one. Two copies of a site's "
        + "data become different, and their changes cannot be joined.");

    private static Result<AccountName?> ParseOwner(string? owner) =>
        owner is null ? (AccountName?)null : AccountName.Parse(owner).Then<AccountName?>(name => name);

    /// <summary>Finds the site that sends a request; a refusal for the key of a stranger.</summary>
    internal static async Task<Result<SitePeer>> FindSenderAsync(SiteRegistry registry, BlobHash key, CancellationToken ct) =>
        await registry.FindPeerAsync(key, ct) is { } site ? site : NoSuchSite(key);

    private static HutchError NoSuchSite(BlobHash key) =>
        (ErrorCode.Forbidden with { Advice = "Ask an administrator of the zone: `hutch site list` shows its sites." }).With(
            $"The zone has no site with the key {SiteKeyText.Format(key)}: it was removed, or never joined.");

    private static HutchError? CheckClock(TimeSpan ahead) => ahead.Duration() > SiteContact.MostClockDifference
        ? (ErrorCode.Unprocessable with { Advice = "Set the clock right, with NTP or chrony, and join again with the same token." }).With(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The clock of the joining server is {ahead.Duration().TotalMinutes:0} minutes ")
            + (ahead > TimeSpan.Zero ? "ahead of the zone's." : "behind the zone's."))
        : null;
}

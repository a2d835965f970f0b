using Hutch.Federation.Wire;
using Hutch.Zone.Logins;

namespace Hutch.Federation.Links;

/// <summary>A site's connection to its zone: a beat each second, which brings changes and confirms the last ones.</summary>
internal sealed class ZoneLink(
    JoinedZoneRecord joined, ISitePeer peer, SiteView view, RestoredZone restored, Func<string?> address, Func<long> freeBytes,
    TimeProvider time)
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TrafficEvery = TimeSpan.FromSeconds(5);

    /// <summary>The interval after a refusal: the answer stays the same until an operator acts.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(15);

    private readonly AnswerTimeout _beatTimeout = new(TimeSpan.FromSeconds(3), time);

    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(10), time);

    private FeedStage? _stage;
    private long? _trafficAt;
    private long? _heardAt;
    private bool _hasMore;
    private bool _hasSecond;
    private HutchError? _problem;
    private ZonePortals? _portals;

    public Func<CancellationToken, ValueTask<IReadOnlyList<TrafficLine>>> Traffic { get; init; } =
        static _ => ValueTask.FromResult<IReadOnlyList<TrafficLine>>([]);

    /// <summary>Brings signing keys of S3 keys; null for none.</summary>
    public SigningKeyFetch? SigningKeys { get; init; }

    /// <summary>The run of the site's records, which all its servers send; null for none.</summary>
    public SiteLife? Life { get; init; }

    /// <summary>Called with a message for the operator when another server with this site's key was found.</summary>
    public Action<string>? SecondFound { get; init; }

    /// <summary>True if the zone refuses another server that runs with the key of this site.</summary>
    public bool HasSecond => Volatile.Read(ref _hasSecond);

    public ZoneContact Contact
    {
        get
        {
            lock (joined)
            {
                return new ZoneContact(joined, _heardAt is { } at ? time.GetElapsedTime(at) : null, _problem?.Message)
                {
                    Portals = _portals,
                };
            }
        }
    }

    /// <summary>The reason not to wait for the zone, which was not reached for a while; null if a request is worthwhile.</summary>
    public HutchError? Away
    {
        get
        {
            lock (joined)
            {
                bool isSilent = !(_heardAt is { } at && time.GetElapsedTime(at) < SiteContact.LongestSilence);
                return isSilent && _problem?.Code == ErrorCode.Unavailable ? _problem : null;
            }
        }
    }

    /// <summary>Beats until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long began = time.GetTimestamp();
            HutchError? problem = await BeatAsync(ct);
            TimeSpan pause = _hasMore ? TimeSpan.Zero : problem is null || IsPassing(problem) ? BeatEvery : AfterRefusal;
            TimeSpan left = pause - time.GetElapsedTime(began);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, ct);
        }
    }

    /// <summary>Returns true if the problem ends without an operator: the zone or the records of this site are away.</summary>
    private static bool IsPassing(HutchError problem) =>
        problem.Code == ErrorCode.Unavailable || problem.Code == ErrorCode.OutcomeUnknown || problem.Code == ErrorCode.InsufficientStorage;

    /// <summary>Beats once; returns why it was not answered.</summary>
    public async Task<HutchError?> BeatAsync(CancellationToken ct)
    {
        Result<BeatAnswer> answer;
        Result<Done> taken;
        try
        {
            FeedPosition? asked = (_stage ??= await BeginStageAsync(ct)).At;
            answer = await RequestAsync(asked, _stage.IsDurable, ct);
            _hasMore = false;
            taken = answer.IsOk ? await ApplyAsync(asked, answer.Value, ct) : answer.Error!;
            if (!answer.IsOk)
            {
                await view.AdoptContactAsync(ct);
            }
        }
        catch (HutchException e)
        {
            // The records of this site are away: the next beat begins with their position, as a commit may have taken effect.
            (_stage, _hasMore) = (null, false);
            (answer, taken) = (e.Error, e.Error);
        }

        NoteSecond(answer);
        lock (joined)
        {
            _problem = taken.IsOk ? null : taken.Error;
            _heardAt = taken.IsOk ? time.GetTimestamp() : IsPassing(taken.Error) ? _heardAt : null;
            _portals = !answer.IsOk ? _portals
                : answer.Value is { ZonePortal: { } zone, SitePortal: { } site } ? new ZonePortals(zone, site)
                : null;
        }

        // After the changes: keys are asked for by the tokens that came with them.
        _hasMore |= taken.IsOk && SigningKeys is not null && await FetchKeysAsync(SigningKeys, ct);
        return taken.IsOk ? null : taken.Error;
    }

    /// <summary>Notes whether two servers run with the key of this site, and which of them this one is.</summary>
    private void NoteSecond(Result<BeatAnswer> answer)
    {
        HutchError? refusal = answer.Error is { } error && error.Code.Name == ErrorCode.Conflict.Name ? error : null;
        if (answer.IsOk || refusal is not null)
        {
            bool hasSecond = answer is { IsOk: true, Value.HasSecond: true };
            string? news = refusal is not null && Life?.Refusal is null ? refusal.Message
                : hasSecond && !HasSecond ? SecondServerWarnings.OfFirst
                : null;
            Volatile.Write(ref _hasSecond, hasSecond);
            if (Life is not null)
            {
                Life.Refusal = refusal;
            }

            if (news is not null)
            {
                SecondFound?.Invoke(news);
            }
        }
    }

    /// <summary>
    /// Sends a request to the zone, after a check that this server speaks for its site. Slow records of the site do not count as a silent
    /// zone.
    /// </summary>
    /// <exception cref="HutchException">This server no longer speaks for its site, or the records of the site are away.</exception>
    private async Task<Result<T>> RequestAsync<T>(
        AnswerTimeout timeout, string whom, Func<CancellationToken, Task<Result<T>>> ask, CancellationToken ct)
    {
        if (Life is { IsTakenOver: true, Refusal: { } refusal })
        {
            throw refusal.ToException();
        }

        if (Life is not null)
        {
            await Life.ReadAsync(ct);
        }

        return await timeout.RequestAsync(whom, ask, ct);
    }

    /// <summary>Begins where the view is: another server of the site may have applied what this one has not seen.</summary>
    private async ValueTask<FeedStage> BeginStageAsync(CancellationToken ct)
    {
        SigningKeys?.Invalidate();
        return new FeedStage(await view.PositionAsync(ct));
    }

    private async ValueTask<bool> FetchKeysAsync(SigningKeyFetch keys, CancellationToken ct)
    {
        try
        {
            return await keys.ContinueAsync(joined.Address, ct);
        }
        catch (HutchException)
        {
            // The records of this site are away.
            keys.Invalidate();
            return false;
        }
    }

    /// <summary>Gathers changes, and applies them to the view when they are a state of the zone.</summary>
    private async Task<Result<Done>> ApplyAsync(FeedPosition? asked, BeatAnswer answer, CancellationToken ct)
    {
        if (answer.Asks)
        {
            _hasMore = true;
            return await ReportAsync(ct);
        }

        FeedBatch batch = answer.Feed;
        bool isState = _stage!.Accept(asked, batch);

        // Also after news that are for others only: what follows them may be for this site, and the zone waits to hear that they are here.
        _hasMore = !isState || batch.To.Sequence != asked?.Sequence;
        if (!isState)
        {
            return Done.Value;
        }

        await view.RecordContactAsync(answer.Time, ct);
        if (_stage.At!.Sequence == asked?.Sequence && !_stage.IsWhole)
        {
            return Done.Value;
        }

        FeedPosition reached = _stage.At;
        bool mayHaveS3Keys = _stage.IsWhole || _stage.Items.Any(ZoneFeed.IsOfS3Keys);
        Result<FeedPosition> applied = await view.ApplyAsync(_stage.Items, _stage.IsWhole, _stage.From, reached, ct);
        _stage = applied.IsOk ? new FeedStage(applied.Value) : null;
        if (mayHaveS3Keys || (applied.IsOk && applied.Value != reached))
        {
            SigningKeys?.Invalidate();
        }

        _hasMore &= applied.IsOk;
        return applied.Then<Done>(static _ => Done.Value);
    }

    /// <summary>Reports this site's facts to a restored zone, before the view takes over the zone's present state.</summary>
    private async Task<Result<Done>> ReportAsync(CancellationToken ct)
    {
        IReadOnlyList<KnownEnds> parts = EndParts.Split(await restored.KnownAsync(ct));
        for (int i = 0; i < parts.Count; i++)
        {
            var request = new EndsRequest
            {
                Ends = parts[i],
                IsLast = i == parts.Count - 1,
            };
            Result<DoneAnswer> response = await RequestAsync(
                _timeout, joined.Address, either => peer.CallAsync(PeerCalls.KnownEnds, request, either), ct);
            if (response.Error?.Code == ErrorCode.Conflict)
            {
                // Another server of the site has reported all of them: the next beat shows it.
                return Done.Value;
            }

            if (!response.IsOk)
            {
                _hasMore = false;
                return response.Error;
            }
        }

        return Done.Value;
    }

    /// <summary>Requests a name from the zone, and waits until it has come with the feed.</summary>
    /// <param name="owner">The owner; null for the owner of the token.</param>
    /// <param name="isThere">True if it was made here without the zone: a taken name gets a number.</param>
    public async Task<Result<NameRecord>> ReserveNameAsync(
        string token, DatasetId dataset, string? owner, string slug, bool isThere, CancellationToken ct)
    {
        var request = new NameRequest
        {
            Token = token,
            Dataset = dataset,
            Owner = owner,
            Slug = slug,
            IsThere = isThere,
        };
        return await RequestAsync(
            _timeout, $"The zone at {joined.Address}, which gives names to datasets,", either => ReserveNameAsync(request, either), ct);
    }

    private async Task<Result<NameRecord>> ReserveNameAsync(NameRequest request, CancellationToken ct)
    {
        Result<NameAnswer> reserved = await peer.CallAsync(PeerCalls.ReserveName, request, ct);
        if (!reserved.IsOk)
        {
            return reserved.Error;
        }

        await view.AwaitAsync(reserved.Value.Sequence, ct);
        return await view.FindNameAsync(request.Dataset, ct) is { } name
            ? name
            : ErrorCode.Conflict.With($"The dataset {request.Dataset} lost its name while it was created.");
    }

    /// <summary>Redeems the code of a browser, and waits until the token has come with the feed.</summary>
    public Task<Result<SiteLogin>> LogInAsync(SiteLoginCode code, CancellationToken ct)
    {
        var request = new LoginRequest
        {
            Code = code.Code,
            Verifier = code.Verifier,
            Redirect = code.Redirect,
        };
        return RequestAsync(
            _timeout, $"The zone at {joined.Address}",
            async either =>
            {
                if (!(await peer.CallAsync(PeerCalls.LogIn, request, either)).TryGet(out LoginAnswer? login, out HutchError? refusal))
                {
                    return refusal;
                }

                if (!PrincipalId.TryParse(login.User, out PrincipalId user))
                {
                    return ErrorCode.Unavailable.With($"The zone at {joined.Address} answered without an account.");
                }

                await view.AwaitAsync(login.Sequence, either);
                return (Result<SiteLogin>)new SiteLogin(login.Token, user, login.Sequence);
            },
            ct);
    }

    /// <summary>Reports datasets that this site had before it joined, and waits until their names have come with the feed.</summary>
    public async Task<Result<IReadOnlyList<ImportedName>>> ImportAsync(
        IReadOnlyList<ImportedDataset> datasets, bool isLast, CancellationToken ct)
    {
        var request = new ImportRequest
        {
            Datasets = datasets,
            IsLast = isLast,
        };
        return await RequestAsync(
            _timeout, $"The zone at {joined.Address}, which gives names to datasets,",
            async either =>
            {
                Result<ImportAnswer> response = await peer.CallAsync(PeerCalls.Import, request, either);
                if (!response.IsOk)
                {
                    return response.Error;
                }

                await view.AwaitAsync(response.Value.Sequence, either);
                return Result<IReadOnlyList<ImportedName>>.Ok(response.Value.Names);
            },
            ct);
    }

    /// <summary>Asks what the zone believes that this site has: a page of all, or of some datasets.</summary>
    public async Task<Result<IReadOnlyList<ExpectedDataset>>> ListExpectedAsync(
        DatasetId? after, int limit, IReadOnlyList<DatasetId>? some, CancellationToken ct)
    {
        var request = new ExpectedRequest
        {
            After = after,
            Limit = limit,
            Datasets = some,
        };
        return (await RequestAsync(_timeout, joined.Address, either => peer.CallAsync(PeerCalls.Expected, request, either), ct))
            .Then(static answer => Result<IReadOnlyList<ExpectedDataset>>.Ok(answer.Items));
    }

    /// <summary>Gives a name back for which no dataset could be made.</summary>
    public async Task<Result<Done>> ReleaseNameAsync(DatasetId dataset, CancellationToken ct)
    {
        var request = new NameRelease
        {
            Dataset = dataset,
        };
        return (await RequestAsync(_timeout, joined.Address, either => peer.CallAsync(PeerCalls.ReleaseName, request, either), ct))
            .Then<Done>(static _ => Done.Value);
    }

    private async Task<Result<BeatAnswer>> RequestAsync(FeedPosition? after, bool isDurable, CancellationToken ct)
    {
        bool saysTraffic = _trafficAt is not { } said || time.GetElapsedTime(said) >= TrafficEvery;
        _trafficAt = saysTraffic ? time.GetTimestamp() : _trafficAt;
        var beat = new BeatRequest
        {
            Release = SiteProtocol.Release,
            Time = time.GetUtcNow(),
            After = after,
            Address = address(),
            IsDurable = isDurable,
            FreeBytes = freeBytes(),
            Traffic = saysTraffic ? await Traffic(ct) : null,
        };
        return await RequestAsync(_beatTimeout, joined.Address, either => peer.CallAsync(PeerCalls.Beat, beat, either), ct);
    }
}

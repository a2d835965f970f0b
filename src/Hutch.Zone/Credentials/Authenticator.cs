using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Hutch.Model.NarrowedTokens;
using Hutch.Zone.Authorization;
using Hutch.Zone.Partners;

namespace Hutch.Zone.Credentials;

/// <summary>
/// Identifies the caller of a token, a link or a session. Results stay in memory until a change of the zone touches them, so that a revoked
/// credential ends at once.
/// </summary>
/// <remarks>
/// Thread-safe. A repeated token costs a lookup, one SHA-256 and one comparison. Failures are limited (<see cref="AttemptLimiter"/>). After
/// too many failures with one token it is refused before its secret is checked, except from an address where it was recently right. An
/// attacker therefore cannot lock out its owner. Failures with other tokens from the same address delay wrong tokens, but never a right
/// one.
/// </remarks>
public sealed partial class Authenticator
{
    /// <summary>The most tokens, links and sessions in memory; beyond that, all are dropped and read again.</summary>
    public const int MaxKnown = 10_000;

    private const string NoTokenAtAll = "-";

    /// <summary>The shortest time between checks of callers of endless responses, even when the zone changes often.</summary>
    private static readonly TimeSpan ChangeGrain = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest time between these checks: an idle session ends without a change.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>The shortest time of a token of a site with which a program may be switched on that starts by itself.</summary>
    private static readonly TimeSpan LeastOfLaterWork = TimeSpan.FromDays(1);

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ZoneDatabase _zone;
    private readonly ChangedRights _changes;
    private readonly CredentialReader _reader;
    private readonly AttemptLimiter _limiter;
    private readonly TimeProvider _time;
    private readonly TimeSpan _sessionIdle;
    private readonly TimeSpan _maxOffline;
    private readonly KeyAuthenticator _keys;
    private readonly IReadOnlyList<string> _neverStop;
    private readonly PartnerTokens? _partners;
    private readonly ConcurrentDictionary<string, KnownCredential> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, KnownCredential>.AlternateLookup<ReadOnlySpan<char>> _knownById;
    private readonly Lock _gate = new();
    private readonly LastUses _uses;
    private long _changed;

    /// <param name="maxOffline">The longest time that callers are accepted without the database.</param>
    /// <param name="maxKeySilence">The longest time that a site accepts keys of narrowable tokens without its zone.</param>
    /// <param name="neverStop">The ids of tokens that are accepted regardless of the time since the zone answered.</param>
    /// <param name="partners">Accepts tokens that others have signed; null for none.</param>
    internal Authenticator(
        ZoneDatabase zone, ChangedRights changes, AttemptLimiter limiter, TimeProvider time, TimeSpan sessionIdle, TimeSpan maxOffline,
        TimeSpan maxKeySilence, IReadOnlyList<string> neverStop, PartnerTokens? partners = null)
    {
        _keys = new KeyAuthenticator(zone, this, time, maxKeySilence);
        (_sessionIdle, _maxOffline, _neverStop, _partners) = (sessionIdle, maxOffline, neverStop, partners);
        (_zone, _changes, _limiter, _time) = (zone, changes, limiter, time);
        _reader = new CredentialReader(zone, time);
        _uses = new LastUses(zone, time);
        _knownById = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        changes.Changed += Invalidate;
    }

    /// <summary>
    /// Returns the caller of a credential. Null or empty is the anonymous caller. 401 describes the problem with the token; 429 gives the
    /// seconds to wait (<c>retryAfterSeconds</c>).
    /// </summary>
    /// <remarks>Keys of narrowable tokens are refused: a door that takes them names itself.</remarks>
    /// <param name="presented">The text after <c>Bearer</c>, or null.</param>
    /// <param name="address">The client's address; null for a connection without network.</param>
    public ValueTask<Result<Caller>> AuthenticateAsync(string? presented, IPAddress? address, CancellationToken ct) =>
        AuthenticateAsync(presented, TokenDoors.None, address, ct);

    /// <summary>As above, at a door that takes keys of narrowable tokens.</summary>
    public ValueTask<Result<Caller>> AuthenticateAsync(string? presented, TokenDoors door, IPAddress? address, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(presented))
        {
            return new ValueTask<Result<Caller>>(Caller.Anonymous);
        }

        if (AttemptToken.IsOne(presented))
        {
            return FindAttemptAsync(presented, address, ct);
        }

        if (_partners?.MayTake(presented) == true)
        {
            return CountAsync(_partners.FindCallerAsync(presented, ct), address, NoTokenAtAll);
        }

        ReadOnlySpan<char> zone = TokenText.ZoneOf(presented);
        if (!zone.IsEmpty && !zone.SequenceEqual(_zone.Id))
        {
            HutchError refusal = CredentialRefusals.OtherZone(zone.ToString(), _zone.Id);
            return new ValueTask<Result<Caller>>(CountFailure(address, NoTokenAtAll, refusal));
        }

        return NarrowedToken.IsOne(presented) ? _keys.FindAsync(presented, door, address, ct)
            : Credential.TryParse(presented, out Credential credential) && credential.Kind is CredentialKind.Token or CredentialKind.Link
            ? FindAsync(presented, credential, address, ct)
            : new ValueTask<Result<Caller>>(Malformed(address));
    }

    /// <summary>
    /// Returns the caller of a session, from the value of the browser's cookie. 401 when it has ended, 429 as for tokens.
    /// </summary>
    /// <param name="address">The client's address; null for a connection without network.</param>
    public ValueTask<Result<Caller>> AuthenticateSessionAsync(string presented, IPAddress? address, CancellationToken ct) =>
        Credential.TryParse(presented, out Credential credential) && credential.Kind == CredentialKind.Session
            ? FindAsync(presented, credential, address, ct)
            : new ValueTask<Result<Caller>>(CountFailure(address, NoTokenAtAll, CredentialRefusals.WrongSession()));

    private ValueTask<Result<Caller>> FindAsync(string presented, Credential credential, IPAddress? address, CancellationToken ct)
    {
        if (_zone.View is { IsOutdated: true, SilentFor: { } age } && !_neverStop.Contains(credential.Id.ToString()))
        {
            return new ValueTask<Result<Caller>>(Authorizer.OldView(age));
        }

        ValueTask current = _changes.SyncViewAsync(ct);
        return current.IsCompletedSuccessfully
            ? FindNowAsync(presented, credential, address, ct)
            : FindAfterAsync(current, presented, address, ct);
    }

    // A credential lives on the stack and does not survive the wait for the database: it is read again.
    private async ValueTask<Result<Caller>> FindAfterAsync(ValueTask current, string presented, IPAddress? address, CancellationToken ct)
    {
        try
        {
            await current;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
        {
            if (Recall(presented, address) is { } known)
            {
                return known;
            }

            throw;
        }

        return await FindAgainAsync(presented, address, ct);
    }

    /// <summary>Returns the caller as of the last answer of the database; null when it cannot be known without the database.</summary>
    private Caller? Recall(string presented, IPAddress? address) =>
        Credential.TryParse(presented, out Credential credential)
        && TryRecall(credential.Id.ToString(), address, out KnownCredential? entry)
        && IsCurrent(entry.Facts!, entry) && Validate(credential, entry, entry.Facts!, address) is { IsOk: true } judged
            ? judged.Value.AsRemembered()
            : null;

    private bool TryRecall(string id, IPAddress? address, [NotNullWhen(true)] out KnownCredential? entry) =>
        _known.TryGetValue(id, out entry) && entry.Facts is not null
        && _maxOffline > TimeSpan.Zero && _changes.IsReported && entry.IsGoodFrom(address);

    private ValueTask<Result<Caller>> FindAgainAsync(string presented, IPAddress? address, CancellationToken ct) =>
        Credential.TryParse(presented, out Credential credential)
            ? FindNowAsync(presented, credential, address, ct)
            : new ValueTask<Result<Caller>>(Malformed(address));

    private ValueTask<Result<Caller>> FindNowAsync(string presented, Credential credential, IPAddress? address, CancellationToken ct)
    {
        bool known = _knownById.TryGetValue(credential.Id, out KnownCredential? entry);
        if (known && entry!.Facts is { } facts && IsCurrent(facts, entry) && entry.IsGoodFrom(address))
        {
            return new ValueTask<Result<Caller>>(Validate(credential, entry, facts, address));
        }

        return VerifyAsync(presented, credential.Id.ToString(), credential.Kind, address, ct);
    }

    /// <summary>
    /// Returns the current state of a caller, for long operations (streams, sessions). 401 when its token or link was revoked or has ended,
    /// or its account was disabled.
    /// </summary>
    public async ValueTask<Result<Caller>> RefreshAsync(Caller caller, CancellationToken ct)
    {
        if (caller.Kind is CallerKind.Anonymous or CallerKind.Partner)
        {
            return PartnerTokens.FindEnd(caller, _time.GetUtcNow()) is { } ended ? ended : caller;
        }

        if (caller.Attempt is { } attempt)
        {
            return await ForAttemptAsync(attempt, null, ct);
        }

        if (caller.CredentialId is not string id)
        {
            return await ForWorkAsync(caller.UserId, caller.Scope, ct);
        }

        await _changes.SyncViewAsync(ct);
        if (caller.PassedOnBy is { } site)
        {
            // The zone itself checks its own credentials: it forwards the rest of the body only for a valid caller, and a step may have
            // been renewed since.
            return await _zone.ReadAsync(
                tables => site == _zone.Joined?.Zone
                    ? SiteTokens.FindCaller(
                        tables, site, new ForwardedCaller(caller.UserId, id, caller.Scope, null), _time.GetUtcNow())
                    : SiteTokens.FindCaller(tables, site, id, _time.GetUtcNow()),
                ct);
        }

        CredentialKind kind = caller.Session is not null ? CredentialKind.Session
            : caller.Link is null ? CredentialKind.Token
            : CredentialKind.Link;
        CredentialFacts? facts = _known.TryGetValue(id, out KnownCredential? entry)
            && entry.Facts is { } cached
            && IsCurrent(cached, entry)
            ? cached
            : await _reader.LoadAsync(id, kind, ct);
        Result<Caller> state = facts is null ? CredentialRefusals.Wrong(kind) : StateOf(facts, entry);
        return caller.Key is { } key ? state.Then(still => _keys.Renew(still, key)) : state;
    }

    /// <summary>
    /// Returns when a caller is no longer valid: its session, token or link has ended or expired, or its account was disabled. Endless
    /// responses end with it. Changes are noticed when they occur, without polling.
    /// </summary>
    public Task WaitForEndAsync(Caller caller, CancellationToken ct) =>
        WaitForLossAsync(caller, static _ => new ValueTask<HutchError?>((HutchError?)null), ct);

    /// <summary>Returns when a caller is invalid, or when <paramref name="find"/>, called after each change, reports a loss.</summary>
    internal async Task<HutchError> WaitForLossAsync(Caller caller, Func<Caller, ValueTask<HutchError?>> find, CancellationToken ct)
    {
        long awaySince = long.MaxValue;
        while (true)
        {
            long seen = _zone.Version;
            DateTimeOffset? end;
            try
            {
                Result<Caller> still = await RefreshAsync(caller, ct);
                if ((still.IsOk ? await find(still.Value) : still.Error) is { } loss)
                {
                    return loss;
                }

                // As it is now: a step may have been renewed since.
                end = still.Value.ExpiresAt;
                awaySince = long.MaxValue;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
            {
                awaySince = Math.Min(awaySince, _time.GetTimestamp());
                if (_time.GetElapsedTime(awaySince) >= _maxOffline)
                {
                    return e.Error;
                }

                await Task.Delay(AskAgainAfter, _time, ct);
                continue;
            }

            await WaitForChangeAsync(end, seen, ct);
        }
    }

    /// <summary>Waits until a caller may have changed: after a change of the zone or at the end of its credential.</summary>
    private async Task WaitForChangeAsync(DateTimeOffset? end, long seen, CancellationToken ct)
    {
        TimeSpan left = end - _time.GetUtcNow() ?? LongestWait;
        try
        {
            await _zone.WaitForChangeAsync(seen, ct).WaitAsync(
                left < LongestWait ? left > TimeSpan.Zero ? left : TimeSpan.Zero : LongestWait, _time, ct);
            await Task.Delay(ChangeGrain, _time, ct);
        }
        catch (TimeoutException)
        {
            // Its time may be over.
        }
    }

    /// <summary>
    /// Returns the caller for an account without a token, for which the server acts. 401 when the account is disabled or gone.
    /// </summary>
    public async ValueTask<Result<Caller>> ForWorkAsync(PrincipalId user, TokenScope scope, CancellationToken ct) =>
        await _zone.ReadAsync(
            tables => tables.Principals.FindUser(user) is not UserRecord record ? ErrorCode.Unauthenticated.With(
                $"The account {user} no longer exists.")
                : CredentialRefusals.Disabled(record) is HutchError refused ? refused
                : (Result<Caller>)Caller.ForWork(record, tables.Memberships.GroupsOf(user), CredentialReader.RolesOf(tables, user), scope),
            ct);

    public async ValueTask<Result<Caller>> ForWorkAsync(string user, TokenScope scope, CancellationToken ct)
    {
        UserRecord? record = await _zone.ReadAsync(tables => tables.Principals.FindUser(user), ct);
        return record is null
            ? ErrorCode.Unauthenticated.With($"The account {Display.Quote(user)} no longer exists.")
            : await ForWorkAsync(record.Id, scope, ct);
    }

    /// <summary>
    /// Returns the caller for an account with a name, for actions that this site begins. At a site of another zone it carries one of the
    /// account's tokens for this site, because the zone gives names of datasets only to owners of such tokens. Without one it is refused.
    /// </summary>
    public async ValueTask<Result<Caller>> ForSiteAsync(string user, TokenScope scope, CancellationToken ct)
    {
        Result<Caller> caller = await ForWorkAsync(user, scope, ct);
        if (!caller.IsOk || _zone.Joined is null)
        {
            return caller;
        }

        Result<TokenRecord> token = await FindSiteTokenAsync(caller.Value, ct);
        return token.IsOk ? caller.Value.Naming(token.Value) : token.Error;
    }

    /// <summary>Returns the reason why this site could not work for an account for another day; null if it can.</summary>
    public async ValueTask<HutchError?> FindEndOfWorkAsync(Caller caller, CancellationToken ct)
    {
        if (_zone.Joined is not { } zone)
        {
            return null;
        }

        Result<TokenRecord> token = await FindSiteTokenAsync(caller, ct);
        return !token.IsOk ? token.Error
            : token.Value.ExpiresAt is { } end && end - _time.GetUtcNow() < LeastOfLaterWork
                ? CredentialRefusals.NoSiteToken(
                    zone.SiteName,
                    $"No token of {Display.Quote(caller.Name)} for the site {zone.SiteName} lasts for a day, and a login ends, too.")
            : null;
    }

    // That which lasts longest: a login of the same person at this site ends soon, and makes no invites.
    private async ValueTask<Result<TokenRecord>> FindSiteTokenAsync(Caller caller, CancellationToken ct)
    {
        TokenRecord? token = await _zone.ReadAsync(
            tables => SiteTokens.ListMaking(tables, caller.UserId, _zone.SiteId)
                .MaxBy(static token => token.ExpiresAt ?? DateTimeOffset.MaxValue),
            ct);
        string site = _zone.Joined!.SiteName;
        return token is not null ? token : CredentialRefusals.NoSiteToken(
            site, $"The account {Display.Quote(caller.Name)} has no token for the site {site} with which it can make datasets.");
    }

    /// <summary>Returns the last use of a token or session if it is not stored yet; null when it is stored, or there was none.</summary>
    public DateTimeOffset? UseNotWritten(string id) => _uses.FindNotWritten(id);

    /// <inheritdoc cref="LastUses.FlushAsync"/>
    public ValueTask FlushLastUsesAsync(CancellationToken ct) => _uses.FlushAsync(ct);

    private async ValueTask<Result<Caller>> VerifyAsync(
        string presented, string id, CredentialKind kind, IPAddress? address, CancellationToken ct)
    {
        _known.TryGetValue(id, out KnownCredential? entry);
        if (entry?.IsGoodFrom(address) != true && _limiter.CheckUnguessable(AttemptLimiter.AddressKey(address), id) is HutchError wait)
        {
            return wait;
        }

        long changed = Volatile.Read(ref _changed);
        CredentialFacts? facts = await _reader.LoadAsync(id, kind, ct);
        if (facts is null)
        {
            return CountFailure(
                address, id,
                kind == CredentialKind.Link && _zone.Joined is not null ? CredentialRefusals.LinkOfZone() : CredentialRefusals.Wrong(kind));
        }

        return JudgeAgain(presented, Remember(id, facts, changed), facts, address);
    }

    // As above.
    private Result<Caller> JudgeAgain(string presented, KnownCredential entry, CredentialFacts facts, IPAddress? address) =>
        Credential.TryParse(presented, out Credential credential)
            ? Validate(credential, entry, facts, address)
            : CredentialRefusals.Wrong(facts.Kind);

    private Result<Caller> Validate(Credential credential, KnownCredential entry, CredentialFacts facts, IPAddress? address)
    {
        Result<Caller> state = credential.Kind == facts.Kind && credential.Matches(facts.SecretHash)
            ? StateOf(facts, entry)
            : CredentialRefusals.Wrong(credential.Kind);
        if (!state.IsOk)
        {
            return CountFailure(address, entry.Id, state.Error);
        }

        entry.NoteGood(address);
        _uses.Note(entry, facts.Kind);
        return state;
    }

    private Result<Caller> StateOf(CredentialFacts facts, KnownCredential? entry)
    {
        if (facts.Refusal is not null)
        {
            return facts.Refusal;
        }

        DateTimeOffset now = _time.GetUtcNow();
        if (facts.Caller!.Session is { } session && IsIdle(session, entry, now - _sessionIdle))
        {
            return ErrorCode.Unauthenticated.With(
                $"Your session expired after {_sessionIdle.TotalHours:0.#} h without use. Log in again.");
        }

        return facts.Caller.ExpiresAt is DateTimeOffset end && end <= now
            ? ErrorCode.Unauthenticated.With(
                $"This {CredentialRefusals.Noun(facts.Kind)} expired on {Display.Minute(end)}.{CredentialRefusals.WhatToDo(facts.Kind)}")
            : facts.Caller.At(now);
    }

    /// <summary>Returns true if the facts still hold. A session that looks idle may have been used at another server.</summary>
    private bool IsCurrent(CredentialFacts facts, KnownCredential entry) =>
        facts.Caller?.Session is not { } session || !IsIdle(session, entry, _time.GetUtcNow() - _sessionIdle);

    private static bool IsIdle(SessionRecord session, KnownCredential? entry, DateTimeOffset since) =>
        session.LastUsedAt <= since && (entry is null || entry.IsUnusedSince(since));

    /// <summary>Caches loaded facts, unless something has changed since before they were read.</summary>
    private KnownCredential Remember(string id, CredentialFacts facts, long changed)
    {
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        KnownCredential entry = _known.GetOrAdd(id, static key => new KnownCredential(key));
        lock (_gate)
        {
            entry.Facts = changed == _changed ? facts : null;
        }

        return entry;
    }

    private void Invalidate(RightsTouch touch)
    {
        lock (_gate)
        {
            _changed++;
            foreach (KnownCredential entry in _known.Values)
            {
                entry.Facts = entry.Facts is { } facts && !touch.Touches(entry.Id, facts.Caller) ? facts : null;
            }
        }
    }

    private Result<Caller> Malformed(IPAddress? address) => CountFailure(
        address,
        NoTokenAtAll,
        ErrorCode.Unauthenticated.With(
            "This is not a Hutch token, which looks like hutch_ZONE_ID_SECRET. Copy the whole token and nothing else."));

    private HutchError CountFailure(IPAddress? address, string id, HutchError failure) =>
        _limiter.Fail(AttemptLimiter.AddressKey(address), id, failure);

    /// <summary>
    /// Returns the facts about a credential that signs requests and does not show its secret; the caller checks the signature. Failures are
    /// limited as for tokens.
    /// </summary>
    internal ValueTask<Result<FoundCredential?>> FindFactsAsync(string id, IPAddress? address, CancellationToken ct)
    {
        ValueTask current = _changes.SyncViewAsync(ct);
        return current.IsCompletedSuccessfully ? FindFactsNowAsync(id, address, ct) : FindFactsAfterAsync(current, id, address, ct);
    }

    /// <summary>Returns the caller of facts whose proof is right, as they are now.</summary>
    internal Result<Caller> Accept(FoundCredential found, IPAddress? address)
    {
        Result<Caller> state = StateOf(found.Facts, found.Entry);
        if (!state.IsOk)
        {
            return CountFailure(address, found.Entry.Id, state.Error);
        }

        found.Entry.NoteGood(address);
        _uses.Note(found.Entry, found.Facts.Kind);
        return found.IsRemembered ? state.Value.AsRemembered() : state;
    }

    /// <summary>Counts a wrong proof of a credential; null for an unknown one.</summary>
    internal HutchError Refuse(IPAddress? address, string? id, HutchError failure) => CountFailure(address, id ?? NoTokenAtAll, failure);

    private async ValueTask<Result<FoundCredential?>> FindFactsAfterAsync(
        ValueTask current, string id, IPAddress? address, CancellationToken ct)
    {
        try
        {
            await current;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
        {
            if (TryRecall(id, address, out KnownCredential? entry))
            {
                return new FoundCredential(entry, entry.Facts!, IsRemembered: true);
            }

            throw;
        }

        return await FindFactsNowAsync(id, address, ct);
    }

    private ValueTask<Result<FoundCredential?>> FindFactsNowAsync(string id, IPAddress? address, CancellationToken ct) =>
        _known.TryGetValue(id, out KnownCredential? entry) && entry.Facts is { } facts && entry.IsGoodFrom(address)
            ? new ValueTask<Result<FoundCredential?>>(new FoundCredential(entry, facts, IsRemembered: false))
            : LoadFactsAsync(id, address, ct);

    private async ValueTask<Result<FoundCredential?>> LoadFactsAsync(string id, IPAddress? address, CancellationToken ct)
    {
        _known.TryGetValue(id, out KnownCredential? entry);
        if (entry?.IsGoodFrom(address) != true && _limiter.CheckUnguessable(AttemptLimiter.AddressKey(address), id) is HutchError wait)
        {
            return wait;
        }

        long changed = Volatile.Read(ref _changed);
        CredentialFacts? facts = await _reader.LoadAsync(id, CredentialKind.Token, ct);
        return facts is null ? (FoundCredential?)null : new FoundCredential(Remember(id, facts, changed), facts, IsRemembered: false);
    }
}

/// <param name="IsRemembered">True if the database did not answer and these are earlier facts.</param>
internal readonly record struct FoundCredential(KnownCredential Entry, CredentialFacts Facts, bool IsRemembered);

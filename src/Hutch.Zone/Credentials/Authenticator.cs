using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>
/// Finds out who presents a token, a link or a session. What it learnt is kept in memory until a change of the zone touches it, so
/// that a revoked one ends at once.
/// </summary>
/// <remarks>
/// Thread-safe. A repeated token costs a look-up, one SHA-256 and one comparison. Failures are limited (<see cref="AttemptLimiter"/>): who
/// has failed too often with one token is refused before its secret is looked at, except from an address from which the same token has
/// lately been right, so that nobody can lock an owner out by trying in vain. What failed with other tokens from the same address makes
/// wrong ones wait, and never a right one.
/// </remarks>
public sealed partial class Authenticator
{
    /// <summary>Tokens, links and sessions that are kept at most; beyond, all are forgotten and read again.</summary>
    public const int MaxKnown = 10_000;

    private const string NoTokenAtAll = "-";

    private static readonly TimeSpan LastUseGrain = TimeSpan.FromMinutes(1);

    /// <summary>However fast the zone changes, answers that go on look after their callers no more often.</summary>
    private static readonly TimeSpan ChangeGrain = TimeSpan.FromMilliseconds(200);

    /// <summary>A session that rests ends without a change; it is looked after now and then.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ZoneDatabase _zone;
    private readonly ChangedRights _changes;
    private readonly CredentialReader _reader;
    private readonly AttemptLimiter _limiter;
    private readonly S3Keys _s3Keys;
    private readonly TimeProvider _time;
    private readonly TimeSpan _sessionIdle;
    private readonly TimeSpan _maxOffline;
    private readonly IReadOnlyList<string> _neverStop;
    private readonly ConcurrentDictionary<string, KnownCredential> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, KnownCredential>.AlternateLookup<ReadOnlySpan<char>> _knownById;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _uses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _sessionUses = new(StringComparer.Ordinal);
    private long _changed;

    /// <param name="zone">The zone.</param>
    /// <param name="changes">Tells what to forget.</param>
    /// <param name="limiter">Limits failed attempts.</param>
    /// <param name="s3Keys">The secrets of S3 keys.</param>
    /// <param name="sessionIdle">How long a session may rest before it ends.</param>
    /// <param name="maxOffline">How long callers are known without the database.</param>
    /// <param name="neverStop">The ids of tokens that are let in however long ago the zone was heard.</param>
    internal Authenticator(
        ZoneDatabase zone, ChangedRights changes, AttemptLimiter limiter, S3Keys s3Keys, TimeProvider time, TimeSpan sessionIdle,
        TimeSpan maxOffline, IReadOnlyList<string> neverStop)
    {
        (_sessionIdle, _maxOffline, _neverStop) = (sessionIdle, maxOffline, neverStop);
        _zone = zone;
        _changes = changes;
        _reader = new CredentialReader(zone, time);
        _limiter = limiter;
        _s3Keys = s3Keys;
        _time = time;
        _knownById = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        changes.Changed += Forget;
    }

    /// <summary>
    /// Who presents this text. Null or empty: nobody. 401 says what is wrong with the token; 429 names the seconds to wait
    /// (<c>retryAfterSeconds</c>).
    /// </summary>
    /// <param name="presented">The text after <c>Bearer</c>, or null.</param>
    /// <param name="address">Where it comes from; null when not by network.</param>
    public ValueTask<Result<Caller>> AuthenticateAsync(string? presented, IPAddress? address, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(presented))
        {
            return new ValueTask<Result<Caller>>(Caller.Anonymous);
        }

        ReadOnlySpan<char> zone = TokenText.ZoneOf(presented);
        if (!zone.IsEmpty && !zone.SequenceEqual(_zone.Id))
        {
            HutchError refusal = CredentialRefusals.OtherZone(zone.ToString(), _zone.Id);
            return new ValueTask<Result<Caller>>(CountFailure(address, NoTokenAtAll, refusal));
        }

        return Credential.TryParse(presented, out Credential credential) && credential.Kind is CredentialKind.Token or CredentialKind.Link
            ? FindAsync(presented, credential, address, ct)
            : new ValueTask<Result<Caller>>(Malformed(address));
    }

    /// <summary>Whose session this is: the text of the browser's cookie. 401 when it has ended, 429 as for tokens.</summary>
    /// <param name="presented">The value of the cookie.</param>
    /// <param name="address">Where it comes from; null when not by network.</param>
    public ValueTask<Result<Caller>> AuthenticateSessionAsync(string presented, IPAddress? address, CancellationToken ct) =>
        Credential.TryParse(presented, out Credential credential) && credential.Kind == CredentialKind.Session
            ? FindAsync(presented, credential, address, ct)
            : new ValueTask<Result<Caller>>(CountFailure(address, NoTokenAtAll, CredentialRefusals.WrongSession()));

    private ValueTask<Result<Caller>> FindAsync(string presented, Credential credential, IPAddress? address, CancellationToken ct)
    {
        if (_zone.View is { IsOutdated: true, SilentFor: { } age } && !_neverStop.Contains(credential.Id.ToString()))
        {
            return new ValueTask<Result<Caller>>(CredentialRefusals.OldView(age));
        }

        ValueTask current = _changes.MakeCurrentAsync(ct);
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

    /// <summary>Who it was when the database could last be asked; null for who cannot be known without it.</summary>
    private Caller? Recall(string presented, IPAddress? address) =>
        Credential.TryParse(presented, out Credential credential)
        && TryRecall(credential.Id.ToString(), address, out KnownCredential? entry)
        && IsCurrent(entry.Facts!, entry) && Judge(credential, entry, entry.Facts!, address) is { IsOk: true } judged
            ? judged.Value.AsRemembered()
            : null;

    private bool TryRecall(string id, IPAddress? address, [NotNullWhen(true)] out KnownCredential? entry) =>
        _known.TryGetValue(id, out entry) && entry.Facts is not null
        && _maxOffline > TimeSpan.Zero && _changes.IsTold && entry.IsGoodFrom(address);

    private ValueTask<Result<Caller>> FindAgainAsync(string presented, IPAddress? address, CancellationToken ct) =>
        Credential.TryParse(presented, out Credential credential)
            ? FindNowAsync(presented, credential, address, ct)
            : new ValueTask<Result<Caller>>(Malformed(address));

    private ValueTask<Result<Caller>> FindNowAsync(string presented, Credential credential, IPAddress? address, CancellationToken ct)
    {
        bool known = _knownById.TryGetValue(credential.Id, out KnownCredential? entry);
        if (known && entry!.Facts is { } facts && IsCurrent(facts, entry) && entry.IsGoodFrom(address))
        {
            return new ValueTask<Result<Caller>>(Judge(credential, entry, facts, address));
        }

        return VerifyAsync(presented, credential.Id.ToString(), credential.Kind, address, ct);
    }

    /// <summary>
    /// The same caller as it is now, for work that lasts (streams, sessions): 401 when its token or link was revoked or has ended,
    /// or its account was disabled.
    /// </summary>
    public async ValueTask<Result<Caller>> RefreshAsync(Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.Kind == CallerKind.Anonymous)
        {
            return caller;
        }

        if (caller.CredentialId is not string id)
        {
            return await ForWorkAsync(caller.UserId, caller.Scope, ct);
        }

        await _changes.MakeCurrentAsync(ct);
        if (caller.PassedOnBy is { } site)
        {
            // What ends at the zone itself, the zone sees to: it sends the rest of the body only for who is let in still, and a step may
            // have been renewed since.
            return await _zone.ReadAsync(
                tables => site == _zone.Joined?.Zone
                    ? SiteTokens.FindCaller(
                        tables, site, new PassedCaller(caller.UserId, id, caller.Scope, null), _time.GetUtcNow())
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
        return facts is null ? CredentialRefusals.Wrong(kind) : StateOf(facts, entry);
    }

    /// <summary>
    /// Waits until a caller is one no more: its session, token or link was ended or has expired, or its account was disabled. For answers
    /// that go on and on: they end when this does. A change is noticed when it is made, not by asking from time to time.
    /// </summary>
    public Task WaitForEndAsync(Caller caller, CancellationToken ct) =>
        WaitForLossAsync(caller, static _ => new ValueTask<HutchError?>((HutchError?)null), ct);

    /// <summary>
    /// The same, until a caller has lost something else, too: what <paramref name="find"/> says whenever the zone has changed.
    /// </summary>
    internal async Task<HutchError> WaitForLossAsync(Caller caller, Func<Caller, ValueTask<HutchError?>> find, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
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

    /// <summary>Waits until something may have changed for a caller: the zone, or that its time is over.</summary>
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
    /// An account without a token, for work that the server does on its behalf. 401 when the account is disabled or gone.
    /// </summary>
    public async ValueTask<Result<Caller>> ForWorkAsync(PrincipalId user, TokenScope scope, CancellationToken ct) =>
        await _zone.ReadAsync(
            tables => tables.Principals.FindUser(user) is not UserRecord record ? ErrorCode.Unauthenticated.With(
                $"The account {user} no longer exists.")
                : CredentialRefusals.Disabled(record) is HutchError refused ? refused
                : (Result<Caller>)Caller.ForWork(record, tables.Memberships.GroupsOf(user), CredentialReader.RolesOf(tables, user), scope),
            ct);

    /// <summary>The same for the account of a name.</summary>
    public async ValueTask<Result<Caller>> ForWorkAsync(string user, TokenScope scope, CancellationToken ct)
    {
        UserRecord? record = await _zone.ReadAsync(tables => tables.Principals.FindUser(user), ct);
        return record is null
            ? ErrorCode.Unauthenticated.With($"The account {Display.Quote(user)} no longer exists.")
            : await ForWorkAsync(record.Id, scope, ct);
    }

    /// <summary>
    /// The account of a name, for what this site does of its own accord. At a site of another zone it names one of the account's tokens for
    /// this site: the zone gives names for datasets to the owners of such tokens. A refusal when there is none.
    /// </summary>
    public async ValueTask<Result<Caller>> ForSiteAsync(string user, CancellationToken ct)
    {
        Result<Caller> caller = await ForWorkAsync(user, TokenScope.Full, ct);
        if (!caller.IsOk || _zone.Joined is not { } zone)
        {
            return caller;
        }

        TokenRecord? token = await _zone.ReadAsync(
            tables => SiteTokens.ListMaking(tables, caller.Value.UserId, _zone.SiteId).FirstOrDefault(), ct);
        return token is not null ? caller.Value.Naming(token) : (ErrorCode.Unprocessable with
        {
            Advice = $"Let that account create one at the zone: `hutch token create --site {zone.SiteName}`.",
        }).With($"The account {Display.Quote(user)} has no token for the site {zone.SiteName} with which it can make datasets.");
    }

    /// <summary>When a token or session was last used, if that is not written down yet; null when it is, or it was not used.</summary>
    public DateTimeOffset? UseNotWritten(string id) =>
        _uses.TryGetValue(id, out DateTimeOffset used) || _sessionUses.TryGetValue(id, out used) ? used : null;

    /// <summary>Writes down when tokens and sessions were last used. Called every minute or so, and at the end.</summary>
    public async ValueTask FlushLastUsesAsync(CancellationToken ct)
    {
        KeyValuePair<string, DateTimeOffset>[] uses = [.. _uses];
        KeyValuePair<string, DateTimeOffset>[] sessionUses = [.. _sessionUses];
        if (uses.Length == 0 && sessionUses.Length == 0)
        {
            return;
        }

        await _zone.TouchAsync(uses, sessionUses, ct);

        // What was used again meanwhile stays.
        Array.ForEach(uses, use => _uses.TryRemove(use));
        Array.ForEach(sessionUses, use => _sessionUses.TryRemove(use));
    }

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
            ? Judge(credential, entry, facts, address)
            : CredentialRefusals.Wrong(facts.Kind);

    private Result<Caller> Judge(Credential credential, KnownCredential entry, CredentialFacts facts, IPAddress? address)
    {
        Result<Caller> state = credential.Kind == facts.Kind && credential.Matches(facts.SecretHash)
            ? StateOf(facts, entry)
            : CredentialRefusals.Wrong(credential.Kind);
        if (!state.IsOk)
        {
            return CountFailure(address, entry.Id, state.Error);
        }

        entry.NoteGood(address);
        NoteUse(entry, facts);
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
                $"This {CredentialRefusals.Noun(facts.Kind)} expired on {end.UtcDateTime:yyyy-MM-dd HH:mm} "
                + $"UTC.{CredentialRefusals.WhatToDo(facts.Kind)}")
            : facts.Caller;
    }

    /// <summary>
    /// Whether what is known still holds: a session that seems to rest may have been used at another server.
    /// </summary>
    private bool IsCurrent(CredentialFacts facts, KnownCredential entry) =>
        facts.Caller?.Session is not { } session || !IsIdle(session, entry, _time.GetUtcNow() - _sessionIdle);

    private static bool IsIdle(SessionRecord session, KnownCredential? entry, DateTimeOffset since) =>
        session.LastUsedAt <= since && (entry is null || entry.IsUnusedSince(since));

    /// <summary>Remembers what was read, unless something has changed since before the read.</summary>
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

    private void Forget(RightsTouch touch)
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

    private void NoteUse(KnownCredential entry, CredentialFacts facts)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (facts.Kind != CredentialKind.Link && entry.TakeUse(now, LastUseGrain))
        {
            (facts.Kind == CredentialKind.Session ? _sessionUses : _uses)[entry.Id] = now;
        }
    }

    private Result<Caller> Malformed(IPAddress? address) => CountFailure(
        address,
        NoTokenAtAll,
        ErrorCode.Unauthenticated.With(
            "This is not a Hutch token, which looks like hutch_ZONE_ID_SECRET. Copy the whole token and nothing else."));

    private HutchError CountFailure(IPAddress? address, string id, HutchError failure) =>
        _limiter.Fail(AttemptLimiter.AddressKey(address), id, failure);
}

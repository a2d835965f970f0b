using System.Net;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Grants;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Microsoft.AspNetCore.Identity;

namespace Hutch.Zone.Logins;

/// <summary>
/// Logins at a browser by password, one-time link or share link, and the resulting sessions. Failures are limited. A missing account is
/// refused with the same message, and in the same time, as a wrong password. Thread-safe.
/// </summary>
public sealed partial class LoginService : IDisposable
{
    private readonly ZoneDatabase _zone;
    private readonly AccountOptions _options;
    private readonly AttemptLimiter _limiter;
    private readonly RecentLoginAddresses _places = new();
    private readonly PasswordHashing _passwords;
    private readonly Invites _invites;
    private readonly Mailbox _mailbox;
    private readonly AttemptLimiter _resets;
    private readonly TimeProvider _time;

    public LoginService(ZoneDatabase zone, AccountOptions options, Invites invites, Mailbox mailbox, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _zone = zone;
        _options = options;
        _time = time;
        _invites = invites;
        _mailbox = mailbox;
        _resets = new AttemptLimiter(
            new AttemptLimits
            {
                PairBurst = 3,
                PairRefillSeconds = 1200,
                AddressBurst = 20,
                AddressRefillSeconds = 60,
                TokenBurst = 6,
                TokenRefillSeconds = 1200,
            },
            time);
        _passwords = new PasswordHashing(options);
        _limiter = new AttemptLimiter(
            new AttemptLimits
            {
                PairBurst = options.PasswordAttempts,
                PairRefillSeconds = options.PasswordRetrySeconds,
                TokenRefillSeconds = 30,
            },
            time);
    }

    internal AttemptLimiter Attempts => _limiter;

    internal AttemptLimiter Resets => _resets;

    internal RecentLoginAddresses Places => _places;

    public TimeSpan SessionIdle => TimeSpan.FromMinutes(_options.SessionIdleMinutes);

    /// <summary>
    /// Begins a session with name and password. 401 with one message for a missing account, an account without a password and a wrong
    /// password; 429 gives the seconds to wait.
    /// </summary>
    public async ValueTask<Result<StartedSession>> LogInAsync(string user, string password, LoginOrigin from, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (!_options.Passwords)
        {
            return ErrorCode.Forbidden.With("This server does not accept passwords. Use the login page.");
        }

        string name = AccountName.Parse(user).TryGet(out AccountName parsed, out _) ? parsed.Value : "";
        (UserRecord? Account, string? Hash) known = await _zone.ReadAsync(tables => FindHash(tables, name), ct);
        Result<string?> right = await VerifyAsync(name, known.Hash, password, from, ct);
        if (!right.IsOk)
        {
            return await RefusedAsync(known.Account, right.Error, from, ct);
        }

        // Only the holder of the right password learns it.
        return known.Account!.DisabledAt is null
            ? await _zone.ChangeAsync(
                new AuditActor(known.Account.Id, known.Account.Name, null),
                change =>
                {
                    if (right.Value is { } stronger && change.Passwords.Find(known.Account.Id) == known.Hash)
                    {
                        change.Passwords.Put(known.Account.Id, stronger);
                    }

                    return BeginAgain(change, known.Account.Id, LoginWay.Password, from);
                },
                ct)
            : Disabled(known.Account);
    }

    /// <summary>Begins a session with a share link, which sees only that dataset.</summary>
    public async ValueTask<Result<StartedSession>> OpenShareAsync(string token, LoginOrigin from, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(from);
        return ParseCode(token, CredentialKind.Link, from).TryGet(out Presented? presented, out HutchError? refusal)
            ? await _zone.ChangeAsync(
                new AuditActor(null, "link:" + presented.Id, presented.Id), change => OpenShare(change, presented, from), ct)
            : refusal;
    }

    /// <summary>Ends the caller's session. A token is not a session and remains valid.</summary>
    public async ValueTask<Result<Done>> LogOutAsync(Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Session is { } session
            ? await _zone.ChangeAsync<Done>(
                caller.Actor,
                change =>
                {
                    change.Sessions.End(session.Id);
                    change.AddAudit("session.end", "session:" + session.Id, "logged out");
                    return Done.Value;
                },
                ct)
            : Done.Value;
    }

    /// <summary>Lists the caller's sessions that have not ended, the oldest first.</summary>
    public async ValueTask<Result<IReadOnlyList<SessionRecord>>> ListSessionsAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SessionList);
        return allowed.IsOk
            ? Result<IReadOnlyList<SessionRecord>>.Ok(
                await _zone.ReadAsync(tables => tables.Sessions.ListOf(caller.UserId, IdleSince()), ct))
            : allowed.Error;
    }

    /// <summary>Ends one of the caller's sessions. The next request with it is refused.</summary>
    public async ValueTask<Result<Done>> EndSessionAsync(Caller caller, string id, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SessionEnd);
        return allowed.IsOk
            ? await _zone.ChangeAsync<Done>(
                caller.Actor,
                change =>
                {
                    if (change.Sessions.Find(id) is not { EndedAt: null } session || session.UserId != caller.UserId)
                    {
                        return ErrorCode.NotFound.With($"You have no active session {Display.Quote(id)}.");
                    }

                    change.Sessions.End(id);
                    change.AddAudit(Operation.SessionEnd.Name, "session:" + id);
                    return Done.Value;
                },
                ct)
            : allowed.Error;
    }

    public void Dispose() => _passwords.Dispose();

    internal StartedSession Begin(ZoneChange change, UserRecord user, LoginWay way, LoginOrigin from)
    {
        foreach (SessionRecord oldest in change.Sessions.ListOf(user.Id, IdleSince()).SkipLast(_options.MaxSessionsPerUser - 1))
        {
            change.Sessions.End(oldest.Id);
            change.AddAudit("session.end", "session:" + oldest.Id, $"more than {_options.MaxSessionsPerUser} sessions");
        }

        bool mustSet = _options.Passwords && way is LoginWay.LoginLink && change.Passwords.Find(user.Id) is null;
        (SessionRecord session, IssuedSecret secret) = Add(
            change, user.Id, null, way, way == LoginWay.LoginLink, from, _time.GetUtcNow() + TimeSpan.FromHours(_options.SessionHours));
        change.AddAudit(
            "session.start", "session:" + session.Id,
            $"of user:{user.Name} by {Text(way)}{(session.Address is { } at ? " from " + at : "")}");
        return new StartedSession(session, secret, user.Name, null, mustSet);
    }

    private static (UserRecord? Account, string? Hash) FindHash(ZoneTables tables, string name)
    {
        UserRecord? user = tables.Principals.FindUser(name);
        return (user, user is null ? null : tables.Passwords.Find(user.Id));
    }

    private static string Text(LoginWay way) => way switch
    {
        LoginWay.LoginLink => "one-time link",
        LoginWay.OpenId => "OpenID",
        LoginWay.Share => "share link",
        LoginWay.Invite => "invite",
        _ => "password",
    };

    private static HutchError Disabled(UserRecord user) => ErrorCode.Unauthenticated.With(
        $"The account '{user.Name}' is disabled. Ask an administrator.");

    private static HutchError WrongPassword() => ErrorCode.Unauthenticated.With("The username or the password is wrong.");

    private static (SessionRecord Session, IssuedSecret Secret) Add(
        ZoneChange change, PrincipalId? user, string? link, LoginWay way, bool maySetPassword, LoginOrigin from, DateTimeOffset end)
    {
        (string id, BlobHash hash, IssuedSecret secret) = Credential.Issue(CredentialKind.Session);
        SessionRecord session = change.Sessions.Create(
            new SessionRecord(id, hash, user, link, way, maySetPassword, from.AddressText, from.AgentText, default, default, end, null));
        return (session, secret);
    }

    // Asked again: the account may have been disabled since the password was checked.
    private Result<StartedSession> BeginAgain(ZoneChange change, PrincipalId user, LoginWay way, LoginOrigin from) =>
        change.Principals.FindUser(user) is not UserRecord found ? WrongPassword()
        : found.DisabledAt is not null ? Disabled(found)
        : Begin(change, found, way, from);

    private Result<StartedSession> OpenShare(ZoneChange change, Presented presented, LoginOrigin from)
    {
        LinkRecord? link = change.Links.Find(presented.Id);
        if (link is null || !presented.Matches(link.SecretHash))
        {
            return Failed(from, presented.Id, ErrorCode.Unauthenticated.With(
                "This share link is not valid here. Check that you copied the whole link."));
        }

        if (link.RevokedAt is not null || link.ExpiresAt <= _time.GetUtcNow()
            || !IssuerRights.IsStillValid(change, link, _time.GetUtcNow()))
        {
            return ErrorCode.Unauthenticated.With("This share link was revoked or has expired. Ask for a new one.");
        }

        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromHours(_options.ShareSessionHours);
        (SessionRecord session, IssuedSecret secret) = Add(
            change, null, link.Id, LoginWay.Share, maySetPassword: false, from, end < link.ExpiresAt ? end : link.ExpiresAt);
        change.AddAudit("session.start", "session:" + session.Id, $"by link:{link.Id}{(session.Address is { } at ? " from " + at : "")}");
        return new StartedSession(session, secret, null, link.Dataset, MustSetPassword: false);
    }

    /// <summary>
    /// Verifies a password. If it is right and its stored hash is weaker than the current settings require, returns a new hash.
    /// </summary>
    private async ValueTask<Result<string?>> VerifyAsync(string name, string? hash, string password, LoginOrigin from, CancellationToken ct)
    {
        string address = AttemptLimiter.AddressKey(from.Address);
        HutchError? Wait() => _limiter.Check(address, name, _places.Knows(name, address));
        if (Wait() is HutchError wait)
        {
            return wait;
        }

        // What can never be a password takes as long as a wrong one.
        string? normal = PasswordText.Normalize(password);
        Result<PasswordVerificationResult> verified = await _passwords.VerifyAsync(normal is null ? null : hash, normal ?? "-", Wait, ct);
        if (!verified.TryGet(out PasswordVerificationResult result, out HutchError? refusal))
        {
            return refusal;
        }

        if (result == PasswordVerificationResult.Failed)
        {
            _limiter.Fail(address, name);
            return WrongPassword();
        }

        _places.Add(name, address);
        return result == PasswordVerificationResult.SuccessRehashNeeded
            && (await _passwords.HashAsync(normal!, ct)).TryGet(out string? stronger, out _)
            ? stronger
            : (string?)null;
    }

    /// <summary>Audits a wrong password, with a limit so that attackers cannot fill the disk. A wrong name may be a password.</summary>
    private async ValueTask<HutchError> RefusedAsync(UserRecord? account, HutchError refusal, LoginOrigin from, CancellationToken ct)
    {
        if (refusal.Code == ErrorCode.Unauthenticated)
        {
            await _zone.AuditAsync(
                new AuditActor(null, "anonymous", null), Operation.RefusedLogin, account is null ? null : "user:" + account.Name,
                $"wrong name or password{(from.AddressText is { } at ? " from " + at : "")}", ct);
        }

        return refusal;
    }

    private Result<Presented> ParseCode(string text, CredentialKind kind, LoginOrigin from)
    {
        string address = AttemptLimiter.AddressKey(from.Address);
        if (!Credential.TryParse(text.Trim(), out Credential credential) || credential.Kind != kind)
        {
            return _limiter.Check(address, "-") ?? Failed(from, "-", ErrorCode.Unauthenticated.With(
                "This is not a valid link. Copy the whole link and nothing else."));
        }

        string id = credential.Id.ToString();
        return _limiter.Check(address, id) is HutchError wait ? wait : new Presented(id, credential.SecretHash);
    }

    private HutchError Failed(LoginOrigin from, string id, HutchError refusal) =>
        _limiter.Fail(AttemptLimiter.AddressKey(from.Address), id, refusal);

    private DateTimeOffset IdleSince() => _time.GetUtcNow() - SessionIdle;

    /// <summary>A presented code, copied off the stack.</summary>
    private sealed record Presented(string Id, BlobHash SecretHash)
    {
        public bool Matches(BlobHash stored) => Credential.AreEqual(SecretHash, stored);
    }
}

/// <summary>A new session with its secret, which exists only in the cookie.</summary>
/// <param name="User">The login name; null for a share link.</param>
/// <param name="Dataset">The only dataset of the session; null for an account's session.</param>
/// <param name="MustSetPassword">True if the account has no password yet and should get one.</param>
public sealed record StartedSession(SessionRecord Session, IssuedSecret Secret, string? User, DatasetId? Dataset, bool MustSetPassword);

/// <param name="Address">The address; null for a connection without network.</param>
/// <param name="Agent">The browser's user agent; null for none.</param>
public sealed record LoginOrigin(IPAddress? Address, string? Agent)
{
    private const int MaxAgentCharacters = 200;

    internal string? AddressText => Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : Address?.ToString();

    /// <summary>The user agent as stored: short, and without control characters.</summary>
    internal string? AgentText
    {
        get
        {
            string? text = Agent is null ? null : new string([.. Agent.Where(c => !char.IsControl(c)).Take(MaxAgentCharacters)]).Trim();
            return string.IsNullOrEmpty(text) ? null : text;
        }
    }
}

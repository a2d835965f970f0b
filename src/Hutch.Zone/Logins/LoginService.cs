using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Microsoft.AspNetCore.Identity;

namespace Hutch.Zone.Logins;

/// <summary>
/// Logins at a browser by password or share link, and the sessions of all logins. Failures are limited. A missing account is
/// refused with the same message, and in the same time, as a wrong password. Thread-safe.
/// </summary>
public sealed class LoginService(ZoneDatabase zone, AccountOptions options, Mailbox mailbox, TimeProvider time) : IDisposable
{
    private readonly AttemptLimiter _limiter = new(
        new AttemptLimits
        {
            PairBurst = options.PasswordAttempts,
            PairRefillSeconds = options.PasswordRetrySeconds,
            TokenRefillSeconds = 30,
        },
        time);

    private readonly RecentLoginAddresses _places = new();
    private readonly PasswordHashing _passwords = new(options);

    internal AttemptLimiter Attempts => _limiter;

    internal RecentLoginAddresses Places => _places;

    public TimeSpan SessionIdle => TimeSpan.FromMinutes(options.SessionIdleMinutes);

    /// <summary>
    /// Begins a session with name and password. 401 with one message for a missing account, an account without a password and a wrong
    /// password; 429 gives the seconds to wait.
    /// </summary>
    public async ValueTask<Result<StartedSession>> LogInAsync(string user, string password, LoginOrigin from, CancellationToken ct)
    {
        if (!options.Passwords)
        {
            return ErrorCode.Forbidden.With("This server does not accept passwords. Use the login page.");
        }

        string name = AccountName.Parse(user).TryGet(out AccountName parsed, out _) ? parsed.Value : "";
        (UserRecord? Account, string? Hash) known = await zone.ReadAsync(tables => FindHash(tables, name), ct);
        Result<string?> right = await VerifyAsync(name, known.Hash, password, from, ct);
        if (!right.IsOk)
        {
            return await RefusedAsync(known.Account, right.Error, from, ct);
        }

        // Only the holder of the right password learns it.
        return known.Account!.DisabledAt is null
            ? await zone.ChangeUnlimitedAsync(
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
        return ParseCode(token, CredentialKind.Link, from).TryGet(out PresentedCode? presented, out HutchError? refusal)
            ? await zone.ChangeAsync(
                new AuditActor(null, "link:" + presented.Id, presented.Id), change => OpenShare(change, presented, from), ct)
            : refusal;
    }

    /// <summary>Ends the caller's session. A token is not a session and remains valid.</summary>
    public async ValueTask<Result<Done>> LogOutAsync(Caller caller, CancellationToken ct)
    {
        return caller.Session is { } session
            ? await zone.ChangeOwnAsync<Done>(
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
                await zone.ReadAsync(tables => tables.Sessions.ListOf(caller.UserId, IdleSince()), ct))
            : allowed.Error;
    }

    /// <summary>Ends one of the caller's sessions. The next request with it is refused.</summary>
    public async ValueTask<Result<Done>> EndSessionAsync(Caller caller, string id, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SessionEnd);
        return allowed.IsOk
            ? await zone.ChangeUnlimitedAsync<Done>(
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

    internal ValueTask<Result<string>> HashAsync(string password, CancellationToken ct) => _passwords.HashAsync(password, ct);

    /// <param name="isOwn">True for a link that a token of the account made: a token alone does not give the account away.</param>
    /// <param name="token">At a site: the token that the zone made for the login, with which the session ends; otherwise null.</param>
    internal StartedSession Begin(
        ZoneChange change, UserRecord user, LoginWay way, LoginOrigin from, bool isOwn = false, TokenRecord? token = null)
    {
        foreach (SessionRecord oldest in change.Sessions.ListOf(user.Id, IdleSince()).SkipLast(options.MaxSessionsPerUser - 1))
        {
            change.Sessions.End(oldest.Id);
            change.AddAudit("session.end", "session:" + oldest.Id, $"more than {options.MaxSessionsPerUser} sessions");
        }

        bool maySet = way is LoginWay.LoginLink && !isOwn;
        bool mustSet = options.Passwords && maySet && change.Passwords.Find(user.Id) is null;
        DateTimeOffset end = time.GetUtcNow() + TimeSpan.FromHours(options.SessionHours);
        (SessionRecord session, IssuedSecret secret) = Add(
            change, user.Id, null, way, maySet, from, token?.ExpiresAt < end ? token.ExpiresAt.Value : end, token?.Id);
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
        LoginWay.Zone => "a login at the zone",
        _ => "password",
    };

    internal static HutchError Disabled(UserRecord user) => ErrorCode.Unauthenticated.With(
        $"The account '{user.Name}' is disabled. Ask an administrator.");

    private static HutchError WrongPassword() => ErrorCode.Unauthenticated.With("The username or the password is wrong.");

    internal static (SessionRecord Session, IssuedSecret Secret) Add(
        ZoneChange change, PrincipalId? user, string? link, LoginWay way, bool maySetPassword, LoginOrigin from, DateTimeOffset end,
        string? tokenId = null)
    {
        (string id, BlobHash hash, IssuedSecret secret) = Credential.Issue(CredentialKind.Session);
        SessionRecord session = change.Sessions.Create(
            new SessionRecord(id, hash, user, link, way, maySetPassword, from.AddressText, from.AgentText, default, default, end, null)
            {
                TokenId = tokenId,
            });
        return (session, secret);
    }

    // Asked again: the account may have been disabled since the password was checked.
    private Result<StartedSession> BeginAgain(ZoneChange change, PrincipalId user, LoginWay way, LoginOrigin from)
    {
        if (change.Principals.FindUser(user) is not UserRecord found)
        {
            return WrongPassword();
        }

        if (found.DisabledAt is not null)
        {
            return Disabled(found);
        }

        return FindTooMany(change, user) is { } many ? many : Begin(change, found, way, from);
    }

    /// <summary>Returns the refusal of an account that logs in again and again; null for others.</summary>
    internal HutchError? FindTooMany(ZoneTables tables, PrincipalId user) =>
        tables.Sessions.CountSince(user, time.GetUtcNow() - TimeSpan.FromHours(1)) < AccountLimits.MaxLoginsPerHour
            ? null
            : ErrorCode.TooManyRequests.With(
                $"This account has logged in {AccountLimits.MaxLoginsPerHour} times within an hour, the maximum. "
                + "Use a session again, or a token for a program.");

    private Result<StartedSession> OpenShare(ZoneChange change, PresentedCode presented, LoginOrigin from)
    {
        LinkRecord? link = change.Links.Find(presented.Id);
        if (link is null || !presented.Matches(link.SecretHash))
        {
            return Failed(from, presented.Id, ErrorCode.Unauthenticated.With(
                "This share link is not valid here. Check that you copied the whole link."));
        }

        if (link.RevokedAt is not null || link.ExpiresAt <= time.GetUtcNow()
            || !IssuerRights.IsStillValid(change, link, time.GetUtcNow()))
        {
            return ErrorCode.Unauthenticated.With("This share link was revoked or has expired. Ask for a new one.");
        }

        DateTimeOffset end = time.GetUtcNow() + TimeSpan.FromHours(options.ShareSessionHours);
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
            await zone.AuditAsync(
                new AuditActor(null, "anonymous", null), Operation.RefusedLogin, account is null ? null : "user:" + account.Name,
                $"wrong name or password{(from.AddressText is { } at ? " from " + at : "")}", ct);
        }

        return refusal;
    }

    internal Result<PresentedCode> ParseCode(string text, CredentialKind kind, LoginOrigin from)
    {
        string address = AttemptLimiter.AddressKey(from.Address);
        if (!Credential.TryParse(text.Trim(), out Credential credential) || credential.Kind != kind)
        {
            return _limiter.Check(address, "-") ?? Failed(from, "-", ErrorCode.Unauthenticated.With(
                "This is not a valid link. Copy the whole link and nothing else."));
        }

        string id = credential.Id.ToString();
        return _limiter.CheckUnguessable(address, id) is HutchError wait ? wait : new PresentedCode(id, credential.SecretHash);
    }

    internal HutchError Failed(LoginOrigin from, string id, HutchError refusal) =>
        _limiter.Fail(AttemptLimiter.AddressKey(from.Address), id, refusal);

    private DateTimeOffset IdleSince() => time.GetUtcNow() - SessionIdle;

    /// <summary>
    /// Sets the caller's password. The old one is required, except once in a session that began with a one-time link. Every other session
    /// of the account ends, and so do its unused one-time links.
    /// </summary>
    /// <param name="current">The current password; null right after a one-time link.</param>
    public async ValueTask<Result<Done>> SetPasswordAsync(
        Caller caller, string? current, string password, LoginOrigin from, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PasswordChange);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (!options.Passwords)
        {
            return ErrorCode.Forbidden.With("This server does not accept passwords. Use the login page.");
        }

        if (!PasswordText.Check(password, caller.Name, options.MinPasswordCharacters).TryGet(out string? normal, out HutchError? error)
            || ((current is not null || caller.Session is not { MaySetPassword: true })
                && !(await CheckCurrentAsync(caller, current, from, ct)).TryGet(out _, out error))
            || !(await _passwords.HashAsync(normal, ct)).TryGet(out string? hash, out error))
        {
            return error;
        }

        return await zone.ChangeAsync(caller.Actor, change => SetPassword(change, caller, hash, byLeave: current is null), ct);
    }

    /// <summary>
    /// Confirms that the request comes from the owner of the account, for changes that would give the account away. The proof is the
    /// password. In an account without one, it is a browser session that began with a one-time link or at a provider. A token alone does
    /// not suffice.
    /// </summary>
    public async ValueTask<Result<Done>> ConfirmOwnerAsync(Caller caller, string? current, LoginOrigin from, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.MeEdit);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        string? hash = await zone.ReadAsync(tables => tables.Passwords.Find(caller.UserId), ct);
        if (hash is not null)
        {
            return current is null
                ? ErrorCode.Forbidden.With("Give your current password to change this.")
                : await CheckCurrentAsync(caller, current, from, ct);
        }

        return caller.Session is { } session && (session.MaySetPassword || session.Way != LoginWay.LoginLink)
            ? Done.Value
            : ErrorCode.Forbidden.With(
                "Your account has no password, and a token is not enough for this. Ask an administrator for a one-time login link, log in "
                + "with it, and change it in your profile.");
    }

    private Result<Done> SetPassword(ZoneChange change, Caller caller, string hash, bool byLeave)
    {
        // Asked again: another request may have used the leave up, or ended the session.
        if (byLeave && change.Sessions.Find(caller.Session!.Id) is not { MaySetPassword: true, EndedAt: null })
        {
            return NeedsCurrent();
        }

        if (change.Principals.FindUser(caller.UserId) is not { DisabledAt: null } user)
        {
            return ErrorCode.Unauthenticated.With("Your account is disabled. Ask an administrator.");
        }

        change.Passwords.Put(user.Id, hash);
        int ended = change.Sessions.EndAllOf(user.Id, caller.Session?.Id);
        int withdrawn = change.LoginLinks.RevokeAllOf(user.Id);
        if (caller.Session is { } session)
        {
            change.Sessions.TakePasswordLeave(session.Id);
        }

        mailbox.Send(change, user, user.Id, MailTemplates.PasswordChanged, ("user", user.Name), ("time", Mailbox.Time(time.GetUtcNow())));
        change.AddAudit(
            Operation.PasswordChange.Name, "user:" + user.Name, $"{ended} other sessions ended, {withdrawn} one-time links withdrawn");
        return Done.Value;
    }

    private static HutchError NeedsCurrent() =>
        ErrorCode.Forbidden.With(
            "Give your current password to set a new one. If you have none or do not know it, ask for a one-time link.");

    private async ValueTask<Result<Done>> CheckCurrentAsync(Caller caller, string? current, LoginOrigin from, CancellationToken ct)
    {
        if (current is null)
        {
            return NeedsCurrent();
        }

        string? hash = await zone.ReadAsync(tables => tables.Passwords.Find(caller.UserId), ct);
        Result<string?> right = await VerifyAsync(caller.Name, hash, current, from, ct);

        // Not 401: the session is valid, and on 401 a browser leaves the page.
        return right.IsOk ? Done.Value
            : right.Error.Code == ErrorCode.Unauthenticated ? ErrorCode.Forbidden.With("The current password is wrong.")
            : right.Error;
    }
}

/// <summary>A new session with its secret, which exists only in the cookie.</summary>
/// <param name="User">The login name; null for a share link.</param>
/// <param name="Dataset">The only dataset of the session; null for an account's session.</param>
/// <param name="MustSetPassword">True if the account has no password yet and should get one.</param>
public sealed record StartedSession(SessionRecord Session, IssuedSecret Secret, string? User, DatasetId? Dataset, bool MustSetPassword)
{
    /// <summary>The instrument whose running visit the session shows; null for all other sessions.</summary>
    public string? Instrument { get; init; }
}

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

/// <summary>A presented code, copied off the stack.</summary>
internal sealed record PresentedCode(string Id, BlobHash SecretHash)
{
    public bool Matches(BlobHash stored) => Credential.AreEqual(SecretHash, stored);
}

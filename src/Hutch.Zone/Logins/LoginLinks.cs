using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Logins;

/// <summary>One-time login links: made by an administrator or with a token, or sent by mail. Thread-safe.</summary>
public sealed class LoginLinks(ZoneDatabase zone, LoginService logins, AccountOptions options, Mailbox mailbox, TimeProvider time)
{
    private static readonly TimeSpan OwnLinkLife = TimeSpan.FromMinutes(5);

    private readonly AttemptLimiter _resets = new(
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

    internal AttemptLimiter Resets => _resets;

    /// <summary>Begins a session with the code of a one-time link and consumes the link.</summary>
    public async ValueTask<Result<StartedSession>> RedeemAsync(string code, LoginOrigin from, CancellationToken ct)
    {
        if (!logins.ParseCode(code, CredentialKind.LoginLink, from).TryGet(out PresentedCode? presented, out HutchError? refusal))
        {
            return refusal;
        }

        (UserRecord? user, bool isOwn) = await zone.ReadAsync(
            tables => tables.LoginLinks.Find(presented.Id) switch
            {
                { } link when presented.Matches(link.SecretHash) => (tables.Principals.FindUser(link.UserId), false),
                { } link when OwnLink(presented.SecretHash) == link.SecretHash => (tables.Principals.FindUser(link.UserId), true),
                _ => (null, false),
            },
            ct);
        return user is null
            ? logins.Failed(from, presented.Id, ErrorCode.Unauthenticated.With(
                "This one-time link is not valid here. Check that you copied the whole link, or ask an administrator for a new one."))
            : await zone.ChangeUnlimitedAsync(
                new AuditActor(user.Id, user.Name, presented.Id), change => Redeem(change, user, presented.Id, isOwn, from), ct);
    }

    /// <summary>Creates a one-time link for an account. For administrators. Older links of the account remain valid.</summary>
    public async ValueTask<Result<IssuedLoginLink>> CreateLinkAsync(Caller caller, string user, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.LoginLinkCreate);
        return allowed.IsOk ? await CreateLinkAsync(caller.Actor, user, ct) : allowed.Error;
    }

    /// <summary>
    /// Creates a link with which the holder of a token logs in in a browser. Its session has all rights of the account, and outlives the
    /// token's use: only a token with all rights that does not end before the session makes one.
    /// </summary>
    public async ValueTask<Result<IssuedLoginLink>> CreateOwnLinkAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.LoginLinkOwn);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        DateTimeOffset now = time.GetUtcNow();
        if (caller.Token is not { } token)
        {
            return ErrorCode.Conflict.With("You are logged in in this browser already.");
        }

        if (!token.Scope.Equals(TokenScope.Full))
        {
            return (ErrorCode.ScopeMissing with { Advice = "Use a token without restrictions, or log in another way." }).With(
                "This token is restricted, and a login in a browser has all rights of your account.");
        }

        if (token.ExpiresAt < now + TimeSpan.FromHours(options.SessionHours))
        {
            return (ErrorCode.Forbidden with { Advice = "Use a token that lasts longer, or log in another way." })
                .With($"This token ends at {Display.Minute(token.ExpiresAt.Value)}, before a login in a browser would.");
        }

        return await zone.ChangeAsync<IssuedLoginLink>(
            caller.Actor,
            change => change.Principals.FindUser(caller.UserId) is { DisabledAt: null } user
                ? AddLink(change, user, OwnLinkLife, "made with a token", OwnLink)
                : ErrorCode.Unauthenticated.With("The account is disabled. Ask an administrator."),
            ct);
    }

    // These links are stored with a different hash, so that no column for their kind is needed.
    private static BlobHash OwnLink(BlobHash secret) => BlobHash.Compute([.. "own login link"u8, .. secret.ToBytes()]);

    /// <summary>Creates a one-time link for the first administrator, which the first start prints.</summary>
    public ValueTask<Result<IssuedLoginLink>> CreateFirstLinkAsync(CancellationToken ct) =>
        CreateLinkAsync(AuditActor.Server, AccountName.Admin, ct);

    /// <summary>
    /// Mails a one-time link to an account, if mail is on and the account has an address. The response and its time never depend on these,
    /// so that accounts cannot be discovered. Too many requests get the same response, but no mail.
    /// </summary>
    public async ValueTask<Result<Done>> RequestLinkAsync(string user, LoginOrigin from, CancellationToken ct)
    {
        string name = AccountName.Parse(user).TryGet(out AccountName parsed, out _) ? parsed.Value : "";
        if (_resets.CheckAndCount(from.Address, name) is not null)
        {
            return Done.Value;
        }

        return await zone.ChangeAsync<Done>(
            new AuditActor(null, "anonymous", null),
            change =>
            {
                UserRecord? account = change.Principals.FindUser(name);
                if (mailbox.IsOn && account is { DisabledAt: null, Email: not null })
                {
                    string end = Mailbox.Time(time.GetUtcNow() + TimeSpan.FromMinutes(options.ResetLinkMinutes));
                    mailbox.Send(change, account, null, MailTemplates.LoginLink, ("user", account.Name), ("expires", end));
                }

                change.AddAudit(
                    "login-link.ask", account is null ? null : "user:" + account.Name, from.AddressText is { } at ? "from " + at : null);
                return Done.Value;
            },
            ct);
    }

    /// <param name="address">The address of the mail.</param>
    internal ValueTask<Result<IssuedSecret>> CreateMailedLinkAsync(PrincipalId user, string address, CancellationToken ct) =>
        zone.ChangeAsync<IssuedSecret>(
            AuditActor.Server,
            change => change.Principals.FindUser(user) is { DisabledAt: null } found
                ? AddLink(change, found, TimeSpan.FromMinutes(options.ResetLinkMinutes), "mailed", mailedTo: address).Code
                : ErrorCode.Unprocessable.With("The account was disabled before its email could be sent."),
            ct);

    internal IssuedLoginLink AddLink(
        ZoneChange change, UserRecord user, TimeSpan life, string why, Func<BlobHash, BlobHash>? stored = null, string? mailedTo = null)
    {
        (string id, BlobHash hash, IssuedSecret code) = Credential.Issue(CredentialKind.LoginLink);
        LoginLinkRecord link = change.LoginLinks.Create(id, stored?.Invoke(hash) ?? hash, user.Id, time.GetUtcNow() + life, mailedTo);
        change.AddAudit(
            Operation.LoginLinkCreate.Name, "user:" + user.Name,
            $"{why}; login-link:{id} until {Display.Minute(link.ExpiresAt)}");
        return new IssuedLoginLink(link, code);
    }

    private ValueTask<Result<IssuedLoginLink>> CreateLinkAsync(AuditActor actor, string name, CancellationToken ct) =>
        zone.ChangeAsync<IssuedLoginLink>(
            actor,
            change => change.Principals.FindUser(name) is not UserRecord user ? ErrorCode.NotFound.With(
                $"There is no user {Display.Quote(name)}.")
                : user.DisabledAt is not null ? ErrorCode.Unprocessable.With($"The account '{name}' is disabled. Enable it first.")
                : AddLink(change, user, TimeSpan.FromHours(options.LoginLinkHours), "made"),
            ct);

    private Result<StartedSession> Redeem(ZoneChange change, UserRecord user, string id, bool isOwn, LoginOrigin from)
    {
        if (user.DisabledAt is not null)
        {
            return LoginService.Disabled(user);
        }

        if (!change.LoginLinks.Use(id))
        {
            return ErrorCode.Unauthenticated.With(
                "This one-time link was used, revoked or has expired. Ask an administrator for a new one, "
                + "or log in with your password.");
        }

        if (change.LoginLinks.Find(id)?.MailedTo is { } address && address == user.Email)
        {
            change.Principals.SetEmailVerified(user.Id, address);
        }

        return logins.Begin(change, user, LoginWay.LoginLink, from, isOwn);
    }
}

/// <summary>A new one-time link with its code, which is shown once.</summary>
public sealed record IssuedLoginLink(LoginLinkRecord Link, IssuedSecret Code);

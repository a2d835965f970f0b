using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Logins;

public sealed partial class LoginService
{
    /// <summary>Begins a session with the code of a one-time link and consumes the link.</summary>
    public async ValueTask<Result<StartedSession>> RedeemAsync(string code, LoginOrigin from, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(from);
        if (!ParseCode(code, CredentialKind.LoginLink, from).TryGet(out Presented? presented, out HutchError? refusal))
        {
            return refusal;
        }

        UserRecord? user = await _zone.ReadAsync(
            tables => tables.LoginLinks.Find(presented.Id) is { } link && presented.Matches(link.SecretHash)
                ? tables.Principals.FindUser(link.UserId)
                : null,
            ct);
        return user is null
            ? Failed(from, presented.Id, ErrorCode.Unauthenticated.With(
                "This one-time link is not valid here. Check that you copied the whole link, or ask an administrator for a new one."))
            : await _zone.ChangeAsync(
                new AuditActor(user.Id, user.Name, presented.Id), change => Redeem(change, user, presented.Id, from), ct);
    }

    /// <summary>Creates a one-time link for an account. For administrators. Older links of the account remain valid.</summary>
    public async ValueTask<Result<IssuedLoginLink>> CreateLinkAsync(Caller caller, string user, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.LoginLinkCreate);
        return allowed.IsOk ? await CreateLinkAsync(caller.Actor, user, ct) : allowed.Error;
    }

    /// <summary>Creates a one-time link for the first administrator, which the first start prints.</summary>
    public ValueTask<Result<IssuedLoginLink>> CreateFirstLinkAsync(CancellationToken ct) =>
        CreateLinkAsync(AuditActor.Server, AccountName.Admin, ct);

    /// <summary>
    /// Mails a one-time link to an account, if mail is on and the account has an address. The response and its time never depend on these,
    /// so that accounts cannot be discovered. Too many requests get the same response, but no mail.
    /// </summary>
    public async ValueTask<Result<Done>> RequestLinkAsync(string user, LoginOrigin from, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(from);
        string name = AccountName.Parse(user).TryGet(out AccountName parsed, out _) ? parsed.Value : "";
        string address = AttemptLimiter.AddressKey(from.Address);
        if (_resets.Check(address, name) is not null)
        {
            return Done.Value;
        }

        _resets.Fail(address, name);
        return await _zone.ChangeAsync<Done>(
            new AuditActor(null, "anonymous", null),
            change =>
            {
                UserRecord? account = change.Principals.FindUser(name);
                if (_mailbox.IsOn && account is { DisabledAt: null, Email: not null })
                {
                    string end = Mailbox.Time(_time.GetUtcNow() + TimeSpan.FromMinutes(_options.ResetLinkMinutes));
                    _mailbox.Send(change, account, null, MailTemplates.LoginLink, ("user", account.Name), ("expires", end));
                }

                change.AddAudit(
                    "login-link.ask", account is null ? null : "user:" + account.Name, from.AddressText is { } at ? "from " + at : null);
                return Done.Value;
            },
            ct);
    }

    internal ValueTask<Result<IssuedSecret>> CreateMailedLinkAsync(PrincipalId user, CancellationToken ct) =>
        _zone.ChangeAsync<IssuedSecret>(
            AuditActor.Server,
            change => change.Principals.FindUser(user) is { DisabledAt: null } found
                ? AddLink(change, found, TimeSpan.FromMinutes(_options.ResetLinkMinutes), "mailed").Code
                : ErrorCode.Unprocessable.With("The account was disabled before its email could be sent."),
            ct);

    internal IssuedLoginLink AddLink(ZoneChange change, UserRecord user, TimeSpan life, string why)
    {
        (string id, BlobHash hash, IssuedSecret code) = Credential.Issue(CredentialKind.LoginLink);
        LoginLinkRecord link = change.LoginLinks.Create(id, hash, user.Id, _time.GetUtcNow() + life);
        change.AddAudit(
            Operation.LoginLinkCreate.Name, "user:" + user.Name,
            $"{why}; login-link:{id} until {link.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        return new IssuedLoginLink(link, code);
    }

    private ValueTask<Result<IssuedLoginLink>> CreateLinkAsync(AuditActor actor, string name, CancellationToken ct) =>
        _zone.ChangeAsync<IssuedLoginLink>(
            actor,
            change => change.Principals.FindUser(name) is not UserRecord user ? ErrorCode.NotFound.With(
                $"There is no user {Display.Quote(name)}.")
                : user.DisabledAt is not null ? ErrorCode.Unprocessable.With($"The account '{name}' is disabled. Enable it first.")
                : AddLink(change, user, TimeSpan.FromHours(_options.LoginLinkHours), "made"),
            ct);

    private Result<StartedSession> Redeem(ZoneChange change, UserRecord user, string id, LoginOrigin from)
    {
        if (user.DisabledAt is not null)
        {
            return Disabled(user);
        }

        return change.LoginLinks.Use(id)
            ? Begin(change, user, LoginWay.LoginLink, from)
            : ErrorCode.Unauthenticated.With(
                "This one-time link was used, revoked or has expired. Ask an administrator for a new one, "
                + "or log in with your password.");
    }
}

/// <summary>A new one-time link with its code, which is shown once.</summary>
public sealed record IssuedLoginLink(LoginLinkRecord Link, IssuedSecret Code);

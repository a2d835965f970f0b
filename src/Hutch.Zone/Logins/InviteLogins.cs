using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Grants;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Logins;

/// <summary>
/// Accepts invites, for an existing account or with a new one. Failures are limited together with those of logins. Thread-safe.
/// </summary>
public sealed class InviteLogins(
    ZoneDatabase zone, LoginService logins, AccountOptions options, Invites invites, TimeProvider time)
{
    public async ValueTask<Result<InviteRecord>> FindAsync(string code, LoginOrigin from, CancellationToken ct)
    {
        return ParseInvite(code, from).TryGet(out PresentedCode? presented, out HutchError? refusal)
            ? CheckInvite(await zone.ReadAsync(tables => tables.Invites.Find(presented.Id), ct), presented, from)
            : refusal;
    }

    /// <summary>
    /// Accepts an invite for the caller. Checking and counting its uses are one change, so that it is never accepted more often than
    /// allowed. Repeating it changes nothing.
    /// </summary>
    public async ValueTask<Result<InviteRecord>> AcceptAsync(Caller caller, string code, LoginOrigin from, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.InviteAccept);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (!ParseInvite(code, from).TryGet(out PresentedCode? presented, out HutchError? refusal))
        {
            return refusal;
        }

        return await zone.ChangeAsync(
            caller.Actor,
            change => CheckInvite(change.Invites.Find(presented.Id), presented, from).Then(invite =>
                change.Principals.FindUser(caller.UserId) is { DisabledAt: null } user
                    ? invites.Accept(change, invite, user)
                    : ErrorCode.Unauthenticated.With("Your account is disabled. Ask an administrator.")),
            ct);
    }

    /// <summary>
    /// Creates an account with an invite, accepts the invite for it and begins a session, as one change. Only where the server allows that.
    /// </summary>
    public async ValueTask<Result<(InviteRecord Invite, StartedSession Session)>> AcceptAsync(
        string code, string user, string password, LoginOrigin from, CancellationToken ct)
    {
        if (!options.InvitesMakeAccounts || !options.Passwords)
        {
            return ErrorCode.Forbidden.With(
                "This server does not create accounts for invites. Log in first; if you have no account, ask an administrator.");
        }

        if (!ParseInvite(code, from).TryGet(out PresentedCode? presented, out HutchError? error)
            || !(await FindAsync(code, from, ct)).TryGet(out InviteRecord? found, out error)
            || !AccountText.NewName(user).TryGet(out string? name, out error)
            || !PasswordText.Check(password, name, options.MinPasswordCharacters).TryGet(out string? normal, out error))
        {
            return error;
        }

        // Before the slow hash, so that an ended invite costs no processor time.
        if (!found.IsOpenAt(time.GetUtcNow()))
        {
            return Invites.Over(found, time.GetUtcNow());
        }

        return (await logins.HashAsync(normal, ct)).TryGet(out string? hash, out error)
            ? await zone.ChangeAsync(
                new AuditActor(null, "invite:" + presented.Id, presented.Id),
                change => MakeAccount(change, presented, name, hash, from),
                ct)
            : error;
    }

    internal ValueTask<Result<IssuedSecret>> CreateMailedAsync(string id, CancellationToken ct) =>
        zone.ChangeAsync<IssuedSecret>(
            AuditActor.Server,
            change =>
            {
                if (change.Invites.Find(id) is not InviteRecord invite || !invite.IsOpenAt(time.GetUtcNow()))
                {
                    return ErrorCode.Unprocessable.With("The invite was revoked, used up or expired before its email could be sent.");
                }

                if (!IssuerRights.IsStillValid(change, invite, time.GetUtcNow()))
                {
                    return ErrorCode.Unprocessable.With(Invites.Orphaned(invite).Message);
                }

                (BlobHash hash, IssuedSecret secret) = Credential.IssueAgain(CredentialKind.Invite, id);
                change.Invites.SetMailedSecret(id, hash);
                change.AddAudit("invite.mail", "invite:" + id);
                return secret;
            },
            ct);

    private Result<(InviteRecord Invite, StartedSession Session)> MakeAccount(
        ZoneChange change, PresentedCode presented, string name, string hash, LoginOrigin from)
    {
        if (!CheckInvite(change.Invites.Find(presented.Id), presented, from).TryGet(out InviteRecord? invite, out HutchError? error)
            || !AccountService.AddUser(change, name, null, []).TryGet(out UserRecord? user, out error))
        {
            return error;
        }

        change.Passwords.Put(user.Id, hash);
        return invites.Accept(change, invite, user)
            .Then<(InviteRecord, StartedSession)>(accepted => (accepted, logins.Begin(change, user, LoginWay.Invite, from)));
    }

    private Result<PresentedCode> ParseInvite(string code, LoginOrigin from)
    {
        Result<PresentedCode> parsed = logins.ParseCode(code, CredentialKind.Invite, from);
        return parsed.IsOk || parsed.Error.Code != ErrorCode.Unauthenticated ? parsed : NoInvite();
    }

    // Not 401, so that a user with a mistyped code stays logged in.
    private static HutchError NoInvite() => ErrorCode.NotFound.With(
        "There is no such invite. Check that you copied the whole code and nothing else.");

    private Result<InviteRecord> CheckInvite(InviteRecord? invite, PresentedCode presented, LoginOrigin from)
    {
        bool right = invite is not null
            && (presented.Matches(invite.SecretHash) || (invite.MailedSecretHash is BlobHash mailed && presented.Matches(mailed)));
        return right ? invite! : logins.Failed(from, presented.Id, NoInvite());
    }
}

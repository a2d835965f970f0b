using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Logins;

public sealed partial class LoginService
{
    /// <summary>
    /// Sets the caller's password. The old one is required, except once in a session that began with a one-time link. Every other session
    /// of the account ends, and so do its unused one-time links.
    /// </summary>
    /// <param name="current">The current password; null right after a one-time link.</param>
    public async ValueTask<Result<Done>> SetPasswordAsync(
        Caller caller, string? current, string password, LoginOrigin from, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(from);
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.PasswordChange);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (!_options.Passwords)
        {
            return ErrorCode.Forbidden.With("This server does not accept passwords. Use the login page.");
        }

        if (!PasswordText.Check(password, caller.Name, _options.MinPasswordCharacters).TryGet(out string? normal, out HutchError? error)
            || ((current is not null || caller.Session is not { MaySetPassword: true })
                && !(await CheckCurrentAsync(caller, current, from, ct)).TryGet(out _, out error))
            || !(await _passwords.HashAsync(normal, ct)).TryGet(out string? hash, out error))
        {
            return error;
        }

        return await _zone.ChangeAsync(caller.Actor, change => SetPassword(change, caller, hash, byLeave: current is null), ct);
    }

    /// <summary>
    /// Confirms that the request comes from the owner of the account, for changes that would give the account away. The proof is the
    /// password. In an account without one, it is a browser session that began with a one-time link or at a provider. A token alone does
    /// not suffice.
    /// </summary>
    public async ValueTask<Result<Done>> ConfirmOwnerAsync(Caller caller, string? current, LoginOrigin from, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(from);
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.MeEdit);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        string? hash = await _zone.ReadAsync(tables => tables.Passwords.Find(caller.UserId), ct);
        if (hash is not null)
        {
            return current is null
                ? ErrorCode.Forbidden.With("Give your current password to change this.")
                : await CheckCurrentAsync(caller, current, from, ct);
        }

        return caller.Session is not null
            ? Done.Value
            : ErrorCode.Forbidden.With(
                "Your account has no password, and a token is not enough for this. Log in in a browser and change it in your profile.");
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

        _mailbox.Send(change, user, user.Id, MailTemplates.PasswordChanged, ("user", user.Name), ("time", Mailbox.Time(_time.GetUtcNow())));
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

        string? hash = await _zone.ReadAsync(tables => tables.Passwords.Find(caller.UserId), ct);
        Result<string?> right = await VerifyAsync(caller.Name, hash, current, from, ct);

        // Not 401: the session is valid, and on 401 a browser leaves the page.
        return right.IsOk ? Done.Value
            : right.Error.Code == ErrorCode.Unauthenticated ? ErrorCode.Forbidden.With("The current password is wrong.")
            : right.Error;
    }
}

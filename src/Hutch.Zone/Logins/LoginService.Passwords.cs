using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Logins;

public sealed partial class LoginService
{
    /// <summary>
    /// Sets the caller's password. The old one is needed, except in a session that a one-time link began, once. Every other session of the
    /// account ends, and its unused one-time links.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="current">The password so far; null right after a one-time link.</param>
    /// <param name="password">The new one.</param>
    /// <param name="from">Where it is asked from.</param>
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
    /// Makes sure that the owner of the caller's account asks, for what would give the account away: by the password, or, in an account
    /// without one, by a session in a browser, which began with a one-time link or at a provider. A token alone is not enough.
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

        _mailbox.Say(change, user, user.Id, MailTemplates.PasswordChanged, ("user", user.Name), ("time", Mailbox.Time(_time.GetUtcNow())));
        change.Note(
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

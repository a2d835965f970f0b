using Hutch.Zone.Credentials;

namespace Hutch.Zone.Logins;

/// <summary>Opens screens at instruments. Failures are limited together with those of logins. Thread-safe.</summary>
public sealed class ScreenLogins(ZoneDatabase zone, LoginService logins, TimeProvider time)
{
    private static readonly TimeSpan LongestSession = TimeSpan.FromDays(365);

    /// <summary>Returns true if a secret is a token, and not that of a share link.</summary>
    public static bool IsToken(string secret)
    {
        return secret.StartsWith(TokenText.Token, StringComparison.Ordinal);
    }

    /// <summary>Begins a session that shows the running visit of an instrument, and ends with the token of the screen.</summary>
    public async ValueTask<Result<StartedSession>> OpenAsync(string token, LoginOrigin from, CancellationToken ct)
    {
        return logins.ParseCode(token, CredentialKind.Token, from).TryGet(out PresentedCode? presented, out HutchError? refusal)
            ? await zone.ChangeAsync(
                new AuditActor(null, "screen:" + presented.Id, presented.Id), change => Open(change, presented, from), ct)
            : refusal;
    }

    private Result<StartedSession> Open(ZoneChange change, PresentedCode presented, LoginOrigin from)
    {
        TokenRecord? token = change.Tokens.Find(presented.Id);
        if (token?.Scope.Instrument is not { } instrument || !presented.Matches(token.SecretHash))
        {
            return logins.Failed(from, presented.Id, ErrorCode.Unauthenticated.With(
                "This is no token for a screen at an instrument. An administrator makes one: `hutch token create --instrument NAME`."));
        }

        DateTimeOffset now = time.GetUtcNow();
        if (token.RevokedAt is not null || token.ExpiresAt <= now || change.Principals.FindUser(token.UserId) is not { DisabledAt: null })
        {
            return CredentialRefusals.EndOfScreen();
        }

        if (logins.FindTooMany(change, token.UserId) is { } many)
        {
            return many;
        }

        (SessionRecord session, IssuedSecret secret) = LoginService.Add(
            change, token.UserId, null, LoginWay.Share, maySetPassword: false, from, token.ExpiresAt ?? now + LongestSession, token.Id);
        change.AddAudit("session.start", "session:" + session.Id, $"screen of {instrument} by token:{token.Id}");
        return new StartedSession(session, secret, null, null, MustSetPassword: false) { Instrument = instrument };
    }
}

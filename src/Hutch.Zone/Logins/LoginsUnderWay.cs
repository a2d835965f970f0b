namespace Hutch.Zone.Logins;

/// <summary>Logins in progress, as rows of the zone: any of its servers continues them, also after a restart.</summary>
internal static class LoginsUnderWay
{
    /// <summary>The fact with the key of the secret in the browser's cookie.</summary>
    public const string Binding = "binding";

    /// <param name="most">The most of a kind; another one drops the oldest.</param>
    public static async ValueTask AddAsync(ZoneDatabase zone, int most, IReadOnlyList<PendingLogin> logins, CancellationToken ct) =>
        _ = await zone.KeepAsync(
            tables =>
            {
                foreach (PendingLogin login in logins)
                {
                    tables.PendingLogins.Add(login, most);
                }

                return Done.Value;
            },
            ct);

    /// <summary>Takes the login that a browser finishes, once, and only for the browser that began it.</summary>
    public static async ValueTask<Result<PendingLogin>> TakeAsync(
        ZoneDatabase zone, string kind, ReturnedLogin returned, CancellationToken ct)
    {
        PendingLogin? login = returned.State is null
            ? null
            : await zone.KeepAsync(tables => tables.PendingLogins.Take(kind, OneTimeSecret.Key(returned.State)), ct);
        return login is null ? NotInProgress()
            : OneTimeSecret.Matches(returned.Binding, login.Facts[Binding]) ? login
            : ErrorCode.LoginInvalid.With("This login was started in another browser. Start again in this one.");
    }

    public static HutchError NotInProgress() => ErrorCode.LoginInvalid.With(
        "This login is not in progress: it is finished, took too long, or was not started here. Start again.");
}

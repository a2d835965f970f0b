using Hutch.Zone.Credentials;

namespace Hutch.Zone.Accounts;

/// <summary>The account created at the first start, and the file with its token.</summary>
public static class AdminAccount
{
    public const string TokenFileName = "admin.token";

    private const int MaxTokenBytes = 1024;

    /// <summary>
    /// At the first start, creates the account <c>admin</c> with the role administrator and a token with every scope, and writes the token
    /// to <see cref="TokenFileName"/> (readable only by its owner). Later it does nothing.
    /// </summary>
    /// <remarks>
    /// The file becomes durable before the account. A crash in between leaves a useless file, which the next start replaces, and never an
    /// account without its token.
    /// </remarks>
    /// <returns>The path of the file at the first start; null later.</returns>
    public static async ValueTask<string?> EnsureAsync(
        ZoneDatabase zone, IDisk disk, string folder, Action beforeFirst, CancellationToken ct)
    {
        if (zone.Joined is not null || await zone.HasUsersAsync(ct))
        {
            return null;
        }

        beforeFirst();

        string path = Path.Combine(folder, TokenFileName);
        bool isWritten = false;
        Result<Done> made = await zone.ChangeAsync(
            AuditActor.Server,
            change => AccountService.CreateUser(change, AccountName.Admin, null, [Role.Administrator], end: null).Then<Done>(account =>
            {
                WriteToken(disk, path, account.Token);
                isWritten = true;
                return Done.Value;
            }),
            ct);
        if (!made.IsOk && made.Error.Code == ErrorCode.AlreadyExists)
        {
            // Another server, started at the same time, has created the account and has its token. A change that was retried wrote a token
            // at its first attempt that was never committed.
            if (isWritten)
            {
                disk.Delete(path);
            }

            return null;
        }

        _ = made.Value;
        return path;
    }

    /// <summary>Returns the path of the first token if neither it nor its account was used; otherwise null.</summary>
    public static async ValueTask<string?> FindUnusedAsync(ZoneDatabase zone, IDisk disk, string folder, CancellationToken ct)
    {
        string path = Path.Combine(folder, TokenFileName);
        if (!disk.FileExists(path) || IdIn(disk, path) is not { } id)
        {
            return null;
        }

        bool isUnused = await zone.ReadAsync(
            tables => tables.Tokens.Find(id) is { LastUsedAt: null, RevokedAt: null } token
                && tables.Principals.FindUser(token.UserId) is { DisabledAt: null } user && tables.Passwords.Find(user.Id) is null,
            ct);
        return isUnused ? path : null;
    }

    private static string? IdIn(IDisk disk, string path) =>
        Credential.TryParse(Encoding.ASCII.GetString(disk.ReadAllBytes(path, MaxTokenBytes)).Trim(), out Credential token)
            ? token.Id.ToString()
            : null;

    /// <summary>
    /// Creates a new token for the account <c>admin</c>, enables the account, restores its role administrator and rewrites the file. For an
    /// operator on the machine who has lost every other access. Older tokens of the account are revoked.
    /// </summary>
    public static async ValueTask<Result<string>> RecoverAsync(ZoneDatabase zone, IDisk disk, string folder, CancellationToken ct)
    {
        string path = Path.Combine(folder, TokenFileName);
        return await zone.ChangeAsync<string>(
            AuditActor.Server,
            change =>
            {
                if (change.Principals.FindUser(AccountName.Admin) is not UserRecord admin)
                {
                    return ErrorCode.NotFound.With(
                        $"There is no account '{AccountName.Admin}' in this data folder. Start the server once.");
                }

                change.Principals.SetDisabled(admin.Id, disabled: false);
                change.Roles.Set(admin.Id, [Role.User, Role.Administrator]);
                int revoked = change.Tokens.RevokeAllOf(admin.Id);
                change.AddAudit("admin.recover", "user:" + AccountName.Admin, $"{revoked} tokens revoked");
                WriteToken(disk, path, TokenService.AddToken(change, admin, "recovery", TokenScope.Full, null));
                return path;
            },
            ct);
    }

    private static void WriteToken(IDisk disk, string path, IssuedToken token) =>
        AtomicFile.Replace(disk, path, Encoding.ASCII.GetBytes(token.Secret.Reveal() + "\n"));
}

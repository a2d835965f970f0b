using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Accounts;

internal sealed class LogoutVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "logout",
        "Log out of a server: remove its token from your configuration.",
        "hutch logout",
        "hutch logout https://hutch.example.org --revoke")
{
    private readonly Argument<string?> _remote = verb.Argument<string?>(
        "url", "The server's URL (default: that of the last login).", ArgumentArity.ZeroOrOne);
    private readonly Option<bool> _revoke = verb.Option<bool>(
        "--revoke", "Revoke the token as well: it stops working everywhere.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        UserConfig config = UserConfig.Load(context.UserConfigPath);
        string? key = context.Value(_remote) is { } url ? RemoteAddress.Key(RemoteAddress.Parse(url).Value) : config.Default;
        if (key is null || config.Remotes.GetValueOrDefault(key) is not { Token: { } token } known)
        {
            context.WriteNote(key is null ? "You are not logged in to any server." : $"You are not logged in to {key}.");
            return ExitCode.Ok;
        }

        if (context.Value(_revoke))
        {
            using HutchClient client = context.Open(new Uri(key), token, known.Trust);
            CallerInfo caller = await client.GetCallerAsync(cancellationToken);
            await client.RevokeTokenAsync(
                caller.Token?.Id
                    ?? throw ErrorCode.BadRequest.With("This login is a share link, which only its owner can revoke.").ToException(),
                cancellationToken);
        }

        // The logins at sites end with the login at their zone.
        foreach ((string remote, RemoteConfig one) in config.Remotes.ToList())
        {
            if (remote == key || one.LoginOf == key)
            {
                config.Remotes[remote] = one with { Token = null, LoginOf = null, Expires = null };
            }
        }

        (config with { Default = config.Default == key ? null : config.Default }).Save(context.UserConfigPath);
        context.WriteDone($"Logged out of {key}.{(context.Value(_revoke) ? " The token is revoked." : "")}");
        return ExitCode.Ok;
    }
}

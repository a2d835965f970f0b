using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.DataLadClient;

namespace Hutch.Commands.Verbs.DataLad;

/// <summary>The verb that git starts to ask for a password; users do not.</summary>
internal sealed class CredentialVerb(VerbDeclaration verb)
    : Verb(verb.Hide(), CredentialHelper.Verb, "Give git the token of a login, which starts this.")
{
    private readonly Argument<string> _request = verb.Argument<string>("request", "The request of git: get, store or erase.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var asked = await GitCredential.ReadAsync(context.Host.In, cancellationToken);
        if (asked.Server is null || !RemoteAddress.Parse(asked.Server).TryGet(out Uri? server, out _))
        {
            return ExitCode.Ok;
        }

        Connection? connection = FindLogin(context, server);
        switch (context.Value(_request))
        {
            case "get":
                string? token = connection is null ? null : (await context.LogInAsync(connection, cancellationToken)).Token;
                Give(context, server, token ?? NetrcFile.Find(NetrcFile.PathOf(context.Host.Environment), server.Host));
                break;
            case "erase" when asked.Password is { } refused && connection is not null && context.LoginOf(connection) is { } login:
                // The server has refused this token: the next request gets another.
                await login(refused, cancellationToken);
                break;
        }

        return ExitCode.Ok;
    }

    /// <summary>
    /// The login at a server, or at a zone that may have it as a site; null for none. A token in the environment does not count: it is for
    /// the server of one command, and git asks for any server.
    /// </summary>
    internal static Connection? FindLogin(CliContext context, Uri server) =>
        Connection.Find(RemoteAddress.Key(server), null, null, UserConfig.Load(context.UserConfigPath), static _ => null).Value
            is { } connection && (connection.Token is not null || connection.UsesZoneLogin)
                ? connection
                : null;

    private static void Give(CliContext context, Uri server, string? token)
    {
        if (token is not null)
        {
            RemoteAddress.RefuseOpenToken(server, token);
            context.Host.Out.WriteLine("username=hutch");
            context.Host.Out.WriteLine("password=" + token);
        }
    }
}

using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Model.NarrowedTokens;
using Hutch.Model.Sites;
using Hutch.Objects.Http;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary>
/// <c>hutch login URL</c>: reads a token from standard input or gets one by approval in a browser, and keeps the token. A login at a zone
/// is also one at each of its sites (<see cref="ZoneLogin"/>).
/// </summary>
internal sealed class LoginVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "login",
        "Log in to a server and to the sites of its zone. Reads a token from standard input; at a terminal, a browser can give one.",
        "hutch login https://hutch.example.org < token.txt",
        "hutch login http://127.0.0.1:8470 < ~/.local/share/hutch/admin.token",
        "hutch login https://hutch.example.org --device",
        "hutch login https://hutch.lab:8443 --trust SHA256:5F2C… < token.txt")
{
    private const int MaxTokenCharacters = NarrowedToken.MaxLength;

    private readonly Argument<string> _remote = verb.Argument<string>("url", "The server's URL.");
    private readonly Option<string?> _ca = verb.Option<string?>(
        "--ca FILE", "A PEM file with the CA of the server's certificate; $HUTCH_CA does the same for one command.");
    private readonly Option<string?> _trust = verb.Option<string?>(
        "--trust SHA256:HEX",
        "The fingerprint of the server's certificate, as the server printed it at startup. Only that certificate is then trusted.");
    private readonly Option<bool> _device = verb.Option<bool>(
        "--device", "Log in in a browser, on any machine, in the way that the server's portal offers.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        Uri remote = RemoteAddress.Parse(context.Value(_remote)!).Value;
        ServerTrust trust = Trust(context);
        string token = (context.Value(_device) ? null : await ReadTokenAsync(context, cancellationToken))
            ?? await LogInByBrowserAsync(context, remote, trust, cancellationToken);
        (string? zone, CallerInfo caller) = await AskAsync(context, remote, token, trust, cancellationToken);

        string key = RemoteAddress.Key(remote);
        UserConfig config = UserConfig.Load(context.UserConfigPath);
        config.Remotes[key] = new RemoteConfig { Token = token, Zone = zone, Ca = trust.CaFile, Fingerprint = trust.Fingerprint };
        (config with { Default = key }).Save(context.UserConfigPath);
        context.Print(caller, HutchJson.Default.CallerInfo, $"Logged in to {key} as {caller.User}.");
        return ExitCode.Ok;
    }

    private static async Task<(string? Zone, CallerInfo Caller)> AskAsync(
        CliContext context, Uri remote, string token, ServerTrust trust, CancellationToken cancellationToken)
    {
        try
        {
            string? zone = await CheckZoneAsync(context, remote, token, trust, cancellationToken);
            using HutchClient client = context.Open(remote, token, trust);
            return (zone, await client.GetCallerAsync(cancellationToken));
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound && remote.AbsolutePath.Length > 1)
        {
            // The address was copied from the address bar of a browser.
            throw (ErrorCode.NotFound with { Advice = $"Try `hutch login {remote.GetLeftPart(UriPartial.Authority)}`." })
                .With($"{remote} is a page, not the address of a server.").ToException();
        }
        catch (ServerUnreachableException) when (remote.IsDefaultPort && remote.IsLoopback && remote.Scheme == Uri.UriSchemeHttp)
        {
            context.WriteNote($"A server of this machine usually listens at {Connection.DefaultRemote}.");
            throw;
        }
    }

    /// <summary>The zone that a token names; refuses to send it to a server that is of another.</summary>
    private static async Task<string?> CheckZoneAsync(
        CliContext context, Uri remote, string token, ServerTrust trust, CancellationToken cancellationToken)
    {
        string zone = TokenText.ZoneOf(token).ToString();
        if (zone.Length == 0)
        {
            return null;
        }

        RemoteAddress.RefuseOpenToken(remote, token);
        using HutchClient anonymous = context.Open(remote, null, trust);
        ServerInfo server = await anonymous.GetServerAsync(cancellationToken);
        return server.Zone is null || server.Zone == zone
            ? zone
            : throw (ErrorCode.Unauthenticated with { Advice = "Check the address, or ask this server's operator for a token." })
                .With($"The token is for another installation than {RemoteAddress.Key(remote)} and was not sent there.").ToException();
    }

    private ServerTrust Trust(CliContext context)
    {
        string? ca = context.Value(_ca) ?? context.Host.Environment(Connection.CaVariable);
        return new ServerTrust(
            string.IsNullOrEmpty(ca) ? null : context.FullPath(ca),
            context.Value(_trust) is { } fingerprint ? CertificateFingerprint.Parse(fingerprint).Value : null);
    }

    private static async Task<string> LogInByBrowserAsync(
        CliContext context, Uri remote, ServerTrust trust, CancellationToken cancellationToken)
    {
        RemoteAddress.RefuseOpenToken(remote, "the one that would come back");
        using HutchClient client = context.Open(remote, null, trust);
        DeviceLoginInfo begun = await client.StartDeviceLoginAsync(cancellationToken);
        await context.Host.Error.WriteLineAsync(
            $"Open {begun.VerificationUri} in a browser and enter the code {begun.UserCode}. Waiting for your approval...");
        await context.Host.Error.FlushAsync(cancellationToken);
        while (true)
        {
            if (await client.PollDeviceLoginAsync(begun.Handle, cancellationToken) is { } done)
            {
                return done.Token;
            }

            await Task.Delay(TimeSpan.FromSeconds(begun.Interval), context.Host.Time, cancellationToken);
        }
    }

    /// <summary>Reads the token; null when a person at a terminal enters none, to log in in a browser.</summary>
    private static async Task<string?> ReadTokenAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(GlobalOptions.Token) is { Length: > 0 } given)
        {
            return given.Trim();
        }

        string? read = await SecretInput.ReadAsync(context.Host, "Token (Enter: log in in a browser)", cancellationToken);
        if (read is null)
        {
            if (context.Host.IsInteractive)
            {
                return null;
            }

            throw ErrorCode.BadRequest.With(
                "No token on standard input; run `hutch login URL < token.txt`, or `hutch login URL --device`.").ToException();
        }

        if (read.Length <= MaxTokenCharacters && read.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            return read;
        }

        throw (ErrorCode.BadRequest with { Advice = "A token is one word that begins with hutch_ or hutchkey_." })
            .With("Standard input is not a token.").ToException();
    }
}

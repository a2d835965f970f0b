using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Model.Zone;
using Hutch.Server;

namespace Hutch.Cli.Verbs.Servers;

/// <summary><c>hutch site return</c>: makes a data folder again the site that it was, after its membership was lost.</summary>
internal sealed class SiteReturnVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "return",
        "Make the data folder of a stopped server again the site of its zone that it was, after a loss of accounts, keys or the "
        + "machine, or of the zone's record of it. Reads a token of `hutch site invite SITE --again` from standard input.",
        "hutch site return --config /etc/hutch/hutch.yaml < token.txt")
{
    private readonly ServerOptionSet _server = new(verb);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        ServeOptions options = ServeVerb.ToServeOptions(context, _server.ReadValid(context));
        string token = await SecretInput.ReadAsync(context.Host, "Join token", cancellationToken)
            ?? throw ErrorCode.BadRequest.With("No token on standard input; run `hutch site return < token.txt`.").ToException();
        JoinedZoneRecord joined = (await SiteRecovery.RunAsync(options, token, cancellationToken)).Value;
        context.WriteNote(
            $"This is again {joined.SiteName}, a site of the zone at {joined.Address}. Start the server. `hutch site check` then compares "
            + "its data with what the zone knows.");
        return ExitCode.Ok;
    }
}

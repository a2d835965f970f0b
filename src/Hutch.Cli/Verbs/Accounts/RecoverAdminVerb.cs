using Hutch.Cli.Configuration;
using Hutch.Cli.Verbs.Servers;
using Hutch.Commands.Hosting;
using Hutch.Server;

namespace Hutch.Cli.Verbs.Accounts;

/// <summary><c>hutch user recover-admin</c>: restores an operator's access on the server's machine when all other ways are lost.</summary>
internal sealed class RecoverAdminVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "recover-admin",
        "Enable the account admin, make it an administrator again, and write a new token for it into the data folder; "
        + "its older tokens are revoked. Stop the server first.",
        "hutch user recover-admin --data /srv/hutch")
{
    private readonly ServerOptionSet _server = new(verb);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        ServeOptions options = ServeVerb.ToServeOptions(context, _server.ReadValid(context));
        string token = await AdminRecovery.RunAsync(options, cancellationToken);
        context.WriteNote($"A new token of the account admin is in {token}. Start the server and run `hutch login URL < {token}`.");
        return ExitCode.Ok;
    }
}

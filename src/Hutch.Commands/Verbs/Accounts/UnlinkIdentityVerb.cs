using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch user unlink NAME</c>: ends a link of an account to a person of a login provider.</summary>
internal sealed class UnlinkIdentityVerb(VerbDeclaration verb)
    : Verb(
        verb, "unlink", "Unlink an account from a person at a login provider; its sessions end.",
        "hutch user unlink alice --provider facility")
{
    private readonly Argument<string> _name = verb.Argument<string>("name", "The account.");
    private readonly Option<string> _provider = verb.Add(LinkIdentityVerb.Provider());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (string name, string provider) = (context.Value(_name)!, context.Value(_provider)!);
        await context.Server.UnlinkIdentityAsync(name, provider, cancellationToken);
        context.WriteDone($"{name} is no person at {provider} any more, and logged out everywhere.");
        return ExitCode.Ok;
    }
}

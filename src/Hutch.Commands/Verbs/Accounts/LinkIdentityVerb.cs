using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Accounts;

/// <summary><c>hutch user link NAME</c>: says who a person of a login provider is here.</summary>
internal sealed class LinkIdentityVerb(VerbDeclaration verb)
    : Verb(
        verb, "link", "Link an account to a person at a login provider, in place of an earlier link.",
        "hutch user link alice --provider facility --subject 248289761001")
{
    private readonly Argument<string> _name = verb.Argument<string>("name", "The account.");
    private readonly Option<string> _provider = verb.Add(Provider());
    private readonly Option<string> _subject = verb.Required<string>(
        "--subject SUBJECT", "The stable id of the person there: the claim sub.");

    internal static Option<string> Provider() => new("--provider")
    {
        Description = "The id of the provider in the configuration.",
        HelpName = "ID",
        Required = true,
    };

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (string name, string provider) = (context.Value(_name)!, context.Value(_provider)!);
        await context.Server.LinkIdentityAsync(
            name, provider, new LinkIdentity { Subject = context.Value(_subject)! }, cancellationToken);
        context.WriteDone($"{name} is {Display.Quote(context.Value(_subject)!)} at {provider}.");
        return ExitCode.Ok;
    }
}

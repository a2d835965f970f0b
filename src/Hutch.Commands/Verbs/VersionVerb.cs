using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs;

internal sealed class VersionVerb(VerbDeclaration verb)
    : Verb(verb, "version", "Print the version of this program.", "hutch version")
{
    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.Print(new VersionLine(ClientVersion.Text, "v1"), CliJson.Default.VersionLine, "hutch " + ClientVersion.Text);
        return Task.FromResult(ExitCode.Ok);
    }
}

/// <summary>The output of <c>hutch version --json</c>.</summary>
internal sealed record VersionLine(string Version, string Api);

using Hutch.Cli.Hosting;
using Hutch.Client;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch version</c>.</summary>
internal sealed class VersionVerb : Verb
{
    internal VersionVerb(CliHost host)
        : base(host, "version", "Print the version of this program.", "hutch version")
    {
    }

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.Print(new VersionLine(ClientVersion.Text, "v1"), CliJson.Default.VersionLine, "hutch " + ClientVersion.Text);
        return Task.FromResult(ExitCode.Ok);
    }
}

/// <summary>The output of <c>hutch version --json</c>.</summary>
/// <param name="Version">The version of this program.</param>
/// <param name="Api">The version of its interface.</param>
internal sealed record VersionLine(string Version, string Api);

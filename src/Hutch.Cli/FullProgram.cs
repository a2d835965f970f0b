using Hutch.Cli.Verbs;
using Hutch.Commands;
using Hutch.Commands.Hosting;

namespace Hutch.Cli;

/// <summary>The full program: the shared command line with the verbs of the server.</summary>
internal static class FullProgram
{
    internal static Task<int> RunAsync(string[] args, CliHost host, CancellationToken cancellationToken = default) =>
        HutchProgram.RunAsync(args, WithVerbs(host), cancellationToken);

    /// <summary>The whole command tree, for completion and documentation.</summary>
    internal static RootCommand BuildAll(CliHost host) => HutchProgram.BuildAll(WithVerbs(host));

    private static CliHost WithVerbs(CliHost host) => host with { FullVerbs = FullVerbs.All };
}

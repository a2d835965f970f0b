using Hutch.Agent.Survey;
using Hutch.Cli.Configuration;
using Hutch.Cli.Doctor;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Verbs.Servers;

internal static class ConfigVerbs
{
    internal static Command Create(CliHost host) =>
        new VerbGroup("config", "Check and show the configuration of a server.", new CheckVerb(host), new ShowVerb(host));

    private sealed class CheckVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "check",
            "Check the configuration as `hutch serve` would read it, without starting anything. Without --data and --config, and where "
            + "you have no data folder, it checks that of the service of this machine.",
            "hutch config check",
            "hutch config check --data /srv/hutch --json")
    {
        private readonly ServerOptionSet _server = new(verb) { FindsService = true };

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            LoadedConfiguration loaded = _server.Read(context);
            IReadOnlyList<string> problems = loaded.Problems.Count > 0 ? loaded.Problems : ServeVerb.FindProblems(context, loaded);
            IReadOnlyList<string> warnings =
            [
                .. (loaded.Service?.Unread ?? []).Select(static file => $"'{file}' cannot be read: what it sets is missing here."),
                .. FolderSurvey.FindMissing(loaded.Options.Agent),
                .. FolderSurvey.FindMissing(loaded.Options.Adopt),
                .. await ServerCheck.FindProgramWarningsAsync(new Installation(loaded, context.Host), cancellationToken),
            ];
            string file = loaded.File ?? "no file";
            string service = loaded.Service is null ? "" : $" of {ServiceUnit.Name}";
            string text = problems.Count == 0
                ? $"The configuration is valid ({file}, data folder {loaded.DataFolder}{service})."
                : string.Join('\n', problems);
            context.Print(
                new ConfigCheckLine(problems.Count == 0, loaded.File, loaded.DataFolder, problems, warnings),
                FullJson.Default.ConfigCheckLine,
                text);
            foreach (string warning in warnings)
            {
                context.WriteNote("Warning: " + warning);
            }

            return problems.Count == 0 ? ExitCode.Ok : ExitCode.Usage;
        }
    }

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "show",
            "Show the effective configuration and where each value comes from. Secrets are hidden. Without --data and --config, and "
            + "where you have no data folder, it shows that of the service of this machine.",
            "hutch config show --data /srv/hutch",
            "hutch config show --all > hutch.yaml")
    {
        private readonly ServerOptionSet _server = new(verb) { FindsService = true };
        private readonly Option<bool> _all = verb.Option<bool>("--all", "Include the defaults.");

        protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            LoadedConfiguration loaded = _server.ReadValid(context);
            string text = EffectiveConfiguration.Write(loaded, context.Value(_all));
            context.Host.Out.Write(text);
            if (text.Length == 0)
            {
                context.WriteNote("Every option has its default: --all shows them.");
            }

            return Task.FromResult(ExitCode.Ok);
        }
    }
}

/// <summary>The output of <c>hutch config check --json</c>.</summary>
/// <param name="Warnings">
/// Folders that are not there: a server starts without them, and waits for them. Also what a running server found about its programs.
/// </param>
internal sealed record ConfigCheckLine(
    bool Valid, string? File, string Data, IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings);

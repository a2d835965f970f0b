using Hutch.Agent;
using Hutch.Agent.Conversion;
using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Types.Yaml;

namespace Hutch.Cli.Verbs.Agents;

/// <summary><c>hutch agent dry-run | explain | convert</c>: the agent's work, tried out on the machine with the folders.</summary>
internal static class AgentTrialVerbs
{
    internal static Verb CreateDryRun(CliHost host) => new DryRunVerb(host);

    internal static Verb CreateExplain(CliHost host) => new ExplainVerb(host);

    internal static Verb CreateConvert(CliHost host) => new ConvertVerb(host);

    private static FolderSurvey SurveyOf(LoadedConfiguration loaded)
    {
        AgentOptions options = loaded.Options.Agent;
        return options.Folders.Count == 0
            ? throw (ErrorCode.BadConfiguration with
            {
                Advice = "Give the configuration of the server with --config, such as /etc/hutch/hutch.yaml, or ask the server: "
                    + "`hutch agent status`. To watch folders, list them there under 'agent.folders', such as `- watch: /data/krios`.",
            }).With("The configuration that was read here watches no folders.").ToException()
            : new FolderSurvey(
                [.. options.Folders.Select(folder => FolderRule.From(folder).Value)],
                new YamlLimits(MaxBytes: options.MaxMetadataBytes),
                mustWrite: options.SideFolder is null);
    }

    private sealed class DryRunVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "dry-run",
            "Say which folders would be published, and which need attention and why. Reads the watched folders, changes nothing.",
            "hutch agent dry-run",
            "hutch agent dry-run --data /srv/hutch --json")
    {
        private readonly ServerOptionSet _server = new(verb) { FindsService = true };

        protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            LoadedConfiguration loaded = _server.ReadValid(context);
            IReadOnlyList<FolderFinding> found = SurveyOf(loaded).Run(cancellationToken);
            IReadOnlyList<string> missing = FolderSurvey.FindMissing(loaded.Options.Agent);
            AgentProblem[] problems =
            [
                .. found.Where(finding => finding.Problem is not null)
                    .Select(finding => new AgentProblem(finding.Folder, finding.Problem!)),
            ];
            int publish = found.Count(finding => finding.Plan is not null);
            int waiting = found.Count - publish - problems.Length;
            string summary = $"{publish} folder{(publish == 1 ? "" : "s")} would be published, "
                + $"{problems.Length} need attention, {waiting} have no metadata file.";
            context.Print(
                new AgentDryRun(publish, waiting, problems, missing),
                FullJson.Default.AgentDryRun,
                string.Join(
                    '\n', problems.Select(problem => $"{Display.Name(problem.Folder)}\n  {problem.Why}").Concat(missing).Append(summary)));
            return Task.FromResult(missing.Count == 0 ? ExitCode.Ok : ExitCode.Failure);
        }
    }

    private sealed class ExplainVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "explain",
            "Explain the agent's plan for one folder: its rule, metadata file, readers and retention.",
            "hutch agent explain /data/krios/20211227125_Demo")
    {
        private readonly Argument<string> _folder = verb.Argument<string>("folder", "The folder.");
        private readonly ServerOptionSet _server = new(verb) { FindsService = true };

        protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string folder = context.FullPath(context.Value(_folder)!);
            FolderSurvey survey = SurveyOf(_server.ReadValid(context));
            FolderFinding finding = survey.Inspect(folder).Value;
            if (finding.Plan is not null)
            {
                // Whether another folder has its identity shows only when all are looked at.
                finding = survey.Run(cancellationToken).FirstOrDefault(one => one.Folder == finding.Folder) ?? finding;
            }

            IReadOnlyList<string> lines = FolderExplanation.Explain(finding);
            context.Print(
                new AgentExplanation(folder, finding.Plan is not null, lines), FullJson.Default.AgentExplanation, string.Join('\n', lines));
            return Task.FromResult(ExitCode.Ok);
        }
    }

    private sealed class ConvertVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "convert",
            "Convert an fs2od configuration: prints the section 'agent' for hutch.yaml, and on standard error what became of each key.",
            "hutch agent convert config.yaml > agent.yaml")
    {
        private readonly Argument<string> _file = verb.Argument<string>(
            "file", "The configuration of fs2od, such as config.yaml.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string path = context.FullPath(context.Value(_file)!);
            if (!File.Exists(path))
            {
                throw (ErrorCode.NotFound with { Advice = "Check the path." }).With($"{Display.Quote(path)} does not exist.").ToException();
            }

            byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            ConvertedConfiguration converted = Fs2OdConverter.Convert(bytes).Value;
            foreach (ConvertedKey key in converted.Report)
            {
                context.WriteNote($"line {key.Line}: {Display.Name(key.Key)}: {key.Outcome}");
            }

            context.Print(converted, FullJson.Default.ConvertedConfiguration, converted.Yaml.TrimEnd('\n'));
            return ExitCode.Ok;
        }
    }
}

/// <summary>The output of <c>hutch agent dry-run --json</c>.</summary>
/// <param name="Waiting">The number of folders without a metadata file yet.</param>
/// <param name="Missing">The watched folders that are not there, or cannot be read.</param>
internal sealed record AgentDryRun(
    int Publish, int Waiting, IReadOnlyList<AgentProblem> Attention, IReadOnlyList<string> Missing);

internal sealed record AgentProblem(string Folder, string Why);

/// <summary>The output of <c>hutch agent explain --json</c>.</summary>
internal sealed record AgentExplanation(string Folder, bool Publish, IReadOnlyList<string> Lines);

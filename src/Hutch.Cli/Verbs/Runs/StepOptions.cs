using Hutch.Analysis.Steps;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs.Runs;
using Hutch.Model.Parameters;

namespace Hutch.Cli.Verbs.Runs;

/// <summary>
/// Options that say what analysis is wanted: its step, parameters, output and workers. Parameters of the default step have options of
/// their own.
/// </summary>
internal sealed class StepOptions
{
    private readonly List<(ParameterDeclaration Parameter, Option<string?> Option)> _default = [];

    private readonly Option<string?> _step = new("--step")
    {
        Description = "Analysis step to run. See --list-steps.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _parameters = new("--parameter")
    {
        Description = "Set a parameter of the step. Repeatable.",
        HelpName = "NAME=VALUE",
    };

    internal StepOptions(Command verb)
    {
        verb.Add(_step);
        _step.CompletionSources.Add([.. AnalysisSteps.Catalog.Steps.Select(step => step.Name)]);
        verb.Add(_parameters);
        foreach (ParameterDeclaration parameter in AnalysisSteps.Catalog.Steps[0].Parameters)
        {
            var option = new Option<string?>(parameter.Option)
            {
                Description = StepListing.Describe(parameter),
                HelpName = HelpName(parameter),
            };
            if (parameter.Choices is { } choices)
            {
                option.AcceptOnlyFromAmong([.. choices]);
            }

            _default.Add((parameter, option));
            verb.Add(option);
        }
    }

    /// <summary>Added by the verb itself, at the place where its help lists it.</summary>
    internal Option<string?> Output { get; } = new("--output")
    {
        Description = "The name of the dataset for the results.",
        HelpName = "NAME",
    };

    internal Option<bool> Follow { get; } = new("--follow") { Description = "Include new frames until the dataset is closed." };

    internal Option<string?> WhenBehind { get; } = new("--when-behind")
    {
        Description = "With --follow: the policy when frames arrive faster than they are analysed. all (default): keep all waiting. "
            + "newest: take the newest next; with 256 waiting, skip the oldest. every:N, such as every:10: with 256 waiting, keep each "
            + "N-th frame only. `hutch submit DATASET --missing-from RUN` analyses the skipped ones later.",
        HelpName = "POLICY",
    };

    internal Option<string?> Namespace { get; } = new("--namespace")
    {
        Description = "The workers to use: those of this namespace (default: default, that of the worker inside the server).",
        HelpName = "NAME",
    };

    internal Option<string?> Callback { get; } = new("--callback")
    {
        Description = "Send the rows to this address by HTTP POST as they come, too: https://HOST/PATH. The operator of the server names "
            + "the addresses that may be called.",
        HelpName = "URL",
    };

    /// <summary>Returns true if an option is given that only a server can carry out.</summary>
    internal bool NeedsServer(CliContext context) =>
        (context.Value(Output) ?? context.Value(Namespace) ?? context.Value(WhenBehind) ?? context.Value(Callback)) is not null;

    /// <summary>The analysis that these options ask for.</summary>
    /// <exception cref="HutchException">A parameter is not given as it has to be.</exception>
    internal StartAnalysis CreateRequest(CliContext context) => new()
    {
        Step = Step(context),
        Parameters = Values(context),
        Output = context.Value(Output),
        Follow = context.Value(Follow),
        WhenBehind = context.Value(WhenBehind),
        Namespace = context.Value(Namespace),
        Callback = context.Value(Callback),
    };

    internal string? Step(CliContext context) => context.Value(_step);

    internal Dictionary<string, JsonElement> Values(CliContext context)
    {
        var texts = new ParameterTexts();
        foreach ((ParameterDeclaration parameter, Option<string?> option) in _default)
        {
            if (context.Value(option) is { } value)
            {
                texts.Add(parameter.Name, value);
            }
        }

        texts.Add(context.Value(_parameters) ?? []);
        return texts.Values;
    }

    private static string HelpName(ParameterDeclaration parameter) => parameter.Kind switch
    {
        ValueKind.Text => "NAME",
        ValueKind.Boolean => "true|false",
        _ => "NUMBER",
    };
}

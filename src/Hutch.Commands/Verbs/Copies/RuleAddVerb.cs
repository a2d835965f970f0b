using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs.Files;

namespace Hutch.Commands.Verbs.Copies;

internal sealed class RuleAddVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "add",
        "Make a rule. Sites are chosen by their labels: = != < > in & | ! and parentheses. `hutch site list` shows the labels.",
        "hutch rule add '1 copy where tier=archive' --dataset sample-42",
        "hutch rule add '1 copy where tier=archive' --dataset study --recursive",
        "hutch rule add '2 copies where tier=archive & country in (CZ, DE)' --type mx/rotation",
        "hutch rule add 'serve where country=CZ' --dataset sample-42",
        "hutch rule add 'home where !tier=scratch' --type mx/rotation",
        "hutch rule add '1 copy where site=archive' --all --dry-run")
{
    private readonly Argument<string> _rule = verb.Argument<string>(
        "rule", "The rule, such as '2 copies where tier=archive' or 'serve where country=CZ'.");
    private readonly Option<string?> _dataset = verb.Option<string?>("--dataset DATASET", "For this dataset.");
    private readonly Option<string?> _type = verb.Option<string?>(
        "--type TYPE", "For datasets of this type and those that inherit from it, also later ones (administrators).");
    private readonly Option<string?> _owner = verb.Option<string?>(
        "--owner OWNER", "For datasets of this user or group, also later ones (administrators).");
    private readonly Option<bool> _all = verb.Option<bool>("--all", "For all datasets, also later ones (administrators).");
    private readonly Option<DateTimeOffset?> _until = verb.Option<DateTimeOffset?>(
        "--until DATE", "The date on which the rule ends, such as 2027-06-30 (default: never).");
    private readonly Option<bool> _recursive = verb.Add(RecursiveOption.Make(
        "With --dataset: make the rule for the datasets inside its newest version, too. Again for those that come later."));
    private readonly Option<bool> _dryRun = verb.Option<bool>("--dry-run", "Only say what the rule would do.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (string? dataset, string? type, string? owner, bool all) =
            (context.Value(_dataset), context.Value(_type), context.Value(_owner), context.Value(_all));
        if ((dataset is null ? 0 : 1) + (type is null ? 0 : 1) + (owner is null ? 0 : 1) + (all ? 1 : 0) != 1)
        {
            throw ErrorCode.BadRequest.With("Say what the rule is for: --dataset, --type, --owner or --all, one of them.").ToException();
        }

        bool isRecursive = context.Value(_recursive);
        if (isRecursive && dataset is null)
        {
            throw ErrorCode.BadRequest.With("--recursive is for a rule of one dataset: add --dataset.").ToException();
        }

        string text = context.Value(_rule)!;
        DateTimeOffset? until = context.Value(_until);
        if (dataset is not null)
        {
            return await AddAsync(context, dataset, new AddDatasetRule { Rule = text, Until = until }, isRecursive, cancellationToken);
        }

        var rule = new AddRule { Rule = text, Type = type, Owner = owner, All = all, Until = until };
        RuleEffectInfo effect = await context.Server.TryRuleAsync(rule, cancellationToken);
        return context.Value(_dryRun)
            ? Show(context, effect, null)
            : Show(context, await context.Server.AddRuleAsync(rule, cancellationToken), effect, null);
    }

    private async Task<int> AddAsync(
        CliContext context, string dataset, AddDatasetRule wanted, bool isRecursive, CancellationToken cancellationToken)
    {
        (DatasetId id, string name) = await context.ResolveNamedAsync(dataset, cancellationToken);
        var added = new HashSet<DatasetId>();
        var run = new NestedRun(
            context, site: null, isRecursive,
            async (target, ct) =>
            {
                if (added.Add(target.Dataset))
                {
                    await AddAsync(context, target.Dataset, target.Path.Length > 0 ? target.Path : name, wanted, ct);
                }

                return new NestedVisit(ExitCode.Ok, target.At) { IsNewest = true };
            },
            nested => $"rule add {Display.Name(Display.Quote(wanted.Rule))} --dataset {nested.Dataset}");
        int code = await run.RunAsync(new NestedTarget(id, null, ""), cancellationToken);
        run.Report();
        return code;
    }

    private async Task AddAsync(CliContext context, DatasetId id, string name, AddDatasetRule wanted, CancellationToken cancellationToken)
    {
        RuleEffectInfo effect = await context.Server.TryRuleAsync(id, wanted, cancellationToken);
        _ = context.Value(_dryRun)
            ? Show(context, effect, name)
            : Show(context, await context.Server.AddRuleAsync(id, wanted, cancellationToken), effect, name);
    }

    private static int Show(CliContext context, RuleInfo rule, RuleEffectInfo effect, string? dataset)
    {
        context.Print(
            rule, HutchJson.Default.RuleInfo,
            $"Rule {RuleVerbs.Number(rule)}, {(dataset is null ? RuleVerbs.About(rule) : $"dataset {dataset}")}: {rule.Rule}");
        if (effect.Impossible > 0)
        {
            string why = effect.Open.FirstOrDefault(static one => one.State == "impossible")?.Summary ?? "";
            context.WriteNote($"Warning: {effect.Impossible} of {effect.Datasets} datasets cannot fulfil it. {why}".TrimEnd());
        }

        context.WriteNote(dataset is null
            ? $"`hutch rule status --rule {RuleVerbs.Number(rule)}` shows its status."
            : $"`hutch rule status {dataset}` shows its status.");
        return ExitCode.Ok;
    }

    private static int Show(CliContext context, RuleEffectInfo effect, string? dataset)
    {
        if (context.Json)
        {
            context.PrintJson(effect, HutchJson.Default.RuleEffectInfo);
            return ExitCode.Ok;
        }

        RuleStatusVerb.Show(context, effect, dataset ?? RuleVerbs.About(effect.Rule));
        context.WriteNote("Nothing was done.");
        return ExitCode.Ok;
    }
}

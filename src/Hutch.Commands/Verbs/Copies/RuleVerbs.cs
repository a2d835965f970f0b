using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Copies;

/// <summary><c>hutch rule add | list | status | explain | remove</c>.</summary>
internal static class RuleVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "rule",
        "Say by rule at which sites datasets are.",
        new RuleAddVerb(host),
        new ListRulesVerb(host),
        new RuleStatusVerb(host),
        new ExplainVerb(host),
        new RemoveRuleVerb(host));

    internal static string About(RuleInfo rule) => rule.Scope == "all" ? "all datasets" : $"{rule.Scope} {rule.Subject}";

    internal static string Number(RuleInfo rule) => rule.Number.ToString(CultureInfo.InvariantCulture);

    private sealed class ListRulesVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List all rules of the zone (operators and auditors).", "hutch rule list")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            RuleList rules = await context.Server.GetRulesAsync(cancellationToken);
            if (context.Json)
            {
                context.PrintJson(rules, HutchJson.Default.RuleList);
                return ExitCode.Ok;
            }

            var table = new TextTable("NUMBER", "RULE", "FOR", "UNTIL", "BY");
            foreach (RuleInfo rule in rules.Items)
            {
                table.Add(Number(rule), rule.Rule, About(rule), rule.Until is { } end ? Human.Time(end) : "", rule.CreatedBy);
            }

            context.Write(table, "There is no rule.");
            return ExitCode.Ok;
        }
    }

    private sealed class ExplainVerb(VerbDeclaration verb)
        : Verb(
            verb, "explain", "Show what each rule of a dataset means for every site.", "hutch rule explain sample-42")
    {
        private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetId dataset = await context.ResolveIdAsync(context.Value(_dataset), cancellationToken);
            DatasetRules rules = await context.Server.GetRulesAsync(dataset, cancellationToken);
            context.Print(
                rules, HutchJson.Default.DatasetRules, string.Join('\n', rules.Items.SelectMany(one => Describe(one, rules.Name))));
            if (rules.Items.Count == 0)
            {
                context.WriteNote($"No rule is about {rules.Name}.");
            }

            return ExitCode.Ok;
        }

        private static IEnumerable<string> Describe(RuleStanding standing, string dataset) =>
        [
            $"Rule {Number(standing.Rule)}, {(standing.Rule.Scope == "dataset" ? dataset : About(standing.Rule))}: {standing.Rule.Rule}",
            $"  {standing.State}: {standing.Summary}",
            .. standing.Sites.SelectMany(static site => (string[])
            [
                $"  {site.Site} {site.Reason}.", .. CopyFailureOutput.Lines(site.Failures).Select(static line => "    " + line),
            ]),
        ];
    }

    private sealed class RemoveRuleVerb(VerbDeclaration verb)
        : Verb(
            verb, "remove", "End a rule. Copies that it chose, and no other rule wants, are released.", "hutch rule remove 3")
    {
        private readonly Argument<long> _number = verb.Argument<long>("number", "The number of the rule.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            RuleInfo rule = await context.Server.RemoveRuleAsync(context.Value(_number), cancellationToken);
            context.Print(rule, HutchJson.Default.RuleInfo, $"Ended rule {Number(rule)}, {About(rule)}: {rule.Rule}");
            return ExitCode.Ok;
        }
    }
}

using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Copies;

internal sealed class RuleStatusVerb(VerbDeclaration verb)
    : Verb(
        verb, "status", "Show whether the rules of a dataset are fulfilled, or one rule for all its datasets.",
        "hutch rule status sample-42", "hutch rule status --rule 3")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<long?> _rule = verb.Option<long?>(
        "--rule NUMBER", "A rule, by its number, for all datasets that it is about (operators and auditors).");

    internal static void Show(CliContext context, RuleEffectInfo effect, string about)
    {
        context.WriteNote(
            $"{effect.Rule.Rule}, for {about}: {Human.Count(effect.Datasets, "dataset")}, "
            + $"{Human.Count(effect.Fulfilled)} fulfilled, {Human.Count(effect.Pending)} pending, {Human.Count(effect.Degraded)} degraded, "
            + $"{Human.Count(effect.Impossible)} impossible.");
        var copies = new TextTable("SITE", "NEW COPIES", "BYTES", "TIME");
        foreach (RuleCopies site in effect.Copies)
        {
            copies.Add(
                site.Site, Human.Count(site.Copies), Display.Bytes(site.Bytes),
                site.Seconds is long seconds ? "about " + Display.Duration(TimeSpan.FromSeconds(seconds)) : "unknown");
        }

        context.Write(copies, "No new copies are planned.");
        var open = new TextTable("DATASET", "STATE", "");
        foreach (OpenRule one in effect.Open)
        {
            open.Add(one.Name, one.State, one.Summary);
        }

        if (!open.IsEmpty)
        {
            context.Write(open, "");
        }
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        // `rule add` and `rule list` show numbers, which no dataset can have as its name.
        bool isNumber = long.TryParse(context.Value(_dataset), NumberStyles.None, CultureInfo.InvariantCulture, out long typed);
        if ((context.Value(_rule) ?? (isNumber ? (long?)typed : null)) is long number)
        {
            if (context.Value(_dataset) is not null && !isNumber)
            {
                throw ErrorCode.BadRequest.With("Use either a dataset or --rule, not both.").ToException();
            }

            RuleEffectInfo effect = await context.Server.GetRuleAsync(number, cancellationToken);
            if (context.Json)
            {
                context.PrintJson(effect, HutchJson.Default.RuleEffectInfo);
            }
            else
            {
                Show(context, effect, RuleVerbs.About(effect.Rule));
            }

            return ExitCode.Ok;
        }

        DatasetId dataset = await context.ResolveIdAsync(context.Value(_dataset), cancellationToken);
        DatasetRules rules = await context.Server.GetRulesAsync(dataset, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(rules, HutchJson.Default.DatasetRules);
            return ExitCode.Ok;
        }

        var table = new TextTable("NUMBER", "RULE", "FOR", "STATE", "");
        foreach (RuleStanding standing in rules.Items)
        {
            table.Add(
                RuleVerbs.Number(standing.Rule), standing.Rule.Rule,
                standing.Rule.Scope == "dataset" ? "this dataset" : RuleVerbs.About(standing.Rule), standing.State, standing.Summary);
        }

        context.Write(table, $"No rule is about {rules.Name}.");
        CopyFailureOutput.Write(
            context, rules.Items.SelectMany(static one => one.Sites).DistinctBy(static one => one.Site).Select(
                static one => (one.Site, one.Failures)));
        return ExitCode.Ok;
    }
}

using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Model.Placement;
using Hutch.Model.Sites;

namespace Hutch.Commands.Verbs.Copies;

/// <summary>
/// <c>hutch pin</c>: keeps a copy at a site for a while, by a rule for that dataset and site that ends automatically. Without a site it
/// keeps the bytes that the server has in nearline storage readable.
/// </summary>
internal sealed class PinVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "pin",
        "Keep a dataset readable until a given time: copied to a site, or recalled from this server's nearline storage.",
        "hutch pin sample-42 --at compute --for 7d",
        "hutch pin sample-42 --for 7d",
        "hutch pin sample-42",
        "hutch pin sample-42 --at compute --remove")
{
    /// <summary>The server's text of the rule of a pin, without the site.</summary>
    private const string RuleOfPin = "1 copy where site=";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());
    private readonly Option<string?> _at = verb.Option<string?>(
        "--at SITE", "The site of the copy. Without one, --for recalls the dataset at this server from nearline storage.");

    private readonly Option<TimeSpan?> _for = verb.Add(new Option<TimeSpan?>("--for")
    {
        Description = "How long, such as 12h or 7d. Again makes it last longer.",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    });

    private readonly Option<bool> _remove = verb.Option<bool>("--remove", "End the pin at the site, or at this server.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (string? site, TimeSpan? time, bool isRemoved) = (context.Value(_at), context.Value(_for), context.Value(_remove));
        if ((site is not null && time is null && !isRemoved) || (time is not null && isRemoved))
        {
            throw ErrorCode.BadRequest.With("Say where and how long, --at and --for; or where a pin is to end, --at and --remove.")
                .ToException();
        }

        if (time > Longest)
        {
            throw ErrorCode.BadRequest.With(
                $"A pin lasts for at most {Longest.TotalDays:0} days. For a copy that stays: `hutch replicate DATASET --to {site}`.")
                .ToException();
        }

        DatasetId dataset = await context.ResolveIdAsync(context.Value(_dataset), cancellationToken);
        if (site is null && (time is not null || isRemoved))
        {
            Show(context, time is { } duration
                ? await context.Server.RecallAsync(dataset, context.Host.Time.GetUtcNow() + duration, cancellationToken)
                : await context.Server.EndRecallAsync(dataset, cancellationToken));
            return ExitCode.Ok;
        }

        DatasetRules rules = await context.Server.GetRulesAsync(dataset, cancellationToken);
        if (site is not null)
        {
            if (time is not null)
            {
                await RequireSiteAsync(context, dataset, site, cancellationToken);
            }

            await ChangeAsync(context, dataset, Pin(site), time, rules, cancellationToken);
            rules = await context.Server.GetRulesAsync(dataset, cancellationToken);
        }

        Show(context, rules);
        return ExitCode.Ok;
    }

    /// <summary>Requires an existing site: a rule may name a site that has not joined yet, but a pin means an existing one.</summary>
    private static async Task RequireSiteAsync(CliContext context, DatasetId dataset, string site, CancellationToken ct)
    {
        CopyList known = await context.Server.GetCopiesAsync(dataset, ct);
        string[] sites = [known.Home, .. known.Others ?? []];
        if (!sites.Contains(site))
        {
            throw (ErrorCode.NotFound with { Advice = $"Choose one of {string.Join(", ", sites)}." }).With(
                $"There is no site {Display.Quote(site)} in this zone.").ToException();
        }
    }

    /// <summary>Makes a pin that lasts longer, or none; the ones before go when it is there.</summary>
    private static async Task ChangeAsync(
        CliContext context, DatasetId dataset, string rule, TimeSpan? time, DatasetRules rules, CancellationToken ct)
    {
        RuleInfo[] before = [.. rules.Items.Select(static one => one.Rule).Where(one => IsPin(one) && one.Rule == rule)];
        if (time is { } duration)
        {
            DateTimeOffset until = context.Host.Time.GetUtcNow() + duration;
            if (before.Any(one => one.Until >= until))
            {
                return;
            }

            await context.Server.AddRuleAsync(dataset, new AddDatasetRule { Rule = rule, Until = until }, ct);
        }
        else if (before.Length == 0)
        {
            throw (ErrorCode.NotFound with { Advice = "`hutch pin DATASET` shows the pins of a dataset." }).With(
                "There is no such pin.").ToException();
        }

        foreach (RuleInfo one in before)
        {
            await context.Server.RemoveRuleAsync(one.Number, ct);
        }
    }

    private static void Show(CliContext context, RecallInfo recall)
    {
        string until = recall.Until is { } end ? $" until {Human.Time(end)}" : "";
        string left = Human.Duration(TimeSpan.FromSeconds(recall.SecondsLeft));
        string away = $"{Display.Bytes(recall.OfflineBytes)} in {Human.Count(recall.OfflineSegments, "segment")}";
        context.Print(recall, HutchJson.Default.RecallInfo, recall.State switch
        {
            "online" => $"All files are readable{until}.",
            "recalling" => $"Recalling {away}, in about {left}. They stay readable{until}.",
            _ => $"Only nearline storage has {away}.",
        });
    }

    private static void Show(CliContext context, DatasetRules rules)
    {
        RuleStanding[] pins = [.. rules.Items.Where(static one => IsPin(one.Rule))];
        if (context.Json)
        {
            context.PrintJson(rules with { Items = pins }, HutchJson.Default.DatasetRules);
            return;
        }

        var table = new TextTable("NUMBER", "RULE", "UNTIL", "BY", "STATE", "");
        foreach (RuleStanding pin in pins)
        {
            table.Add(
                RuleVerbs.Number(pin.Rule), pin.Rule.Rule, Human.Time(pin.Rule.Until!.Value), pin.Rule.CreatedBy, pin.State, pin.Summary);
        }

        context.Write(table, $"{rules.Name} is pinned at no site.");
    }

    private static string Pin(string site) =>
        SiteName.Parse(site).Then(static name => PlacementRule.Parse(RuleOfPin + name)).Value.ToString();

    /// <summary>Returns true if a rule is one that a pin makes: a copy of one dataset at one named site, for a time.</summary>
    private static bool IsPin(RuleInfo rule) =>
        rule is { Scope: "dataset", Until: not null } && rule.Rule.StartsWith(RuleOfPin, StringComparison.Ordinal);
}

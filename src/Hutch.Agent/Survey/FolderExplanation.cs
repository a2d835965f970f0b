using Hutch.Agent.Rules;

namespace Hutch.Agent.Survey;

/// <summary>Explains to an operator what the agent makes of a folder, a line each.</summary>
public static class FolderExplanation
{
    public static IReadOnlyList<string> Explain(FolderFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding switch
        {
            { Problem: { } problem } => [$"{Display.Name(finding.Folder)} needs attention: {problem}"],
            { Plan: { } plan } => [$"{Display.Name(finding.Folder)} would be published.", .. Lines(plan)],
            _ => [$"{Display.Name(finding.Folder)} has no metadata file yet, so that nothing would happen."],
        };
    }

    private static IEnumerable<string> Lines(FolderPlan plan)
    {
        FolderRule rule = plan.Rule;
        yield return $"  rule:        watch {rule.Watch}";
        yield return $"  metadata:    {plan.MetadataFile}, {plan.Metadata.Entries.Count} keys";
        yield return $"  identity:    {rule.Options.IdentityKey} = {Display.Quote(plan.Identity)}";
        yield return plan.IsRunning
            ? $"  acquisition: acquiring, while {rule.Options.RunningFile} exists"
            : $"  acquisition: acquiring, until {rule.Options.RunningFile} was removed or nothing has changed for a day; then published";
        IEnumerable<string> byType = rule.Options.Types.Select(type => Explain(rule, type));
        yield return $"  visibility:  {string.Join("; ", byType.Prepend($"{rule.Visibility}"))}";
        yield return $"  personal:    {Personal(plan)}";
        yield return $"  kept:        {(rule.Keep is { } keep ? $"{keep} after acquisition; {AtTheEnd(rule)}" : "for ever")}";
        yield return $"  block:       {Block(plan)}";
        yield return rule.Options.Block.InviteInBlock
            ? "  invite:      in the block, for all who may read the file"
            : "  invite:      in .hutch-invite, for its owner";
    }

    private static string AtTheEnd(FolderRule rule) => rule.Options.Evict
        ? $"then they could be removed, if {rule.Options.Copies} other sites have a verified copy of each"
        : "then people are notified; nothing is removed";

    private static string Explain(FolderRule rule, TypeRuleOptions type) =>
        $"{rule.VisibilityOf([type.Type])} for {Display.Name(type.Type)}";

    private static string Personal(FolderPlan plan)
    {
        IEnumerable<string[]> ways = Ways(plan.Metadata, []).Where(way => plan.Rule.Personal.Any(key => key.MatchesValue(way)));
        string[] keys = [.. ways.Select(way => Display.Name(string.Join('.', way)))];
        return keys.Length == 0 ? "nothing in this file" : $"only members see {string.Join(", ", keys.Take(20))}";
    }

    private static IEnumerable<string[]> Ways(YamlMap map, string[] above) => map.Entries.SelectMany(entry =>
        entry.Value is YamlMap below ? Ways(below, KeyPattern.WayTo(above, entry.Key)) : [KeyPattern.WayTo(above, entry.Key)]);

    private static string Block(FolderPlan plan)
    {
        string name = plan.Rule.Options.Block.Name;
        return plan.Metadata[name] is null
            ? $"'{name}' would be added to {plan.MetadataFile}"
            : $"'{name}' is there already; its values would be brought up to date";
    }
}

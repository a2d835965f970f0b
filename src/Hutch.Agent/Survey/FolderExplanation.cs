using Hutch.Agent.Retention;
using Hutch.Agent.Rules;

namespace Hutch.Agent.Survey;

/// <summary>Explains to an operator what the agent makes of a folder, a line each.</summary>
public static class FolderExplanation
{
    public static IReadOnlyList<string> Explain(FolderFinding finding)
    {
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
        foreach (string request in Requests(plan))
        {
            yield return $"  operators:   {request}";
        }

        yield return $"  block:       {Block(plan)}";
        foreach (string link in plan.FormerLinks)
        {
            yield return $"  former link: {Display.Name(link)} becomes a related identifier of the dataset";
        }

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

    private static IEnumerable<string> Requests(FolderPlan plan)
    {
        BlockOptions keys = plan.Rule.Options.Block;
        (string Name, YamlMap Block)[] blocks =
        [
            .. plan.OwnBlock is { } own ? [(plan.Block, own)] : Array.Empty<(string, YamlMap)>(),
            .. plan.OtherBlocks,
        ];
        return from block in blocks
               let request = RemovalRequest.Read(block.Block, keys)
               where request != RemovalRequest.None
               let said = string.Join(" and ", keys.OperatorKeys().Where(key => block.Block[key] is not null).Select(
                   key => $"{key}: {TextOf(block.Block[key]!)}"))
               select $"'{block.Name}' says {said}{(request.Problem is null ? "" : ", which cannot be read: the files stay")}"
                   + (blocks.Length > 1 ? "; of several blocks, the later end counts" : "");
    }

    private static string TextOf(YamlValue value) => value switch
    {
        YamlScalar scalar => Display.Name(scalar.Text),
        YamlList list => $"[{string.Join(", ", list.Items.OfType<YamlScalar>().Select(TextOf))}]",
        _ => "(keys of its own)",
    };

    private static string Block(FolderPlan plan)
    {
        string name = plan.Block;
        string added = plan.OwnBlock is null
            ? $"'{name}' would be added to {Display.Name(plan.BlockFile)}"
            : $"'{name}' is there already; its values would be brought up to date";
        string other = name == plan.Rule.Options.Block.Name
            ? ""
            : $"; '{plan.Rule.Options.Block.Name}', which another program wrote, stays as it is";
        return added + other + (plan.BlockFile == plan.MetadataFile ? "" : $"; {Display.Name(plan.MetadataFile)} is not changed");
    }
}

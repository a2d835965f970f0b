using Hutch.Agent.Rules;

namespace Hutch.Agent.Survey;

/// <summary>Looks through the watched folders, changes nothing, and says of each candidate what would become of it.</summary>
/// <param name="rules">The rules, in their order: the first that matches a parent holds.</param>
/// <param name="limits">How large a metadata file may be.</param>
/// <param name="mustWrite">
/// True if folders that this process cannot write need attention: the agent has no side folder for their block.
/// </param>
public sealed class FolderSurvey(IReadOnlyList<FolderRule> rules, YamlLimits limits, bool mustWrite = false)
{
    private readonly FolderExaminer _examiner = new(limits);

    /// <summary>All candidates, by path. Folders that claim the same identity are all reported; none of them is to be published.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IReadOnlyList<FolderFinding> Run(CancellationToken cancellationToken)
    {
        var findings = new SortedDictionary<string, FolderFinding>(StringComparer.Ordinal);
        foreach (FolderRule rule in rules)
        {
            foreach (string parent in WatchedParents.Find(rule.Watch))
            {
                AddCandidates(parent, rule, findings, cancellationToken);
            }
        }

        return [.. WithoutDuplicates(findings.Values)];
    }

    /// <summary>The rules whose parents do not exist or cannot be read, a sentence each: a typing error, or a missing mount.</summary>
    public static IReadOnlyList<string> FindMissing(AgentOptions options)
    {
        return
        [
            .. options.Folders.Index()
                .Where(folder => FolderPattern.Parse(folder.Item.Watch).TryGet(out FolderPattern? watch, out _)
                    && !WatchedParents.Find(watch).Any(WatchedParents.IsReadable))
                .Select(folder => $"'agent.folders[{folder.Index}].watch': {Display.Quote(folder.Item.Watch)} does not exist, "
                    + "or this user cannot read it."),
        ];
    }

    /// <summary>The roots of adoptions that do not exist or cannot be read, a sentence each.</summary>
    public static IReadOnlyList<string> FindMissing(AdoptOptions options) =>
    [
        .. options.Roots.Index().Where(root => !WatchedParents.IsReadable(root.Item)).Select(
            root => $"'adopt.roots[{root.Index}]': {Display.Quote(root.Item)} does not exist, or this user cannot read it."),
    ];

    /// <summary>The rules with a folder that this process cannot write, a sentence each; none if blocks may be in a side folder.</summary>
    public static IReadOnlyList<string> FindReadOnly(AgentOptions options)
    {
        return options.SideFolder is not null ? [] :
        [
            .. options.Folders.Index()
                .Select(folder => (folder.Index, Path: FolderPattern.Parse(folder.Item.Watch).TryGet(out FolderPattern? watch, out _)
                    ? WatchedParents.Find(watch).Where(WatchedParents.IsReadable).Select(FindReadOnly)
                        .FirstOrDefault(static path => path is not null)
                    : null))
                .Where(static found => found.Path is not null)
                .Select(found => $"'agent.folders[{found.Index}]': this user cannot write to {Display.Quote(found.Path!)}, "
                    + "so the agent can add no block there and does not publish it."),
        ];
    }

    private static string? FindReadOnly(string parent)
    {
        using FolderHandle above = FolderHandle.Open(parent);
        return WatchedParents.Entries(parent)
            .Where(found => found.Type == FileType.Folder && found.Entry.IsUtf8 && !found.Entry.Name.StartsWith('.')
                && !above.MayWrite(found.Entry.Name))
            .Select(found => Path.Combine(parent, found.Entry.Name))
            .FirstOrDefault();
    }

    /// <summary>One folder, whether or not a rule watches it.</summary>
    public Result<FolderFinding> Inspect(string folder)
    {
        string parent = Path.GetDirectoryName(folder.TrimEnd('/')) ?? "/";
        return rules.FirstOrDefault(rule => rule.Watch.Matches(parent)) is { } rule
            ? Examine(parent, Path.GetFileName(folder.TrimEnd('/')), rule)
            : (ErrorCode.NotFound with { Advice = "Name a folder in a watched one, or list its parent under 'agent.folders'." }).With(
                $"{Display.Quote(folder)} is not watched: its parent {Display.Quote(parent)} matches none of "
                + $"{string.Join(", ", rules.Select(rule => Display.Quote(rule.Watch.ToString())))}.");
    }

    private void AddCandidates(
        string parent, FolderRule rule, SortedDictionary<string, FolderFinding> findings, CancellationToken cancellationToken)
    {
        foreach ((FolderEntry entry, FileType type) in WatchedParents.Entries(parent))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = Path.Combine(parent, entry.Name);
            if (type == FileType.Folder && !entry.Name.StartsWith('.'))
            {
                findings.TryAdd(path, entry.IsUtf8
                    ? Examine(parent, entry.Name, rule)
                    : new FolderFinding(path, Problem: "the name of the folder is not UTF-8: rename it."));
            }
        }
    }

    private FolderFinding Examine(string parent, string name, FolderRule rule)
    {
        string path = Path.Combine(parent, name);
        try
        {
            using FolderHandle above = FolderHandle.Open(parent);
            using FolderHandle? folder = above.TryOpenFolder(name);
            FolderFinding finding = folder is null
                ? new FolderFinding(path, Problem: "there is no folder of this name, or it is a link, which is not followed.")
                : _examiner.Examine(folder, path, rule);
            return mustWrite && finding.Plan is { } plan && !above.MayWrite(name)
                ? new FolderFinding(
                    path,
                    Problem: $"this user cannot write the block into {plan.BlockFile}: let it write there, or set 'agent.sideFolder'.",
                    MetadataFile: plan.MetadataFile)
                : finding;
        }
        catch (IOException e)
        {
            return new FolderFinding(path, Problem: $"it cannot be read: {e.Message}");
        }
    }

    private static IEnumerable<FolderFinding> WithoutDuplicates(IReadOnlyCollection<FolderFinding> findings)
    {
        ILookup<string, string> folders = findings.Where(finding => finding.Plan is not null)
            .ToLookup(finding => finding.Plan!.Identity, finding => finding.Folder, StringComparer.Ordinal);
        foreach (FolderFinding finding in findings)
        {
            string? twin = finding.Plan is { } plan ? folders[plan.Identity].FirstOrDefault(other => other != finding.Folder) : null;
            yield return twin is null
                ? finding
                : new FolderFinding(
                    finding.Folder,
                    Problem: $"'{finding.Plan!.Rule.Options.IdentityKey}' is {Display.Quote(finding.Plan.Identity)}, as in "
                    + $"{Display.Quote(twin)}: two folders cannot be the same dataset. Correct it in one of them.");
        }
    }
}

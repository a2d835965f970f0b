using Hutch.Agent.Rules;

namespace Hutch.Agent.Survey;

/// <summary>Looks through the watched folders, changes nothing, and says of each candidate what would become of it.</summary>
/// <param name="rules">The rules, in their order: the first that matches a parent holds.</param>
/// <param name="limits">How large a metadata file may be.</param>
public sealed class FolderSurvey(IReadOnlyList<FolderRule> rules, YamlLimits limits)
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
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            .. options.Folders.Index()
                .Where(folder => FolderPattern.Parse(folder.Item.Watch).TryGet(out FolderPattern? watch, out _)
                    && !WatchedParents.Find(watch).Any(WatchedParents.IsReadable))
                .Select(folder => $"'agent.folders[{folder.Index}].watch': {Display.Quote(folder.Item.Watch)} does not exist, "
                    + "or this user cannot read it."),
        ];
    }

    /// <summary>One folder, whether or not a rule watches it.</summary>
    public Result<FolderFinding> Inspect(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
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
            return folder is null
                ? new FolderFinding(path, Problem: "there is no folder of this name, or it is a link, which is not followed.")
                : _examiner.Examine(folder, path, rule);
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

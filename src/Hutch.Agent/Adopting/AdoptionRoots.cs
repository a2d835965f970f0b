using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Disk;

namespace Hutch.Agent.Adopting;

/// <summary>Says which folders can be adopted: those below a root of the configuration that nothing else of the server uses.</summary>
/// <param name="own">The server's own folders by their names in a refusal, such as its data folder.</param>
internal sealed class AdoptionRoots(AdoptOptions options, IReadOnlyList<FolderRule> rules, IReadOnlyDictionary<string, string> own)
{
    public bool AreNone => options.Roots.Count == 0;

    /// <summary>Returns the path with its links resolved, or why it cannot be adopted.</summary>
    /// <param name="isStore">True to adopt it as a RIA store.</param>
    /// <param name="published">The datasets whose files stay in folders. Those of the same adoption are no refusal.</param>
    public Result<string> Check(string path, bool isStore, IEnumerable<SiteDataset> published)
    {
        if (AreNone)
        {
            return (ErrorCode.Forbidden with { Advice = "List the folders below which folders may be adopted under 'adopt.roots'." }).With(
                "Nothing can be adopted here: 'adopt.roots' of the configuration is empty.");
        }

        if (!Path.IsPathRooted(path) || RealPath.Resolve(path) is not { } real || !SmallFile.FolderExists(real))
        {
            return ErrorCode.NotFound.With($"{Display.Quote(path)} is no folder that this server can see.");
        }

        if (!options.Roots.Any(root => RealPath.Resolve(root) is { } there && IsIn(real, there)))
        {
            return (ErrorCode.Forbidden with { Advice = "List a folder above it under 'adopt.roots' of the configuration." }).With(
                $"{Display.Quote(path)} cannot be adopted: it is in none of the folders under 'adopt.roots', links followed.");
        }

        string? other = own.Where(one => Overlap(real, RealPath.Resolve(one.Value) ?? one.Value)).Select(one => one.Key).FirstOrDefault()
            ?? (rules.Any(rule => IsWatched(real, rule)) ? "a folder that the facility agent watches" : null)
            ?? published.Where(dataset => AdoptedFolder.Of(dataset) is not { } known || known.Root != real || known.IsStore != isStore)
                .Select(dataset => AdoptedFolder.Of(dataset)?.Root ?? dataset.Folder!)
                .Where(folder => Overlap(real, folder))
                .Select(folder => $"{Display.Quote(folder)}, which has datasets already").FirstOrDefault();
        return other is null
            ? real
            : ErrorCode.Conflict.With($"{Display.Quote(path)} cannot be adopted: it overlaps {other}.");
    }

    private static bool IsWatched(string path, FolderRule rule)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return names.Take(rule.Watch.Names.Count).Select((name, level) => rule.Watch.Matches(level, name)).All(static matches => matches)
            || WatchedParents.Find(rule.Watch).Any(parent => RealPath.Resolve(parent) is { } there && Overlap(path, there));
    }

    internal static bool Overlap(string path, string other) => IsIn(path, other) || IsIn(other, path);

    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal)
        && (path.Length == folder.Length || folder == "/" || path[folder.Length] == '/');
}

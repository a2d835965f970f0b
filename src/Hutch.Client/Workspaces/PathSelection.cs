namespace Hutch.Client.Workspaces;

/// <summary>Picks what a person names in a working directory: paths, relative to the folder the person is in, and all below them.</summary>
public static class PathSelection
{
    /// <summary>
    /// The entries at or below the given paths; all entries if none are given. Throws after the last if a path matches nothing.
    /// </summary>
    internal static IEnumerable<TrackedFile> Select(
        Workspace workspace, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        string[] wanted = [.. paths.Select(p => Relative(workspace, p))];
        var missing = wanted.ToHashSet(StringComparer.Ordinal);
        LocalScan scan = workspace.Scan();
        foreach (TrackedFile file in LocalTree.Walk(workspace, scan, cancellationToken).Where(f => !f.Gone))
        {
            string[] matched = [.. wanted.Where(w => IsAtOrBelow(file.Item.LocalPath, w))];
            missing.ExceptWith(matched);
            if (paths.Count == 0 || matched.Length > 0)
            {
                yield return file;
            }
        }

        if (missing.Count > 0)
        {
            throw ErrorCode.NotFound.With(
                $"{Display.Quote(wanted.First(missing.Contains))} does not exist in the working directory {Display.Quote(workspace.Path)}"
                + (scan.Ignored > 0 ? ", or is ignored." : ".")).ToException();
        }
    }

    /// <summary>Returns true if a path of a dataset is the wanted one, or below it.</summary>
    public static bool IsAtOrBelow(string path, string wanted) =>
        wanted.Length == 0 || path == wanted
        || (path.Length > wanted.Length && path[wanted.Length] == '/' && path.StartsWith(wanted, StringComparison.Ordinal));

    /// <summary>A path that a person named, relative to the working directory; empty for its top. Throws when it is outside.</summary>
    public static string Relative(Workspace workspace, string path)
    {
        string relative = Path.GetRelativePath(workspace.Path, Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))
            .Replace(Path.DirectorySeparatorChar, '/');
        return relative switch
        {
            "." => "",
            ".." => throw Outside(path),
            _ when relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative) => throw Outside(path),
            _ => string.Join('/', relative.Split('/').Select(FolderHandle.NameOf)),
        };
    }

    private static HutchException Outside(string path) =>
        (ErrorCode.InvalidPath with { Advice = "Use a path inside it." })
            .With($"{Display.Quote(path)} is outside the working directory.").ToException();
}

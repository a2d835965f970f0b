using System.Text.RegularExpressions;

namespace Hutch.Site.Write.Repositories;

/// <summary>The files of the tree with the git content: those of a bare repository with packed refs and packed objects.</summary>
public static partial class RepositoryLayout
{
    public const string HeadFile = "HEAD";
    public const string RefsFile = "packed-refs";
    public const string ConfigurationFile = "config";
    public const string PackFolder = "objects/pack/";
    public const string PackEnd = ".pack";
    public const string IndexEnd = ".idx";

    /// <summary>The constant content of <see cref="ConfigurationFile"/>: git runs programs that a configuration names.</summary>
    public static ReadOnlySpan<byte> Configuration => "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"u8;

    public const int MaxFiles = 10_000;

    /// <summary>Returns the reason why received files are no repository of this layout; null when they are.</summary>
    public static HutchError? FindFault(IReadOnlyCollection<PathEntry> files)
    {
        HashSet<string> paths = [.. files.Select(static file => file.Path.Value)];
        foreach (PathEntry file in files)
        {
            if (!IsOne(file, paths))
            {
                return ErrorCode.Unprocessable.With($"What git brought has {Display.Quote(file.Path.Value)}, which is no file of it.");
            }
        }

        return null;
    }

    private static bool IsOne(PathEntry file, HashSet<string> paths) => file.Entry.Kind == EntryKind.File && file.Path.Value switch
    {
        HeadFile or RefsFile => true,
        ConfigurationFile => file.Entry.Hash == BlobHash.Compute(Configuration),
        var path => PackFile().Match(path) is { Success: true } pack
            && paths.Contains(pack.Groups["name"].Value + (path.EndsWith(PackEnd, StringComparison.Ordinal) ? IndexEnd : PackEnd)),
    };

    [GeneratedRegex("^(?<name>objects/pack/pack-[0-9a-f]{40})\\.(pack|idx)$", RegexOptions.ExplicitCapture)]
    private static partial Regex PackFile();
}

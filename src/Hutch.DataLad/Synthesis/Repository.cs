using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Synthesis;

/// <summary>The versions of a dataset that stay, as a git repository: its commits and refs. Immutable.</summary>
/// <param name="Main">The commits of the branch of versions, oldest first.</param>
/// <param name="Tagged">Commits aside of it: automatic snapshots that have a tag.</param>
/// <param name="Annex">The commit of <c>git-annex</c>; null when there is no version.</param>
/// <param name="Imported">The refs that git brought; null when it brought nothing.</param>
internal sealed record Repository(
    PermanentVersions Permanent, IReadOnlyList<GitCommit> Main, IReadOnlyList<GitCommit> Tagged, ObjectId? Annex, RefTable? Imported)
{
    public const string Head = "HEAD";

    private const string TagPrefix = "refs/tags/";

    public string MainRef => Imported?.Head ?? RefTable.MainRef;

    /// <summary>The newest commit of the branch of versions; null when there is none.</summary>
    public ObjectId? Tip => Main.Count > 0 ? Main[^1].Id : null;

    /// <summary>The refs in the order of their names, HEAD first.</summary>
    public IReadOnlyList<(string Name, ObjectId Id)> Refs()
    {
        var refs = new SortedDictionary<string, ObjectId>(StringComparer.Ordinal);
        var imported = new SortedSet<string>(Imported?.Refs.Keys ?? [], StringComparer.Ordinal);
        foreach (GitCommit commit in Main.Concat(Tagged))
        {
            foreach (string tag in commit.Snapshot.Tags.Where(
                tag => IsRefName(tag) && RefTable.FindBelow(imported, TagPrefix + tag) is null))
            {
                refs[TagPrefix + tag] = commit.Id;
            }
        }

        foreach ((string name, ObjectId id) in Imported?.Shown ?? [])
        {
            refs[name] = id;
        }

        if (Annex is { } annex)
        {
            refs[AnnexBranch.Ref] = annex;
        }

        if (Tip is not { } tip)
        {
            return [.. refs.Select(static one => (one.Key, one.Value))];
        }

        refs[MainRef] = tip;
        return [(Head, tip), .. refs.Select(static one => (one.Key, one.Value))];
    }

    /// <summary>The place of a commit among those of the branch of versions; -1 when it is not there.</summary>
    public int PlaceInMain(ObjectId id)
    {
        for (int i = Main.Count - 1; i >= 0; i--)
        {
            if (Main[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Returns true if clients may request it: it is a version, or a ref names it directly.</summary>
    public bool Has(ObjectId id) =>
        id == Annex || PlaceInMain(id) >= 0 || Tagged.Any(commit => commit.Id == id) || Imported?.Shown.Any(one => one.Value == id) == true;

    /// <summary>git has a few names less than Hutch has tags (git-check-ref-format).</summary>
    private static bool IsRefName(string tag) =>
        !tag.Contains("..", StringComparison.Ordinal) && !tag.EndsWith('.') && !tag.EndsWith(".lock", StringComparison.Ordinal);
}

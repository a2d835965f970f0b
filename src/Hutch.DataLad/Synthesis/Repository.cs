using Hutch.DataLad.Objects;
using Hutch.Datasets.Versions;

namespace Hutch.DataLad.Synthesis;

/// <summary>The versions of a dataset that stay, as a git repository: its commits and refs. Immutable.</summary>
/// <param name="Kept">The versions.</param>
/// <param name="Main">The commits of <c>main</c>, oldest first.</param>
/// <param name="Tagged">Commits aside of it: automatic snapshots that have a tag.</param>
/// <param name="Annex">The commit of <c>git-annex</c>; null when there is no version.</param>
internal sealed record Repository(
    KeptVersions Kept, IReadOnlyList<GitCommit> Main, IReadOnlyList<GitCommit> Tagged, ObjectId? Annex)
{
    public const string MainRef = "refs/heads/main";
    public const string Head = "HEAD";

    private const string TagPrefix = "refs/tags/";

    /// <summary>The refs in the order of their names, HEAD first.</summary>
    public IReadOnlyList<(string Name, ObjectId Id)> Refs()
    {
        var refs = new List<(string Name, ObjectId Id)>();
        if (Main.Count > 0)
        {
            refs.Add((Head, Main[^1].Id));
        }

        if (Annex is { } annex)
        {
            refs.Add((AnnexBranch.Ref, annex));
        }

        if (Main.Count > 0)
        {
            refs.Add((MainRef, Main[^1].Id));
        }

        refs.AddRange(Main.Concat(Tagged)
            .SelectMany(static commit => commit.Snapshot.Tags.Where(IsRefName).Select(tag => (TagPrefix + tag, commit.Id)))
            .OrderBy(static tag => tag.Item1, StringComparer.Ordinal));
        return refs;
    }

    /// <summary>The place of a commit in <c>main</c>; -1 when it is not there.</summary>
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

    public GitCommit? FindTagged(ObjectId id) => Tagged.FirstOrDefault(commit => commit.Id == id);

    /// <summary>Whether somebody may ask for it.</summary>
    public bool Has(ObjectId id) => id == Annex || PlaceInMain(id) >= 0 || FindTagged(id) is not null;

    /// <summary>git has a few names less than Hutch has tags (git-check-ref-format).</summary>
    private static bool IsRefName(string tag) =>
        !tag.Contains("..", StringComparison.Ordinal) && !tag.EndsWith('.') && !tag.EndsWith(".lock", StringComparison.Ordinal);
}

using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Synthesis;

/// <param name="Parent">The place of the commit before it among those of <c>main</c>; -1 for none.</param>
/// <param name="Tree">Its tree; zero when git brought the commit, whose text says it.</param>
/// <param name="IsImported">Whether git brought it, or it was recorded when git brought something later.</param>
internal sealed record GitCommit(SiteSnapshot Snapshot, int Parent, ObjectId Tree, ObjectId Id, bool IsImported = false)
{
    private const long MillisecondsPerSecond = 1000;

    /// <summary>
    /// The commit text of a snapshot. All of it was fixed with the snapshot: the author's login name and the zone, but no display
    /// name, mail address or host, since those change.
    /// </summary>
    public static CommitText TextOf(DatasetId dataset, SiteSnapshot snapshot, ObjectId tree, ObjectId? parent, string zone)
    {
        string number = snapshot.Number.ToString(CultureInfo.InvariantCulture);
        string words = snapshot.Message?.ReplaceLineEndings("\n").Trim() is { Length: > 0 } said ? said : "Snapshot @" + number;
        string login = snapshot.Author.Replace(':', '-');
        return new CommitText(
            tree, parent, login, $"{login}@{zone}", snapshot.Time / MillisecondsPerSecond,
            $"{words}\n\nHutch-Version: {dataset}@{number}\nHutch-Tree: {snapshot.Root.Page}\n");
    }
}

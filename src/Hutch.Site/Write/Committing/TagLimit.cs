namespace Hutch.Site.Write.Committing;

/// <summary>Bounds the tags of a dataset: all of them are read with each of its snapshots, in the committer too.</summary>
internal static class TagLimit
{
    public const int MaxTags = 5000;

    public static HutchError? FindRefusal(SiteQueries queries, SiteDataset dataset, string tag) =>
        queries.CountTags(dataset.Key) < MaxTags || queries.TaggedSnapshot(dataset.Key, tag) is not null
            ? null
            : ErrorCode.TooLarge.With($"Dataset '{dataset.Owner}/{dataset.Slug}' has {MaxTags} tags, the maximum. Remove some first.");
}

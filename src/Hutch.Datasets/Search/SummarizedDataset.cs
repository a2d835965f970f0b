namespace Hutch.Datasets.Search;

internal static class SummarizedDataset
{
    /// <summary>Makes a record: the zone learns of the trash and of the end first, but not of an expiry.</summary>
    public static SiteDataset RecordOf(NameRecord name, DatasetSummary summary) => new()
    {
        Key = 0,
        Id = summary.Dataset,
        Owner = name.Owner.Name,
        Slug = name.Slug,
        Title = summary.Title,
        Type = summary.Type,
        Origin = summary.Origin,
        Created = summary.Created,
        CreatedBy = "",
        Root = TreeRoot.Empty,
        Changed = summary.HeadVersion,
        Snapshot = summary.Snapshot,
        LastNumber = summary.Snapshot ?? 0,
        Closed = summary.Closed,
        Expires = summary.Expires,
        Folder = summary.InFolder ? "" : null,
        TrashedUntil = name.Home.TrashedUntil?.ToUnixTimeMilliseconds(),
        Ended = name.Home.EndedAt?.ToUnixTimeMilliseconds() ?? summary.Ended,
    };
}

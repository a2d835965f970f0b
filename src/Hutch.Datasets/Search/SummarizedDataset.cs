namespace Hutch.Datasets.Search;

internal static class SummarizedDataset
{
    /// <summary>Makes a record: the zone learns of the trash and of the end first, but not of an expiry.</summary>
    public static SiteDataset RecordOf(NameRecord name, DatasetSummary told) => new()
    {
        Key = 0,
        Id = told.Dataset,
        Owner = name.Owner.Name,
        Slug = name.Slug,
        Title = told.Title,
        Type = told.Type,
        Origin = told.Origin,
        Created = told.Created,
        CreatedBy = "",
        Root = TreeRoot.Empty,
        Changed = told.HeadVersion,
        Snapshot = told.Snapshot,
        LastNumber = told.Snapshot ?? 0,
        Closed = told.Closed,
        Expires = told.Expires,
        Folder = told.InFolder ? "" : null,
        TrashedUntil = name.Home.TrashedUntil?.ToUnixTimeMilliseconds(),
        Ended = name.Home.EndedAt?.ToUnixTimeMilliseconds() ?? told.Ended,
    };
}

namespace Hutch.Api.Documents;

internal static class StorageDocuments
{
    public static StorageInfo From(SiteStorage storage) => new()
    {
        Total = new StorageTotal
        {
            Bytes = storage.Bytes,
            Logical = storage.Owners.Sum(owner => owner.Usage.Bytes),
            Segments = storage.Segments,
            Free = storage.Free,
        },
        Owners = [.. storage.Owners.Select(From)],
        History =
            [.. storage.History.Select(day => new OwnerDay { Day = day.Day, Owner = day.Owner, Bytes = day.Bytes, Entries = day.Entries })],
    };

    public static OwnerStorage From(QuotaStatus holding) => new()
    {
        Owner = holding.Usage.Owner,
        Bytes = holding.Usage.Bytes,
        Entries = holding.Usage.Entries,
        Datasets = holding.Usage.Datasets,
        QuotaBytes = holding.Quota?.Bytes,
        QuotaEntries = holding.Quota?.Entries,
    };
}

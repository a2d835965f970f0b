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

    private static double CoreHours(long milliseconds) => Math.Round(milliseconds / 3_600_000.0, 4);

    public static OwnerStorage From(QuotaStatus holding) => new()
    {
        Owner = holding.Usage.Owner,
        Bytes = holding.Usage.Bytes,
        Entries = holding.Usage.Entries,
        Datasets = holding.Usage.Datasets,
        QuotaBytes = holding.Quota?.Bytes,
        QuotaEntries = holding.Quota?.Entries,
        CoreHours = CoreHours(holding.Processors.Total),
        CoreHoursThisMonth = CoreHours(holding.Processors.ThisMonth),
        CoreHoursReserved = CoreHours(holding.Processors.Reserved),
        BudgetCoreHours = holding.Budget is { } budget ? CoreHours(budget.CoreMilliseconds) : null,
        BudgetMonthly = holding.Budget?.IsMonthly,
    };
}

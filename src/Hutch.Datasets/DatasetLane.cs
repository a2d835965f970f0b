using Hutch.Catalog.Site;
using Hutch.Storage.Segments;

namespace Hutch.Datasets;

/// <summary>Which lane of the store the bytes of a dataset belong in.</summary>
public static class DatasetLane
{
    /// <summary>The lane that lasts, or for transient data that of the day on which they end, so that whole segments go at once.</summary>
    public static Lane Of(SiteDataset dataset) => dataset.Expires is long expires
        ? Lane.Until(DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(expires).UtcDateTime))
        : Lane.Main;
}

namespace Hutch.Site.Write.Committing;

internal static class DatasetLane
{
    /// <summary>
    /// Returns the lane that lasts, or for transient data that of the day on which it ends, so that whole segments go at once.
    /// </summary>
    public static Lane For(SiteDataset dataset) => dataset.Expires is long expires
        ? Lane.Until(DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(expires).UtcDateTime))
        : Lane.Main;

    /// <summary>Returns the end of a lane: the end of its last day (UTC), in milliseconds since 1970; null for a lane that lasts.</summary>
    public static long? EndOf(Lane lane) =>
        lane.Expires is { } day ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds() : null;
}

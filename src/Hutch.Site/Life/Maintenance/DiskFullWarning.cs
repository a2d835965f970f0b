namespace Hutch.Site.Life.Maintenance;

internal static class DiskFullWarning
{
    /// <summary>Slightly more than a write needs at once, so that the warning comes before writes are refused.</summary>
    public const long NeededBytes = 16L << 20;

    public static SiteWarning Full(long freeBytes, long reserveBytes) => new(
        "disk-full",
        $"The disk of the data folder is full, and writes are refused: {Display.Bytes(freeBytes)} are free, and "
            + $"{Display.Bytes(reserveBytes)} are reserved for deletes and recovery.",
        "Make room on it: `hutch gc` frees unreferenced data. Writes then continue automatically.");
}

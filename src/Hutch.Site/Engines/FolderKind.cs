namespace Hutch.Site.Engines;

/// <summary>
/// The kind of a data folder: of a site, or of one of several servers of a site that is stored elsewhere. Confusing them would serve the
/// first as an empty site, or the second as if nothing were stored elsewhere.
/// </summary>
public static class FolderKind
{
    public const string ServerFile = "server.json";

    public const string Segments = "segments";

    private const string Accounts = "zone.db";

    /// <summary>Refuses a data folder of the other kind. Reads only; a missing folder is of any kind.</summary>
    /// <exception cref="HutchException">It is of the other kind.</exception>
    public static void Require(IDisk disk, string dataFolder, bool isServers)
    {
        string? found = isServers ? FindSite(disk, dataFolder) : disk.FileExists(Path.Combine(dataFolder, ServerFile)) ? ServerFile : null;
        if (found is not null)
        {
            throw ErrorCode.BadConfiguration.With(isServers
                ? $"The data folder {Display.Quote(dataFolder)} is a site of its own: it has '{found}'. A server of a site in PostgreSQL "
                    + "and an object store needs a folder of its own, empty at first: give another one with --data, or serve this one "
                    + "without --records and --objects (section 'engine'). Nothing was changed."
                : $"The data folder {Display.Quote(dataFolder)} is that of a server whose site is in PostgreSQL and an object store: it "
                    + $"has '{found}'. Start it with --records and --objects (section 'engine'), or give another folder with --data. "
                    + "Nothing was changed.").ToException();
        }
    }

    private static string? FindSite(IDisk disk, string dataFolder) =>
        disk.ListFiles(Path.Combine(dataFolder, Segments)).Count > 0 ? Segments + "/"
        : disk.FileExists(Path.Combine(dataFolder, Accounts)) ? Accounts
        : null;
}

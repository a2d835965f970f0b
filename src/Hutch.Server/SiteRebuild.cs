namespace Hutch.Server;

/// <summary>Makes <c>site.db</c> anew from the segments, for a data folder that no server has open.</summary>
public static class SiteRebuild
{
    /// <summary>The suffix of the previous database, which is kept until the next rebuild or purge.</summary>
    public const string OldSuffix = RecordsFile.BeforeRebuildSuffix;

    /// <summary>
    /// Sets the database aside and fills a new one. Interrupted, it can be started again; so can the server, which then finishes it.
    /// </summary>
    /// <returns>Journal records that the new database accounts for.</returns>
    public static async Task<long> RunAsync(ServeOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        DataFolder.RequireThere(options.DataFolder);
        using DataFolder folder = await DataFolder.OpenAsync(LocalDisk.Instance, options, ct);
        new RecordsFile(folder.Path).SetAside(OldSuffix);
        using ILoggerFactory loggers = Loggers.Create(options);
        await using SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, folder.Path, options.Site, options.Time, loggers, ct);
        return site.AppliedSequence;
    }
}

using Hutch.Datasets.Servers;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Upkeep;

internal static class ClusterLoads
{
    private const int MaxTransfers = 200;

    public static IReadOnlyList<ClassLoad> Classes(IReadOnlyList<ServerAnswer> servers) =>
    [
        .. States(servers).SelectMany(static state => state.Classes).GroupBy(static load => load.Class).OrderBy(static one => one.Key)
            .Select(static one => new ClassLoad(
                one.Key, one.Sum(static load => load.Running), one.Sum(static load => load.Waiting), one.Sum(static load => load.BytesRead),
                one.Sum(static load => load.BytesWritten), one.Sum(static load => load.BytesPerSecond))),
    ];

    /// <summary>Returns the transfers, the oldest first.</summary>
    public static IReadOnlyList<TransferLoad> Transfers(IReadOnlyList<ServerAnswer> servers) =>
        [.. States(servers).SelectMany(static state => state.Transfers).OrderBy(static one => one.Started).Take(MaxTransfers)];

    /// <summary>
    /// Returns the load of captures; a proxy may send the entries of one to several servers. The one with the latest write comes first.
    /// </summary>
    public static IReadOnlyList<CaptureLoad> Captures(IReadOnlyList<ServerAnswer> servers) =>
    [
        .. States(servers).SelectMany(static state => state.Captures).GroupBy(static load => load.Dataset)
            .Select(static one => one.MaxBy(static load => load.Last)! with
            {
                Entries = one.Sum(static load => load.Entries),
                EntriesPerSecond = one.Sum(static load => load.EntriesPerSecond),
                BytesPerSecond = one.Sum(static load => load.BytesPerSecond),
            })
            .OrderByDescending(static load => load.Last),
    ];

    public static IEnumerable<SiteWarning> Problems(IReadOnlyList<ServerAnswer> servers) =>
        servers.Where(static one => one.Trouble is not null).Select(static one => new SiteWarning(
            "server-silent",
            one.Server is { } server
                ? $"The server {Display.Quote(server.Name)} does not say what it does: {one.Trouble}"
                : $"Which servers the site has is not known: {one.Trouble}",
            "What passes through it is not shown here. Look at `hutch servers`."));

    private static IEnumerable<ServerState> States(IReadOnlyList<ServerAnswer> servers) =>
        servers.Select(static one => one.State).OfType<ServerState>();
}

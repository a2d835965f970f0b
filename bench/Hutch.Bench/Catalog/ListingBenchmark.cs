using System.Globalization;
using Hutch.Catalog.Sqlite;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Bench.Catalog;

/// <summary>
/// Pages of a listing of a dataset with a million entries, from anywhere in it, beside the same question to a table of a database that
/// has no index. In processor time, so that a busy machine changes little.
/// </summary>
internal sealed class ListingBenchmark : IBenchmark
{
    private const int Frames = 500_000;
    private const int Scans = 1_000;
    private const int FramesInScan = 500;
    private const int PageEntries = 1_000;
    private const int Rounds = 200;
    private const int PeerRounds = 20;

    public string Name => "listing";

    public string Description => "a page of 1000 of a dataset with 1 M entries, from anywhere in it, beside a table without an index; aim: milliseconds";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, context.Folder, new SiteOptions(), TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        DatasetId id = await FillAsync(site, cancellationToken);
        await using SqliteDatabase table = SqliteDatabase.Open(
            Path.Combine(context.Folder, "plain.db"),
            SqliteOptions.View,
            [new Migration(1, "entries", "CREATE TABLE entries (path TEXT NOT NULL, target TEXT NOT NULL)")],
            TimeProvider.System);
        await table.WriteAsync(Insert, cancellationToken);
        using SqliteLease reader = await table.RentReaderAsync(cancellationToken);

        foreach ((string what, bool delimited, string sql) in Questions())
        {
            Report(context, "hutch, " + what, Measure(Rounds, after => List(site, id, delimited, after, cancellationToken)));
            Report(context, "no index, " + what, Measure(PeerRounds, after => LookThrough(reader.Session, sql, after)));
        }
    }

    private static (string What, bool Delimited, string Sql)[] Questions() =>
    [
        ("flat", false, $"SELECT path, target FROM entries WHERE path > $1 ORDER BY path LIMIT {PageEntries}"),
        (
            "by directory",
            true,
            "SELECT DISTINCT CASE WHEN path LIKE 'scan/%' THEN 'scan/' ELSE path END FROM entries WHERE path > $1 ORDER BY 1 "
            + $"LIMIT {PageEntries}"),
    ];

    private static string PathOf(int i) => i < Frames
        ? string.Create(CultureInfo.InvariantCulture, $"frame_{i:d7}.cbf")
        : string.Create(CultureInfo.InvariantCulture, $"scan/{(i - Frames) / FramesInScan:d4}/{(i - Frames) % FramesInScan:d4}.cbf");

    private static IEnumerable<int> All() => Enumerable.Range(0, Frames + (Scans * FramesInScan));

    private static async Task<DatasetId> FillAsync(SiteServices site, CancellationToken ct)
    {
        var id = new DatasetId(Guid.NewGuid());
        SiteDataset dataset = (await site.Lifecycle.CreateAsync(new NewDataset { Id = id, Owner = "bench", Slug = "million", By = "bench" }, ct)).Value;
        SiteSession session = (await site.Pushes.StartAsync(dataset.Id, null, "bench", ct)).Value;
        using PushCommit commit = (await site.PushCommits.BeginAsync(session, static _ => Task.FromResult<IReadOnlyList<TreeView>>([]), ct)).Value;
        foreach (int[] portion in All().Chunk(PushCommit.PortionChanges))
        {
            TreeChange[] changes = [.. portion.Select(i => new TreeChange(DatasetPath.Parse(PathOf(i)).Value, Entry.Link("target")))];
            _ = (await commit.AddAsync(changes, ct)).Value;
        }

        _ = (await commit.FinishAsync(null, ct)).Value;
        return id;
    }

    private static int Insert(SqliteSession session)
    {
        SqliteStatement insert = session.Prepared("INSERT INTO entries VALUES ($1, $2)");
        foreach (int i in All())
        {
            insert.Run(PathOf(i), "target");
        }

        return 0;
    }

    private static List<double> Measure(int rounds, Func<string, int> list)
    {
        var random = new Random(1);
        List<double> times = [];
        for (int i = 0; i < rounds; i++)
        {
            string after = PathOf(random.Next(Frames - PageEntries));
            int found = 0;
            times.Add(BenchmarkContext.TimeProcessor(() => found = list(after)));
            if (found != PageEntries)
            {
                throw new InvalidOperationException($"A page after {after} has {found} entries.");
            }
        }

        times.Sort();
        return times;
    }

    private static int List(SiteServices site, DatasetId id, bool delimited, string after, CancellationToken ct)
    {
        return ListAsync().GetAwaiter().GetResult();

        async Task<int> ListAsync()
        {
            TreeView view = (await site.Heads.ResolveAsync(id, null, ct)).Value;
            var query = new ListQuery { Delimited = delimited, After = after, Limit = PageEntries };
            return (await site.Heads.ListAsync(view, query, ct)).Items.Count;
        }
    }

    private static int LookThrough(SqliteSession session, string sql, string after)
    {
        using SqliteRows rows = session.Prepared(sql).Query(after);
        int found = 0;
        while (rows.Next())
        {
            found++;
        }

        return found;
    }

    private static void Report(BenchmarkContext context, string what, List<double> times) => context.Report(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-24} p50 {times[times.Count / 2]:0.00} ms, p99 {times[times.Count * 99 / 100]:0.00} ms, worst {times[^1]:0.00} ms"));
}

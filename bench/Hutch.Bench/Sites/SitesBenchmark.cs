using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.Stores;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Peers;

namespace Hutch.Bench.Sites;

/// <summary>What it takes to have a dataset at another site, durable and verified there, beside programs that only copy files.</summary>
internal sealed class SitesBenchmark : IBenchmark
{
    private const string Large = "LARGE", Small = "SMALL", Stage = "STAGE", Rules = "RULES", Read = "READ", Move = "MOVE", Rest = "REST",
        Engines = "ENGINES", Login = "LOGIN", Get = "GET";

    private static readonly Dictionary<string, string> NoVariables = [];

    public string Name => "sites";

    public string Description =>
        "a copy at another site beside curl (one large file) and rsync (many small ones); staging beside rclone copy; write to rule fulfilled; reads that are pulled through; the pause when a home moves; the first use of a site; GET with the zone's S3 key at a site beside the zone; copies into a site on PostgreSQL and Ceph beside a folder; a zone with 100 000 datasets and 1 000 rules at rest, and searches there and at a site; aim: >= 0.8 x curl";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        bool isQuick = context.IsQuick;
        FileSet large = isQuick ? new("1 x 256 MiB", 1, 256L << 20) : new("1 x 2 GiB", 1, 2L << 30);
        FileSet small = isQuick ? new("1 000 x 10 KiB", 1000, 10 << 10) : new("10 000 x 10 KiB", 10_000, 10 << 10);
        if (((string[])[Large, Small, Stage, Rules, Read, Move, Login, Get, Engines]).Any(part => Has(context, part)))
        {
            await using JoinedSites sites = await JoinedSites.StartAsync(Path.Combine(context.Folder, "sites"), [], cancellationToken);
            await WarmUpAsync(context, sites, cancellationToken);
            await WhereAsync(Large, () => CompareAsync(context, sites, large, "curl", CurlAsync, cancellationToken));
            await WhereAsync(Small, () => CompareAsync(context, sites, small, "rsync", RsyncAsync, cancellationToken));
            await WhereAsync(Stage, () => StageAsync(context, sites, large, cancellationToken));
            await WhereAsync(Stage, () => StageAsync(context, sites, small, cancellationToken));
            await WhereAsync(Rules, () => RulesAsync(context, sites, isQuick ? 3 : 10, cancellationToken));
            await WhereAsync(Read, () => ReadAsync(context, sites, isQuick ? 32L << 20 : 512L << 20, cancellationToken));
            await WhereAsync(Move, () => MoveAsync(context, sites, isQuick ? 1 : 5, cancellationToken));
            await WhereAsync(Login, () => OneZone.LogInAsync(context, sites, isQuick ? 20 : 200, cancellationToken));
            await WhereAsync(Get, () => OneZone.GetAsync(context, sites, TimeSpan.FromSeconds(isQuick ? 2 : 10), cancellationToken));
            await WhereAsync(Get, () => NarrowedKeys.GetAsync(context, sites, TimeSpan.FromSeconds(isQuick ? 2 : 10), cancellationToken));
            await WhereAsync(Engines, () => OneZone.CopyAsync(context, sites, [large, small], cancellationToken));
        }

        await WhereAsync(Rest, async () =>
        {
            // Nothing but what is counted has happened there.
            await using JoinedSites sites = await JoinedSites.StartAsync(Path.Combine(context.Folder, "rest"), [], cancellationToken);
            await new ZoneAtRest(context, sites).RunAsync(isQuick ? 10_000 : 100_000, isQuick ? 100 : 1000, cancellationToken);
        });

        async Task WhereAsync(string part, Func<Task> measure)
        {
            if (Has(context, part))
            {
                await measure();
            }
        }
    }

    private static bool Has(BenchmarkContext context, string part) => context.Cells.Has(part, 0, 0);

    private delegate Task<Measurement> Peer(JoinedSites sites, DatasetId dataset, string source, string target, CancellationToken ct);

    /// <summary>Servers run for months: what a process compiles for its first copies counts for nothing.</summary>
    private static async Task WarmUpAsync(BenchmarkContext context, JoinedSites sites, CancellationToken ct)
    {
        for (int i = 0; i < 3; i++)
        {
            string source = Path.Combine(context.Folder, $"warm-up-{i}");
            await new FileSet("large", 2, 64L << 20).WriteAsync(source, 9000 + i, ct);
            await sites.CopyAsync(await sites.PushAsync(source, $"warm-up-{i}", ct), ct);
            Directory.Delete(source, recursive: true);
        }
    }

    /// <summary>Each round has files of its own, since a site stores no bytes twice; who comes first changes.</summary>
    private static async Task CompareAsync(
        BenchmarkContext context, JoinedSites sites, FileSet files, string peerName, Peer peer, CancellationToken ct)
    {
        int rounds = context.IsQuick ? 1 : 3;
        List<Measurement> ours = [], theirs = [];
        for (int round = 0; round < rounds; round++)
        {
            string source = Path.Combine(context.Folder, "source"), target = Path.Combine(context.Folder, "target");
            await files.WriteAsync(source, round + 1, ct);
            DatasetId dataset = await sites.PushAsync(source, $"{peerName}-{round}", ct);
            bool isOursFirst = round % 2 == 0;
            await SyncAsync(ct);
            if (isOursFirst)
            {
                ours.Add(await sites.CopyAsync(dataset, ct));
                await SyncAsync(ct);
            }

            if (!context.IsAlone)
            {
                theirs.Add(await peer(sites, dataset, source, target, ct));
                await FileSet.RequireEqualAsync(source, target, ct);
                Directory.Delete(target, recursive: true);
                await SyncAsync(ct);
            }

            if (!isOursFirst)
            {
                ours.Add(await sites.CopyAsync(dataset, ct));
            }

            Directory.Delete(source, recursive: true);
        }

        context.Report($"copy of {files.Name}: hutch {Show(ours)}" + (theirs.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $", {peerName} {Show(theirs)}; ratio {BenchmarkContext.MedianRatio(theirs.Select(static one => one.Seconds), ours.Select(static one => one.Seconds)):0.00} x")));
    }

    /// <summary>The file as its home serves it, on the disk when it ends.</summary>
    private static Task<Measurement> CurlAsync(JoinedSites sites, DatasetId dataset, string source, string target, CancellationToken ct)
    {
        string file = Path.GetRelativePath(source, Directory.EnumerateFiles(source, "*.bin", SearchOption.AllDirectories).Single());
        string[] arguments =
            ["-ec", "curl --silent --fail --create-dirs --header \"Authorization: Bearer $1\" --output \"$2\" \"$3\"; sync --data \"$2\"", "curl",
            sites.Zone.Token, Path.Combine(target, file), Entry(sites.Zone, dataset, file)];
        return Measurement.RunAsync(source, NoVariables, "/bin/bash", arguments, ct);
    }

    /// <summary>A mirror of the folder from a daemon, on the disk when it ends.</summary>
    private static async Task<Measurement> RsyncAsync(JoinedSites sites, DatasetId dataset, string source, string target, CancellationToken ct)
    {
        int port = LoopbackPort.FindFree();
        string configuration = source + ".rsyncd";
        await File.WriteAllTextAsync(
            configuration, $"port = {port}\naddress = 127.0.0.1\nuse chroot = no\nuid = root\ngid = root\n[files]\npath = {source}\n", ct);
        await using PeerProcess daemon = await PeerProcess.StartAsync(
            PeerProcess.WithParent, ["/usr/bin/rsync", "--daemon", "--no-detach", $"--config={configuration}"], ct);
        await LoopbackPort.WaitAsync(port, ct);
        string[] arguments =
            ["-ec", "rsync --archive --exclude .hutch \"$1\" \"$2\"; sync --file-system \"$2\"", "rsync", $"rsync://127.0.0.1:{port}/files/", target + "/"];
        return await Measurement.RunAsync(source, NoVariables, "/bin/bash", arguments, ct);
    }

    /// <summary>The files of a dataset in a plain folder, verified, beside the same files from a WebDAV server; on the disk when either ends.</summary>
    private static async Task StageAsync(BenchmarkContext context, JoinedSites sites, FileSet files, CancellationToken ct)
    {
        string source = Path.Combine(context.Folder, "stage"), target = Path.Combine(context.Folder, "staged");
        await files.WriteAsync(source, 7000, ct);
        string name = $"stage-{files.Count}";
        await sites.PushAsync(source, name, ct);
        int port = LoopbackPort.FindFree();
        await using PeerProcess daemon = await PeerProcess.StartAsync(
            PeerProcess.WithParent, ["/usr/bin/rclone", "serve", "webdav", "--config=", $"--addr=127.0.0.1:{port}", "--exclude=.hutch/**", source], ct);
        await LoopbackPort.WaitAsync(port, ct);
        List<double> ours = [], theirs = [];
        for (int round = 0; round < (context.IsQuick ? 1 : 3); round++)
        {
            ours.Add(await TimeAsync(() => sites.StageAsync(name, target, ct)));
            theirs.Add(await TimeAsync(() => Measurement.RunAsync(
                source, NoVariables, "/bin/bash",
                ["-ec", "rclone copy --config= --webdav-url \"$1\" --webdav-vendor other :webdav: \"$2\"; sync --file-system \"$2\"", "rclone", $"http://127.0.0.1:{port}", target],
                ct)));
        }

        Directory.Delete(source, recursive: true);
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"stage of {files.Name}: hutch {BenchmarkContext.Median(ours):0.00} s, rclone {BenchmarkContext.Median(theirs):0.00} s; ratio {BenchmarkContext.MedianRatio(theirs, ours):0.00} x"));

        async Task<double> TimeAsync(Func<Task<Measurement>> run)
        {
            await SyncAsync(ct);
            double seconds = (await run()).Seconds;
            await FileSet.RequireEqualAsync(source, target, ct);
            Directory.Delete(target, recursive: true);
            return seconds;
        }
    }

    /// <summary>How long after the end of a push the archive has it: by a rule that is made then, and by one that was there before.</summary>
    private static async Task RulesAsync(BenchmarkContext context, JoinedSites sites, int count, CancellationToken ct)
    {
        var one = new FileSet("1 x 10 KiB", 1, 10 << 10);
        List<double> made = [];
        for (int i = 0; i < count; i++)
        {
            DatasetId dataset = await PushAsync(i);
            long start = Stopwatch.GetTimestamp();
            await sites.Zone.Client.AddRuleAsync(dataset, new AddDatasetRule { Rule = "1 copy where tier=archive" }, ct);
            await sites.UntilFulfilledAsync(dataset, ct);
            made.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        context.Report($"10 KiB pushed, then a rule for it → fulfilled: {ShowTimes(made)}");
        await sites.Zone.Client.AddRuleAsync(new AddRule { Rule = "1 copy where tier=archive", Owner = "admin" }, ct);
        double[] standing = await Task.WhenAll(Enumerable.Range(count, count).Select(async i =>
        {
            DatasetId dataset = await PushAsync(i);
            long start = Stopwatch.GetTimestamp();
            await sites.UntilCopiedAsync(dataset, ct);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }));
        context.Report($"10 KiB pushed under a rule for its owner → in the archive: {ShowTimes(standing)}");

        async Task<DatasetId> PushAsync(int number)
        {
            string source = Path.Combine(context.Folder, $"rule-{number}");
            await one.WriteAsync(source, 1000 + number, ct);
            return await sites.PushAsync(source, $"rule-{number}", ct);
        }
    }

    /// <summary>A file at a site that has no copy, twice, beside the same file at its home. Each round has a file of its own.</summary>
    private static async Task ReadAsync(BenchmarkContext context, JoinedSites sites, long bytes, CancellationToken ct)
    {
        List<double> home = [], first = [], again = [];
        for (int round = 0; round < (context.IsQuick ? 1 : 3); round++)
        {
            string source = Path.Combine(context.Folder, $"read-{round}");
            await new FileSet("1", 1, bytes).WriteAsync(source, 5000 + round, ct);
            DatasetId dataset = await sites.PushAsync(source, $"read-{round}", ct);
            await SyncAsync(ct);
            home.Add(await GetAsync(sites.Zone, dataset, source));
            first.Add(await GetAsync(sites.Compute, dataset, source));
            again.Add(await GetAsync(sites.Compute, dataset, source));
            Directory.Delete(source, recursive: true);
        }

        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"GET of {bytes >> 20} MiB: at its home {BenchmarkContext.Median(home):0.00} s; where no copy is {BenchmarkContext.Median(first):0.00} s ({BenchmarkContext.MedianRatio(home, first):0.00} x), again {BenchmarkContext.Median(again):0.00} s ({BenchmarkContext.MedianRatio(home, again):0.00} x)"));

        async Task<double> GetAsync(Site site, DatasetId dataset, string source)
        {
            string[] arguments = ["--silent", "--fail", "--output", "/dev/null", "--header", "Authorization: Bearer " + site.Token, Entry(site, dataset, "000/00000.bin")];
            return (await Measurement.RunAsync(source, NoVariables, "curl", arguments, ct)).Seconds;
        }
    }

    /// <summary>How long nobody can write to a dataset while its home moves: the longest time between two writes through the new home.</summary>
    private static async Task MoveAsync(BenchmarkContext context, JoinedSites sites, int count, CancellationToken ct)
    {
        List<double> pauses = [];
        for (int round = 0; round < count; round++)
        {
            string source = Path.Combine(context.Folder, $"move-{round}");
            await new FileSet("1 000 x 10 KiB", 1000, 10 << 10).WriteAsync(source, 6000 + round, ct);
            DatasetId dataset = await sites.PushAsync(source, $"move-{round}", ct);
            await sites.CopyAsync(dataset, ct);
            await sites.Zone.Client.MoveHomeAsync(dataset, new MoveHome { Site = sites.Archive.Name }, ct);
            pauses.Add(await LongestPauseAsync(sites, dataset, ct));
            Directory.Delete(source, recursive: true);
        }

        context.Report($"home of 1 000 x 10 KiB moved while somebody writes: nobody could write for {ShowTimes(pauses)}");
    }

    private static async Task<double> LongestPauseAsync(JoinedSites sites, DatasetId dataset, CancellationToken ct)
    {
        // A client that tries again by itself waits as long as it is told to: 2 s.
        using var writer = new HutchClient(
            sites.Archive.Server.Address, sites.Archive.Token, new HutchClientOptions { Retry = new RetryPolicy { MaxAttempts = 1 } });
        double longest = 0;
        long last = Stopwatch.GetTimestamp();
        Task moved = sites.UntilHomeAsync(dataset, sites.Archive.Name, ct);
        for (int written = 0, atNewHome = 0; atNewHome < 2;)
        {
            bool hasMoved = moved.IsCompleted;
            try
            {
                await writer.PutEntryAsync(dataset, $"written/{written++}", "some"u8.ToArray(), ct: ct);
                longest = Math.Max(longest, Stopwatch.GetElapsedTime(last).TotalMilliseconds);
                last = Stopwatch.GetTimestamp();
                atNewHome += hasMoved ? 1 : 0;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Conflict || e.Error.Code == ErrorCode.Unavailable)
            {
                await Task.Delay(5, ct);
            }
        }

        await moved;
        return longest;
    }

    private static string Entry(Site site, DatasetId dataset, string path) =>
        new Uri(site.Server.Address, $"api/v1/datasets/{dataset}/entries/{path}").ToString();

    /// <summary>What was written before is not written during what is measured.</summary>
    private static Task<string> SyncAsync(CancellationToken ct) => BenchmarkContext.RunProgramAsync("sync", [], ct);

    private static string Show(List<Measurement> values) => string.Create(
        CultureInfo.InvariantCulture,
        $"{BenchmarkContext.Median([.. values.Select(static one => one.Seconds)]):0.00} s (best {values.Min(static one => one.Seconds):0.00}; processor {BenchmarkContext.Median([.. values.Select(static one => one.CpuSeconds)]):0.00} s)");

    private static string ShowTimes(IReadOnlyCollection<double> values) => string.Create(
        CultureInfo.InvariantCulture, $"{BenchmarkContext.Median(values):0} ms (best {values.Min():0}, worst {values.Max():0})");
}

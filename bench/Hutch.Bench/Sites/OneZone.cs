using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.Engines;
using Hutch.Bench.S3;
using Hutch.Bench.Stores;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Bench.Sites;

/// <summary>One login and one S3 key for a zone and its sites, and sites of other kinds than a folder.</summary>
internal static class OneZone
{
    private const int LoginsOfToken = 10;
    private const int SearchRounds = 100;

    /// <summary>The first use of a site with a login at the zone: the exchange, until the site has answered a request with the new token.</summary>
    public static async Task LogInAsync(BenchmarkContext context, JoinedSites sites, int count, CancellationToken ct)
    {
        List<double> times = [];
        for (int i = 0; i < count; i += LoginsOfToken)
        {
            // A login makes a bounded number of logins at sites within an hour.
            string token = (await sites.Zone.Client.CreateTokenAsync(new CreateToken { Scopes = ["read", "write", "manage"] }, ct)).Token!;
            using var person = new HutchClient(sites.Zone.Server.Address, token);
            await person.GetCallerAsync(ct);
            for (int j = 0; j < LoginsOfToken; j++)
            {
                long start = Stopwatch.GetTimestamp();
                using HutchClient there = await LogInAsync(sites, person, ct);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        times.Sort();
        context.Report(string.Create(
            CultureInfo.InvariantCulture,
            $"first use of a site, {times.Count} logins: p50 {times[times.Count / 2]:0.0} ms, p95 {times[times.Count * 95 / 100]:0.0} ms, worst {times[^1]:0.0} ms"));
    }

    /// <summary>The same object with one S3 key: at the zone, which derives the signing key, and at a site, which was given it.</summary>
    public static async Task GetAsync(BenchmarkContext context, JoinedSites sites, TimeSpan limit, CancellationToken ct)
    {
        string source = Path.Combine(context.Folder, "keys");
        await new FileSet("100 x 4 KiB", 100, 4 << 10).WriteAsync(source, 8000, ct);
        DatasetId dataset = await sites.PushAsync(source, "keys", ct);
        await sites.CopyAsync(dataset, ct);
        CreatedToken key = await sites.Zone.Client.CreateTokenAsync(new CreateToken { S3 = true, Sites = [sites.Archive.Name] }, ct);
        S3Target zone = Target(sites.Zone, "us-east-1"), archive = Target(sites.Archive, sites.Archive.Name);
        string[] paths =
        [
            .. Directory.EnumerateFiles(source, "*.bin", SearchOption.AllDirectories).Select(file => $"/admin.keys/{Path.GetRelativePath(source, file)}"),
        ];
        await Poll.UntilAsync(() => Task.FromResult(Opens(archive, paths[0])), TimeSpan.FromMilliseconds(20), ct);
        foreach (int connections in (int[])[1, 16])
        {
            List<double> atZone = [], atSite = [];
            for (int round = 0; round < (context.IsQuick ? 1 : 5); round++)
            {
                foreach (S3Target target in round % 2 == 0 ? (S3Target[])[zone, archive] : [archive, zone])
                {
                    LoadRequest[] requests =
                        [.. paths.Select(path => new LoadRequest(RequestBook.Head(target, "GET", path, []), HasBody: false, HasAnswerBody: true))];
                    LoadDriver.Run(target, requests, [], connections, TimeSpan.FromSeconds(1));
                    LoadResult result = LoadDriver.Run(target, requests, [], connections, limit);
                    (target == zone ? atZone : atSite).Add(result.Rate);
                }
            }

            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"GET of 4 KiB, {connections} connections: at the zone {BenchmarkContext.Median(atZone):0}/s, at a site with derived keys {BenchmarkContext.Median(atSite):0}/s; ratio {BenchmarkContext.MedianRatio(atSite, atZone):0.00} x (aim >= 0.95 x)"));
        }

        Directory.Delete(source, recursive: true);

        S3Target Target(Site site, string region) =>
            HutchDoor.TargetOf(site.Name, (key.AccessKey!, key.SecretKey!), [site.Server]) with { Region = region };
    }

    /// <summary>The first page of a search by the same person at the zone, which has the index, and at a site, which asks the zone.</summary>
    public static async Task SearchAsync(BenchmarkContext context, JoinedSites sites, string[] queries, CancellationToken ct)
    {
        using HutchClient there = await LogInAsync(sites, sites.Zone.Client, ct);
        (string Place, HutchClient Client, List<(string Query, double Time)> Times)[] places = [("zone", sites.Zone.Client, []), ("site", there, [])];
        // The first rounds count for nothing: servers run for months, and .NET compiles what it calls often a second time.
        for (int round = -SearchRounds; round < SearchRounds; round++)
        {
            foreach (string query in queries)
            {
                foreach ((_, HutchClient client, List<(string, double)> times) in places)
                {
                    long start = Stopwatch.GetTimestamp();
                    await using IAsyncEnumerator<DatasetInfo> found = client.SearchAsync(query, ct: ct).GetAsyncEnumerator(ct);
                    await found.MoveNextAsync();
                    if (round >= 0)
                    {
                        times.Add((query, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
                    }
                }
            }
        }

        foreach ((string place, _, List<(string Query, double Time)> times) in places)
        {
            double[] sorted = [.. times.Select(static one => one.Time).Order()];
            var slowest = times.GroupBy(static one => one.Query, static one => one.Time)
                .Select(static group => (Query: group.Key, Median: group.Order().ElementAt(group.Count() / 2)))
                .MaxBy(static one => one.Median);
            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"search at the {place}: p50 {sorted[sorted.Length / 2]:0.0} ms, p95 {sorted[sorted.Length * 95 / 100]:0.0} ms (aim 50 ms, and a round trip at a site); slowest '{slowest.Query}', {slowest.Median:0.0} ms"));
        }
    }

    /// <summary>A copy into a site on PostgreSQL and Ceph's gateway beside the same into one on a folder.</summary>
    public static async Task CopyAsync(BenchmarkContext context, JoinedSites folders, FileSet[] sets, CancellationToken ct)
    {
        await using SharedSite? engines = await SharedSite.StartAsync(context, ct);
        if (engines is null)
        {
            context.Report("copies into a site on engines: Ceph's gateway is not installed");
            return;
        }

        await using JoinedSites others = await JoinedSites.StartAsync(Path.Combine(context.Folder, "engines"), engines.Options, ct);
        foreach (FileSet files in sets.Prepend(new FileSet("warm-up", 200, 256 << 10)))
        {
            List<double> intoFolder = [], intoEngines = [];
            for (int round = 0; round < (context.IsQuick || files.Name == "warm-up" ? 1 : 3); round++)
            {
                string source = Path.Combine(context.Folder, "engines-source");
                await files.WriteAsync(source, 20_000 + round, ct);
                foreach (JoinedSites sites in round % 2 == 0 ? (JoinedSites[])[folders, others] : [others, folders])
                {
                    DatasetId dataset = await sites.PushAsync(source, $"engines-{files.Count}-{round}", ct);
                    Directory.Delete(Path.Combine(source, ".hutch"), recursive: true);
                    await BenchmarkContext.RunProgramAsync("sync", [], ct);
                    (sites == folders ? intoFolder : intoEngines).Add((await sites.CopyAsync(dataset, ct)).Seconds);
                }

                Directory.Delete(source, recursive: true);
            }

            if (files.Name != "warm-up")
            {
                context.Report(string.Create(
                    CultureInfo.InvariantCulture,
                    $"copy of {files.Name}: into a folder {BenchmarkContext.Median(intoFolder):0.00} s, into PostgreSQL and Ceph {BenchmarkContext.Median(intoEngines):0.00} s; ratio {BenchmarkContext.MedianRatio(intoFolder, intoEngines):0.00} x"));
            }
        }
    }

    /// <summary>Exchanges a login at the zone for one at the archive; returns when the archive knows it.</summary>
    private static async Task<HutchClient> LogInAsync(JoinedSites sites, HutchClient person, CancellationToken ct)
    {
        ExchangedTokenInfo made = await person.ExchangeTokenAsync(sites.Archive.Name, ct);
        var there = new HutchClient(sites.Archive.Server.Address, made.Token);
        await Poll.UntilAsync(() => IsKnownAsync(there, ct), TimeSpan.FromMilliseconds(1), ct);
        return there;
    }

    private static bool Opens(S3Target target, string path)
    {
        try
        {
            using RawConnection connection = new(target.Address);
            connection.Exchange(RequestBook.Head(target, "GET", path, []), default, hasAnswerBody: true);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<bool> IsKnownAsync(HutchClient client, CancellationToken ct)
    {
        try
        {
            await client.GetCallerAsync(ct);
            return true;
        }
        catch (HutchException)
        {
            return false;
        }
    }
}

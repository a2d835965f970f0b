using System.Diagnostics;
using System.Globalization;
using Hutch.Bench.Stores;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Bench.Sites;

/// <summary>What many datasets and rules cost a zone in which nothing happens, beside the same servers before there were any.</summary>
internal sealed class ZoneAtRest(BenchmarkContext context, JoinedSites sites)
{
    private const int AtOnce = 16;
    private const string Rule = "1 copy where tier=archive";

    /// <summary>One in so many rules is for an owner; the others are for a dataset each.</summary>
    private const int RulesPerOwner = 100;
    private const int DatasetsPerOwner = 20;

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private int _made;

    public async Task RunAsync(int datasets, int rules, CancellationToken ct)
    {
        await ReportRestAsync("no datasets, no rules", ct);
        int owners = Math.Max(1, rules / RulesPerOwner);
        string[] names = [.. Enumerable.Range(0, owners).Select(static i => $"owner-{i}")];
        foreach (string name in names)
        {
            await sites.Zone.Client.CreateUserAsync(new CreateUser { Name = name }, ct);
        }

        // The one with the highest id is the last that the plan looks at.
        var last = new DatasetId(Guid.Parse("ffffffff-ffff-4fff-bfff-ffffffffffff"));
        string lastOwner = "owner-last";
        await sites.Zone.Client.CreateUserAsync(new CreateUser { Name = lastOwner }, ct);
        await sites.Zone.Client.PatchUserAsync("admin", new PatchUser { CreatesFor = [.. names, lastOwner] }, ct);
        await sites.Zone.Client.CreateDatasetAsync(new CreateDataset { Id = last, Name = lastOwner + "/last" }, ct);

        long start = Stopwatch.GetTimestamp();
        string[] owned = [.. names.SelectMany(static name => Enumerable.Repeat(name, DatasetsPerOwner))];
        DatasetId[] made = await EachAsync(datasets, i => CreateAsync(i < owned.Length ? owned[i] : "admin", ct), ct);
        Report($"{datasets} datasets made, {AtOnce} requests at a time: {Seconds(start)}, processor of the zone so far {ProcessorTime.From(sites.Zone.Server.ProcessId):0} s");
        start = Stopwatch.GetTimestamp();
        await EachAsync(
            rules - owners,
            i => sites.Zone.Client.AddRuleAsync(made[owned.Length + i], new AddDatasetRule { Rule = Rule }, ct), ct);
        foreach (string name in names)
        {
            await sites.Zone.Client.AddRuleAsync(new AddRule { Rule = Rule, Owner = name }, ct);
        }

        DatasetId[] wanted = made[..(owned.Length + rules - owners)];
        foreach (DatasetId dataset in wanted)
        {
            await Poll.UntilAsync(async () => await CopyAsync(dataset, ct) is { State: "complete" }, AskEvery, ct);
        }

        Report($"{rules} rules made, {owners} of them for owners, until the {wanted.Length} copies that they want are complete: {Seconds(start)}");
        double before = ProcessorTime.From(sites.Zone.Server.ProcessId);
        start = Stopwatch.GetTimestamp();
        await sites.Zone.Client.AddRuleAsync(new AddRule { Rule = Rule, Owner = lastOwner }, ct);
        await Poll.UntilAsync(async () => await CopyAsync(last, ct) is not null, AskEvery, ct);
        Report(string.Create(
            CultureInfo.InvariantCulture,
            $"a rule for an owner made → the last of all datasets planned: {Seconds(start)}, processor of the zone {ProcessorTime.From(sites.Zone.Server.ProcessId) - before:0.00} s"));
        await Poll.UntilAsync(async () => await CopyAsync(last, ct) is { State: "complete" }, AskEvery, ct);
        await ReportRestAsync($"{datasets} datasets, {rules + 1} rules", ct);
        await OneZone.SearchAsync(context, sites, ["", "d00", "d0012", "admin d0", "owner:owner-0", "state:open d000", "d001234", "unheardof"], ct);
    }

    private async Task<DatasetId> CreateAsync(string owner, CancellationToken ct)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{owner}/d{Interlocked.Increment(ref _made):000000}");
        return (await sites.Zone.Client.CreateDatasetAsync(new CreateDataset { Name = name }, ct)).Id;
    }

    private static async Task<T[]> EachAsync<T>(int count, Func<int, Task<T>> work, CancellationToken ct)
    {
        var results = new T[count];
        await Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (i, _) => results[i] = await work(i));
        return results;
    }

    private async Task<CopyInfo?> CopyAsync(DatasetId dataset, CancellationToken ct) =>
        (await sites.Zone.Client.GetCopiesAsync(dataset, ct)).Items.FirstOrDefault(copy => copy.Site == sites.Archive.Name);

    /// <summary>What the zone and the archive take while nobody asks them for anything.</summary>
    private async Task ReportRestAsync(string what, CancellationToken ct)
    {
        await Task.Delay(Settling, ct);
        Site[] both = [sites.Zone, sites.Archive];
        double[] before = [.. both.Select(static site => ProcessorTime.From(site.Server.ProcessId))];
        await Task.Delay(Rest, ct);
        Report($"at rest with {what}: " + string.Join("; ", both.Select((site, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{site.Name} {100 * (ProcessorTime.From(site.Server.ProcessId) - before[i]) / Rest.TotalSeconds:0.0} % of a core, {ProcessMemory.ResidentMegabytes(site.Server.ProcessId):0} MB, {ProcessMemory.OwnMegabytes(site.Server.ProcessId):0} of its own"))));
    }

    private void Report(string line) => context.Report(line);

    private static string Seconds(long start) =>
        string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
}

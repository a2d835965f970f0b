using System.Diagnostics;
using Hutch.Bench.Stores;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;
using Hutch.Peers;

namespace Hutch.Bench.Sites;

/// <summary>A zone and two sites that have joined it, each a real server on a folder of its own.</summary>
internal sealed class JoinedSites : IAsyncDisposable
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(5);

    private readonly string _folder;
    private readonly List<Site> _sites = [];
    private readonly Dictionary<string, string> _environment;

    private JoinedSites(string folder)
    {
        _folder = folder;
        _environment = new Dictionary<string, string> { ["HOME"] = folder };
    }

    /// <summary>Where the datasets are at home.</summary>
    public Site Zone => _sites[0];

    /// <summary>Gets copies.</summary>
    public Site Archive => _sites[1];

    /// <summary>Has no copies, and reads.</summary>
    public Site Compute => _sites[2];

    /// <param name="archive">What the archive is started with beside the usual, such as other engines.</param>
    public static async Task<JoinedSites> StartAsync(string folder, string[] archive, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var sites = new JoinedSites(folder);
        try
        {
            foreach (string name in (string[])["zone", "archive", "compute"])
            {
                ServerProcess server = await ServerProcess.StartReadyAsync(
                    Path.Combine(folder, name), ct,
                    [
                        "--set", $"sites.listen=127.0.0.1:{LoopbackPort.FindFree()}", "--set", $"s3.names={ServerProcess.S3Place}",
                        .. name == "archive" ? archive : [],
                    ]);
                string token = await server.ReadAdminTokenAsync(ct);
                sites._sites.Add(new Site(name, server, token, new HutchClient(server.Address, token)));
            }

            sites._environment["HUTCH_REMOTE"] = sites.Zone.Server.Address.ToString();
            sites._environment["HUTCH_TOKEN"] = sites.Zone.Token;
            await sites.JoinAsync(1, ct);
            await sites.JoinAsync(2, ct);
            string portal = sites.Archive.Server.Address.GetLeftPart(UriPartial.Authority);
            await sites.Zone.Client.SetSitePortalAsync(sites.Archive.Name, new SetSitePortal { Address = portal }, ct);
            return sites;
        }
        catch
        {
            await sites.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a dataset of a folder at the zone, as a person does.</summary>
    public async Task<DatasetId> PushAsync(string source, string name, CancellationToken ct)
    {
        await RunAsync(source, ["init", "--name", name], ct);
        await RunAsync(source, ["push"], ct);
        return (await Zone.Client.ResolveAsync("admin/" + name, ct)).Id;
    }

    /// <summary>Stages a dataset of the zone into a folder, which is on the disk when this ends.</summary>
    public Task<Measurement> StageAsync(string name, string target, CancellationToken ct) => Measurement.RunAsync(
        _folder, _environment, "/bin/bash",
        ["-ec", "\"$1\" stage \"$2\" \"$3\"; sync --file-system \"$3\"", "hutch", HutchExecutable.Path, name, target], ct);

    /// <summary>Has a dataset copied to the archive: on the clock until the zone says that it is whole, and on processors of both.</summary>
    public async Task<Measurement> CopyAsync(DatasetId dataset, CancellationToken ct)
    {
        TimeSpan before = ProcessorTime();
        long start = Stopwatch.GetTimestamp();
        await Zone.Client.RequestCopyAsync(dataset, new AskCopy { Site = Archive.Name }, ct);
        await UntilCopiedAsync(dataset, ct);
        return new Measurement(Stopwatch.GetElapsedTime(start).TotalSeconds, (ProcessorTime() - before).TotalSeconds);
    }

    /// <summary>Returns when the archive has its newest version.</summary>
    public async Task UntilCopiedAsync(DatasetId dataset, CancellationToken ct)
    {
        await Poll.UntilAsync(
            async () => (await Zone.Client.GetCopiesAsync(dataset, ct)).Items.Any(static copy => copy is { State: "complete", Snapshot: >= 1 }), AskEvery, ct);
    }

    /// <summary>Returns when all rules of a dataset are fulfilled.</summary>
    public async Task UntilFulfilledAsync(DatasetId dataset, CancellationToken ct)
    {
        await Poll.UntilAsync(
            async () => (await Zone.Client.GetRulesAsync(dataset, ct)).Items.All(static one => one.State == "fulfilled"), AskEvery, ct);
    }

    /// <summary>Returns when the zone says that a site is the home of a dataset.</summary>
    public async Task UntilHomeAsync(DatasetId dataset, string site, CancellationToken ct)
    {
        await Poll.UntilAsync(async () => (await Zone.Client.GetCopiesAsync(dataset, ct)).Home == site, AskEvery, ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Site site in _sites)
        {
            site.Client.Dispose();
            await site.Server.DisposeAsync();
        }
    }

    private async Task JoinAsync(int number, CancellationToken ct)
    {
        Site site = _sites[number];
        InvitedSite invited = await Zone.Client.InviteSiteAsync(
            new InviteSite { Name = site.Name, Labels = new Dictionary<string, string> { ["tier"] = site.Name } }, ct);
        await site.Client.JoinZoneAsync(new JoinZone { Token = invited.Token }, ct);
        site.Client.Dispose();
        string token = (await Zone.Client.CreateTokenAsync(
            new CreateToken { Site = site.Name, Scopes = ["read", "write", "manage", "admin"] }, ct)).Token!;
        _sites[number] = site with { Token = token, Client = new HutchClient(site.Server.Address, token) };
        await Poll.UntilAsync(() => IsKnownAsync(_sites[number].Client, ct), AskEvery, ct);
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

    private TimeSpan ProcessorTime()
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (Site site in (Site[])[Zone, Archive])
        {
            using Process process = Process.GetProcessById(site.Server.ProcessId);
            sum += process.TotalProcessorTime;
        }

        return sum;
    }

    private Task<Measurement> RunAsync(string where, string[] arguments, CancellationToken ct) =>
        Measurement.RunAsync(where, _environment, HutchExecutable.Path, arguments, ct);
}

/// <summary>A server of the zone.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Server">The process.</param>
/// <param name="Token">The administrator's, for it.</param>
/// <param name="Client">The administrator, there.</param>
internal sealed record Site(string Name, ServerProcess Server, string Token, HutchClient Client);

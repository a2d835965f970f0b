using Hutch.EndToEnd.Tests.Cluster;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>
/// A facility, which is the zone and keeps what it has in PostgreSQL and Ceph's gateway; an archive and a compute site, which have disks of
/// their own and joined it. All three are real servers.
/// </summary>
public sealed class ThreeSites(PostgresServer postgres, CephStore ceph) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ClusterSite? _engines;

    /// <summary>The network between the facility and the others, which counts what the facility sends.</summary>
    internal Relay Link { get; private set; } = null!;

    internal SiteProcess Facility { get; private set; } = null!;

    internal SiteProcess Archive { get; private set; } = null!;

    internal SiteProcess Compute { get; private set; } = null!;

    internal IEnumerable<SiteProcess> All => [Facility, Archive, Compute];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engines = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        Facility = new SiteProcess("facility", _folder["facility"], [.. _engines.Options, "--set", "server.name=facility"]);
        Link = new Relay(Facility.Door, long.MaxValue, countsServer: true);
        Facility.DoorAddress = Link.Address;
        Archive = new SiteProcess("archive", _folder["archive"], []);
        Compute = new SiteProcess("compute", _folder["compute"], []);
        await Task.WhenAll(All.Select(static site => site.StartAsync()));
        await Facility.LogInAsync(await Facility.Server.ReadAdminTokenAsync(Ct));
        await Archive.JoinByCommandsAsync(Facility);
        await Compute.JoinAsync(Facility);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiteProcess? site in new[] { Compute, Archive, Facility })
        {
            await (site?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await (Link?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_engines?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    /// <summary>Pushes a folder of new files at the facility.</summary>
    /// <param name="name">What the dataset is to be called.</param>
    /// <param name="script">Makes the files.</param>
    internal Task<DatasetId> PushAsync(string name, string script) => Facility.PushAsync(name, script);
}

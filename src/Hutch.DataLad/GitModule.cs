using Hutch.DataLad.Hosting;
using Hutch.DataLad.Keys;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Serving;
using Hutch.DataLad.Synthesis;
using Hutch.Datasets;
using Hutch.Doors;
using Hutch.Site;
using Hutch.Zone;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad;

/// <summary>The door of git and DataLad, which answers at the addresses of the REST door.</summary>
public sealed class GitModule
{
    private readonly ZoneServices _zone;
    private readonly SiteServices _site;
    private readonly AccessModule _access;
    private readonly RepositoryModule _repositories;
    private readonly DatasetModule _datasets;
    private readonly GitStoreModule _store;
    private readonly TimeProvider _time;

    /// <summary>Makes it, without its door.</summary>
    public GitModule(
        ZoneServices zone, SiteServices site, AccessModule access, RepositoryModule repositories, DatasetModule datasets,
        GitStoreModule store, TimeProvider time)
    {
        (_zone, _site, _access, _repositories, _datasets, _store, _time) = (zone, site, access, repositories, datasets, store, time);
    }

    /// <summary>Makes the door; null where the options close it.</summary>
    /// <param name="publicUrl">The address at which people reach the server; null for the one that they ask.</param>
    /// <param name="allowTokensOverHttp">Whether tokens may come over plain HTTP from other machines.</param>
    public IPathDoor? Open(Uri? publicUrl, bool allowTokensOverHttp, ILoggerFactory loggers, CancellationToken stopping)
    {
        if (_store.Gate is not { } gate)
        {
            return null;
        }

        DataLadOptions options = _store.Options;
        var maker = new PackMaker(_store.Repositories, gate, _store.Packs, LocalDisk.Instance, _store.DataFolder, options);
        var receive = new ReceivePack(
            _repositories.Repositories, _repositories.Pushes, _repositories.KeptVersions, _store.Repositories, _store.Stored,
            () => _zone.Id, LocalDisk.Instance, _store.DataFolder, options);
        var services = new GitServices(_zone.Authenticator, _access, _repositories, _datasets.Creation, _site.Blobs.Work.Registry);
        var context = new GitContext(
            options, services, _store.Stored, _store.Repositories, new UploadPack(maker, _time),
            new KeyPromise(_repositories.ExpiredAnnexKeys, options.UnnamedKeyDays, _time), receive, allowTokensOverHttp, publicUrl,
            _time, stopping);
        return new GitDoor(context, loggers.CreateLogger<GitDoor>());
    }
}

using Hutch.DataLad.Adopting;
using Hutch.DataLad.Hosting;
using Hutch.DataLad.Keys;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Serving;
using Hutch.DataLad.Synthesis;
using Hutch.Datasets;
using Hutch.Datasets.Facility;
using Hutch.Doors;
using Hutch.Site;
using Hutch.Zone;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad;

/// <summary>The door of git and DataLad, which answers at the addresses of the REST door.</summary>
public sealed class GitModule : IDisposable
{
    private readonly ZoneServices _zone;
    private readonly SiteServices _site;
    private readonly AccessModule _access;
    private readonly RepositoryModule _repositories;
    private readonly DatasetModule _datasets;
    private readonly GitStoreModule _store;
    private readonly ReceivePack _receive;
    private readonly TimeProvider _time;

    /// <summary>Makes it, without its door.</summary>
    public GitModule(
        ZoneServices zone, SiteServices site, AccessModule access, RepositoryModule repositories, DatasetModule datasets,
        GitStoreModule store, TimeProvider time)
    {
        (_zone, _site, _access, _repositories, _datasets, _store, _time) = (zone, site, access, repositories, datasets, store, time);
        _receive = new ReceivePack(
            repositories.Repositories, repositories.Pushes, repositories.KeptVersions, store.Repositories, store.Stored, () => zone.Id,
            LocalDisk.Instance, store.DataFolder, store.Options);
        Adopted = !store.Options.Enabled ? null : new AdoptedRepositories(repositories.KeptVersions, store.Stored, _receive);
    }

    /// <summary>Takes the commits of adopted RIA stores; null where the options close the door.</summary>
    public IAdoptedRepositories? Adopted { get; }

    /// <summary>Makes the door; null where the options close it.</summary>
    /// <param name="publicUrl">The address at which people reach the server; null for the one that they ask.</param>
    /// <param name="allowTokensOverHttp">Whether tokens may come over plain HTTP from other machines.</param>
    public IPathDoor? Open(Uri? publicUrl, bool allowTokensOverHttp, ILoggerFactory loggers, CancellationToken stopping)
    {
        if (!_store.Options.Enabled)
        {
            return null;
        }

        DataLadOptions options = _store.Options;
        var maker = new PackMaker(_store.Repositories, _store.Gate, _store.Packs, LocalDisk.Instance, _store.DataFolder, options);
        var services = new GitServices(_zone.Authenticator, _access, _repositories, _datasets.Creation, _site.Blobs.Work.Registry);
        var context = new GitContext(
            options, services, _store.Stored, _store.Repositories, new UploadPack(maker, _time),
            new KeyPromise(_repositories.ExpiredAnnexKeys, options.UnnamedKeyDays, _time), _receive, allowTokensOverHttp, publicUrl,
            _time, stopping);
        return new GitDoor(context, loggers.CreateLogger<GitDoor>());
    }

    public void Dispose() => _receive.Dispose();
}

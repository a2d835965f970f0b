using Hutch.DataLad.Keys;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Serving;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;
using Hutch.Datasets;
using Hutch.Datasets.Repositories;
using Hutch.Disk;
using Hutch.Doors;
using Hutch.Site;
using Hutch.Site.Replication.Copies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad.Hosting;

/// <summary>What a host adds to open the door of git and DataLad.</summary>
public static class DataLadServices
{
    /// <summary>
    /// Adds the door, which answers at the addresses of the REST door. The host has the authorized services, a site, a clock and loggers.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="dataFolder">Where packs are kept for a while, in files without names.</param>
    /// <param name="allowTokensOverHttp">Whether tokens may come over plain HTTP from other machines.</param>
    /// <param name="publicUrl">The address at which people reach the server; null for the one that they ask.</param>
    public static IServiceCollection AddDataLad(
        this IServiceCollection services, DataLadOptions options, string dataFolder, bool allowTokensOverHttp, Uri? publicUrl)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(_ => new PackCache(options.PackCacheBytes));
        services.AddSingleton(provider => new RepositoryStore(
            provider.GetRequiredService<AuthorizedServices>().KeptVersions, provider.GetRequiredService<PackCache>(), LocalDisk.Instance,
            dataFolder));

        // Copies have what git brought where the door is closed, too. The network of sites asks for this, and the services for it.
        services.AddSingleton<IRepositoryCheck>(provider =>
            new RepositoryCheck(new Lazy<RepositoryStore>(provider.GetRequiredService<RepositoryStore>), options.MaxObjectBytes));
        if (!options.Enabled)
        {
            return services;
        }

        services.AddSingleton(_ => new PackGate(options.ConcurrentPacks, options.MaxWaiting));
        services.AddSingleton<IKeyNames>(provider => new NamedKeys(
            provider.GetRequiredService<AuthorizedServices>().KeptVersions, provider.GetRequiredService<RepositoryStore>(),
            provider.GetRequiredService<PackGate>(), options.UnnamedKeyDays));
        services.AddSingleton(provider => new KeyExpiry(
            provider.GetRequiredService<AuthorizedServices>().OldKeys, provider.GetRequiredService<IKeyNames>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger<KeyExpiry>()));
        services.AddHostedService(provider =>
        {
            var site = provider.GetRequiredService<SiteServices>();
            return ActivatorUtilities.CreateInstance<KeyExpiryLoop>(
                provider, provider.GetRequiredService<KeyExpiry>(), site.Clock, site.Engine.Leases, site.Warnings);
        });
        services.AddSingleton<IPathDoor>(provider =>
        {
            AuthorizedServices authorized = provider.GetRequiredService<AuthorizedServices>();
            var stored = provider.GetRequiredService<RepositoryStore>();
            var repositories = new Repositories(authorized.KeptVersions, stored, authorized.ZoneId, options.MaxFiles);
            var maker = new PackMaker(
                repositories, provider.GetRequiredService<PackGate>(), provider.GetRequiredService<PackCache>(), LocalDisk.Instance,
                dataFolder, options);
            var receive = new ReceivePack(
                authorized.Repositories, authorized.KeptVersions, repositories, stored, authorized.ZoneId, LocalDisk.Instance, dataFolder,
                options);
            var context = new GitContext(
                options, authorized, provider.GetRequiredService<SiteServices>().Blobs.Work.Registry, stored, repositories,
                new UploadPack(maker, provider.GetRequiredService<TimeProvider>()),
                new KeyPromise(authorized.OldKeys, options.UnnamedKeyDays, provider.GetRequiredService<TimeProvider>()), receive,
                allowTokensOverHttp, publicUrl, provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            return new GitDoor(context, provider.GetRequiredService<ILoggerFactory>().CreateLogger<GitDoor>());
        });
        return services;
    }
}

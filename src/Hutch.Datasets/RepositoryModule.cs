using Hutch.Datasets.Repositories;
using Hutch.Datasets.Versions;
using Hutch.Site;
using Hutch.Zone;

namespace Hutch.Datasets;

/// <summary>Datasets as repositories of git: their versions, pushes, and content by the keys of git-annex.</summary>
public sealed class RepositoryModule
{
    /// <summary>Makes it over a zone and a site of the same process.</summary>
    public RepositoryModule(ZoneServices zone, SiteServices site, AccessModule access, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(access);
        KeptVersions = new PermanentVersionService(
            zone.Authorizer, zone.Names, zone.Sites, site.Records, site.Heads, site.Snapshots, site.Blobs);
        Repositories = new RepositoryService(
            access.Rechecks, zone.Authorizer, site.Records, site.Heads, site.HeadCompactor, site.Pushes, site.Repositories, site.Intake,
            site.Lanes, site.Quotas, access.WriteRouter, time);
        KeyUploads = new KeyUploads(
            Repositories, KeptVersions, access.Rechecks, site.Records, site.Pushes, site.Repositories, site.Blobs, site.Quotas);
        ExpiredAnnexKeys = new ExpiredAnnexKeys(site.Records, site.Repositories);
    }

    /// <summary>Versions that stay, for readers.</summary>
    public PermanentVersionService KeptVersions { get; }

    /// <summary>Repositories and pushes into them.</summary>
    public RepositoryService Repositories { get; }

    /// <summary>Content of keys that comes in parts.</summary>
    public KeyUploads KeyUploads { get; }

    /// <summary>Content of keys that no version names any more.</summary>
    public ExpiredAnnexKeys ExpiredAnnexKeys { get; }
}

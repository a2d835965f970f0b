using Hutch.Datasets.Repositories;
using Hutch.Datasets.Versions;

namespace Hutch.Datasets;

/// <summary>Datasets as repositories of git: their versions, pushes, and content by the keys of git-annex.</summary>
public sealed class RepositoryModule
{
    public RepositoryModule(ZoneServices zone, SiteServices site, AccessModule access, TimeProvider time)
    {
        KeptVersions = new PermanentVersionService(
            zone.Authorizer, zone.Names, zone.Sites, site.Records, site.Heads, site.Snapshots, site.Blobs);
        Repositories = new RepositoryService(
            zone.Authorizer, site.Records, site.Heads, site.HeadCompactor, site.Quotas, access.WriteRouter, time);
        Pushes = new RepositoryPushes(
            Repositories, access.Rechecks, site.Records, site.Pushes, site.PushCommits, site.Repositories, site.Heads, site.Intake,
            site.Lanes);
        KeyIntake = new KeyIntake(Repositories, access.Rechecks, site.Repositories, site.Intake, site.Lanes, site.Quotas);
        KeyUploads = new KeyUploads(
            Repositories, KeptVersions, access.Rechecks, site.Records, site.Pushes, site.ResumableUploads, site.Repositories, site.Blobs,
            site.Quotas);
        ExpiredAnnexKeys = new ExpiredAnnexKeys(site.Records, site.Repositories);
    }

    public PermanentVersionService KeptVersions { get; }

    /// <summary>Checks of repositories, and the versions that git can see.</summary>
    public RepositoryService Repositories { get; }

    public RepositoryPushes Pushes { get; }

    /// <summary>Content of keys that comes in one request.</summary>
    public KeyIntake KeyIntake { get; }

    public KeyUploads KeyUploads { get; }

    public ExpiredAnnexKeys ExpiredAnnexKeys { get; }
}

using Hutch.Catalog.Site;

namespace Hutch.Site.Life.Maintenance;

/// <summary>What <c>site.db</c> is made from, and brought up to date with, when a site is opened.</summary>
public interface IRecordsSource
{
    bool HasRecords { get; }

    /// <summary>Whether something that was answered is damaged or lost, so that what is made from it may be incomplete.</summary>
    bool HasDamage { get; }

    /// <summary>Applies what the database does not have.</summary>
    Task CatchUpAsync(SiteDatabase records, CancellationToken ct);
}

namespace Hutch.Site.Life.Maintenance;

/// <summary>The source from which <c>site.db</c> is built, and brought up to date when a site is opened.</summary>
public interface IRecordsSource
{
    bool HasRecords { get; }

    /// <summary>True if acknowledged data is damaged or lost, so that records built from it may be incomplete.</summary>
    bool HasDamage { get; }

    /// <summary>Applies the records that the database does not have.</summary>
    Task CatchUpAsync(SiteDatabase records, CancellationToken ct);
}

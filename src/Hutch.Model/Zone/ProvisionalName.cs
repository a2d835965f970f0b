namespace Hutch.Model.Zone;

/// <summary>A name that a site gave to a dataset because its zone was unreachable. The zone assigns the permanent name.</summary>
/// <param name="Owner">The login name of the intended owner, a user or group.</param>
/// <param name="IsMakers">True if the owner is the user who created it.</param>
public sealed record ProvisionalName(DatasetId Dataset, string Token, PrincipalId Maker, string Owner, bool IsMakers, string Slug)
{
    public string FullName => Owner + "/" + Slug;

    /// <summary>For a dataset that this server had before it joined: its report to the zone; null for others.</summary>
    public ImportedDataset? Imported { get; init; }

    public DateTimeOffset GivenAt { get; init; }

    /// <summary>True if the zone has assigned a permanent name. If that differs, this one is an alias at this site.</summary>
    public bool IsRegistered { get; init; }
}

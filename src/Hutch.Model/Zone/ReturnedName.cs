namespace Hutch.Model.Zone;

/// <summary>What the zone calls that which a site had accepted, and which the new home of its dataset does not have.</summary>
/// <param name="Dataset">The id of the dataset that it becomes: the same whenever it is asked for.</param>
/// <param name="Slug">Its name within the owner's.</param>
/// <param name="Site">What the site is called.</param>
public sealed record ReturnedName(DatasetId Dataset, string Owner, string Slug, string Site)
{
    /// <summary>Owner and name.</summary>
    public string FullName => Owner + "/" + Slug;
}

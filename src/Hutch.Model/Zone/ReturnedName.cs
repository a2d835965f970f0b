namespace Hutch.Model.Zone;

/// <summary>
/// The name for changes that a site had accepted and that the new home of its dataset does not have. They become a dataset of their own.
/// </summary>
/// <param name="Dataset">The id of the new dataset, which is the same at each request.</param>
public sealed record ReturnedName(DatasetId Dataset, string Owner, string Slug, string Site)
{
    public string FullName => Owner + "/" + Slug;
}

namespace Hutch.Model.Zone;

public sealed record NameRecord(
    DatasetId Dataset, PrincipalRecord Owner, string Slug, Visibility Visibility, DateTimeOffset CreatedAt, HomeRecord Home)
{
    public string FullName => Owner.Name + "/" + Slug;

    /// <summary>True if this site gave the name itself, and the zone does not know the dataset yet.</summary>
    public bool IsProvisional => Home.Epoch == 0;

    /// <summary>Another <c>owner/slug</c>, which only this site knows; null for none.</summary>
    public string? Alias { get; init; }
}

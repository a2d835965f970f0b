namespace Hutch.Model.Zone;

/// <summary>The name of a dataset, and what follows from its ownership.</summary>
/// <param name="Owner">The user or group.</param>
/// <param name="Slug">Its short name, unique for its owner.</param>
/// <param name="Visibility">What everybody may do with it.</param>
/// <param name="CreatedAt">When the name was reserved.</param>
/// <param name="Home">The home.</param>
public sealed record NameRecord(
    DatasetId Dataset, PrincipalRecord Owner, string Slug, Visibility Visibility, DateTimeOffset CreatedAt, HomeRecord Home)
{
    /// <summary><c>owner/slug</c>.</summary>
    public string FullName => Owner.Name + "/" + Slug;

    /// <summary>Whether this site has given the name itself, and the zone does not know the dataset yet.</summary>
    public bool IsProvisional => Home.Epoch == 0;

    /// <summary>Another <c>owner/slug</c> by which only this site knows the dataset; null for none.</summary>
    public string? Alias { get; init; }
}

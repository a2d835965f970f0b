namespace Hutch.Zone.Authorization;

/// <summary>Datasets that a token of a partner reads: one, a folder of it, or all of an owner.</summary>
/// <param name="Dataset">The only dataset; null for all.</param>
/// <param name="Folder">The only folder of it; null for all of it.</param>
public sealed record PartnerArea(PrincipalRecord Owner, DatasetId? Dataset, DatasetPath? Folder = null)
{
    /// <summary>Returns true if it gives everything that another one does.</summary>
    public bool Contains(PartnerArea other) =>
        Owner.Id == other.Owner.Id && (Dataset is null || Dataset == other.Dataset)
        && (Folder is not { } folder || (other.Folder is { } inner && (inner == folder || inner.IsUnder(folder))));

    public bool Covers(NameRecord name) => Dataset is { } one ? one == name.Dataset : name.Owner.Id == Owner.Id;
}

namespace Hutch.Zone.Authorization;

/// <summary>Datasets that a token of a partner reads: one, or all of an owner.</summary>
/// <param name="Dataset">The only dataset; null for all.</param>
public sealed record PartnerArea(PrincipalRecord Owner, DatasetId? Dataset)
{
    public bool Covers(NameRecord name) => Dataset is { } one ? one == name.Dataset : name.Owner.Id == Owner.Id;
}

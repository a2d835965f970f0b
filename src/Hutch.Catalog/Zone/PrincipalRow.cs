namespace Hutch.Catalog.Zone;

internal sealed class PrincipalRow
{
    public string Id { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public PrincipalRecord ToRecord() => new(ZoneText.PrincipalId(Id), ZoneText.Kind(Kind), Name);
}

namespace Hutch.Catalog.Zone;

[method: ExplicitConstructor]
internal sealed record PrincipalRow(string Id, string Kind, string Name)
{
    public PrincipalRecord ToRecord() => new(ZoneText.PrincipalId(Id), ZoneText.Kind(Kind), Name);
}

namespace Hutch.Model.Placement;

public interface ITypeLineages
{
    TypeLineage LineageOf(string type);
}

namespace Hutch.Model.Placement;

/// <summary>Provides the inheritance of types.</summary>
public interface ITypeLineages
{
    /// <summary>A type with its base types.</summary>
    TypeLineage LineageOf(string type);
}

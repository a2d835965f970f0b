namespace Hutch.Model.Placement;

/// <summary>Knows which types inherit from which.</summary>
public interface ITypeLineages
{
    /// <summary>A type with those that it inherits from.</summary>
    TypeLineage LineageOf(string type);
}

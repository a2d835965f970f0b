namespace Hutch.Datasets.Inspection;

/// <param name="Name">The name of its file.</param>
/// <param name="State">Whether it could be looked at.</param>
/// <param name="Schema">The number of its schema; null when it could not be read.</param>
/// <param name="Known">The newest schema that this program knows.</param>
/// <param name="Damage">What is wrong in it; empty when it is whole.</param>
public sealed record InspectedDatabase(string Name, DatabaseState State, int? Schema, int Known, IReadOnlyList<string> Damage);

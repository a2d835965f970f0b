namespace Hutch.Publishing.Pan;

/// <summary>An entity of the PaN search API.</summary>
/// <param name="Relations">The related entities of each relation that is known.</param>
public sealed record PanEntity(JsonObject Properties, IReadOnlyDictionary<string, IReadOnlyList<PanEntity>> Relations)
{
    private static readonly Dictionary<string, IReadOnlyList<PanEntity>> None = [];

    public PanEntity(JsonObject properties)
        : this(properties, None)
    {
    }
}

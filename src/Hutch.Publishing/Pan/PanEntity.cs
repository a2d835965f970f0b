namespace Hutch.Publishing.Pan;

/// <summary>An entity of the PaN search API.</summary>
/// <param name="Relations">The related entities of each relation that is known.</param>
public sealed record PanEntity(JsonObject Properties, IReadOnlyDictionary<string, IReadOnlyList<PanEntity>> Relations)
{
    /// <summary>The properties of broader techniques: a condition that holds for one of them holds for this entity.</summary>
    public IReadOnlyList<JsonObject> Broader { get; init; } = [];

    private static readonly Dictionary<string, IReadOnlyList<PanEntity>> None = [];

    public PanEntity(JsonObject properties)
        : this(properties, None)
    {
    }
}

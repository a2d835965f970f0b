namespace Hutch.Publishing.Pan;

/// <summary>A condition on an entity.</summary>
public abstract record PanCondition
{
    public abstract bool Holds(JsonObject entity);

    /// <summary>Its parts, down to single comparisons.</summary>
    public virtual IEnumerable<PanCondition> Parts => [this];
}

/// <summary>A conjunction or disjunction of conditions.</summary>
public sealed record PanGroup(bool IsAll, IReadOnlyList<PanCondition> Conditions) : PanCondition
{
    public override IEnumerable<PanCondition> Parts => Conditions.SelectMany(static one => one.Parts);

    public override bool Holds(JsonObject entity) =>
        IsAll ? Conditions.All(one => one.Holds(entity)) : Conditions.Any(one => one.Holds(entity));
}

/// <summary>A text in one of several properties, ignoring case.</summary>
public sealed record PanText(IReadOnlyList<string> Properties, string Text) : PanCondition
{
    public override bool Holds(JsonObject entity) => Properties.Any(
        property => PanTest.TextOf(entity[property])?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true);
}

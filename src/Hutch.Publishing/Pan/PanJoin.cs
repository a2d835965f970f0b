using Hutch.Model.Units;

namespace Hutch.Publishing.Pan;

/// <summary>Applies filters to entities whose relations are complete.</summary>
public static class PanJoin
{
    private const string Parameters = "parameters";

    /// <summary>
    /// Returns an entity with the relations that a filter includes, or null if the filter does not find it. An entity without a related one
    /// that the scope of an inclusion finds is left out, as by the reference implementation (common/mixins/sanitize.js).
    /// </summary>
    public static JsonObject? Find(PanEntity entity, PanFilter filter)
    {
        if (filter.Where is { } where && !where.Holds(entity.Properties) && !entity.Broader.Any(where.Holds))
        {
            return null;
        }

        var found = (JsonObject)entity.Properties.DeepClone();
        foreach (IGrouping<string, PanInclusion> relation in filter.Include.GroupBy(static one => one.Relation))
        {
            if (Related(entity.Relations.GetValueOrDefault(relation.Key) ?? [], [.. relation]) is not { } related)
            {
                return null;
            }

            if (relation.First().IsMany)
            {
                found[relation.Key] = new JsonArray([.. related]);
            }
            else if (related is [var one, ..])
            {
                found[relation.Key] = one;
            }
        }

        return found;
    }

    /// <summary>
    /// Returns the related entities that inclusions of one relation find; null if a required one finds none. Several inclusions are several
    /// conditions, each on one of the related entities.
    /// </summary>
    private static List<JsonObject>? Related(IReadOnlyList<PanEntity> all, IReadOnlyList<PanInclusion> inclusions)
    {
        var related = new List<JsonObject>();
        foreach (PanInclusion inclusion in inclusions)
        {
            string? unit = inclusion.Relation == Parameters ? UnitOf(inclusion.Scope.Where) : null;
            JsonObject[] some =
            [
                .. all.Select(one => Find(unit is null ? one : one with { Properties = InUnit(one.Properties, unit) }, inclusion.Scope))
                    .OfType<JsonObject>().Skip(inclusion.Scope.Skip).Take(inclusion.Scope.Limit ?? int.MaxValue),
            ];
            if (some.Length == 0 && inclusion.IsRequired)
            {
                return null;
            }

            related.AddRange(some.Where(item => !related.Any(known => JsonNode.DeepEquals(known, item))));
        }

        return related;
    }

    /// <summary>The only unit in which a condition compares values; null for none or several.</summary>
    private static string? UnitOf(PanCondition? where) =>
        where?.Parts.OfType<PanTest>().Where(static one => one is { Property: "unit", Operator: "eq" })
            .Select(static one => PanTest.TextOf(one.Values[0])).Distinct().ToArray() is [{ } unit] ? unit : null;

    /// <summary>A parameter in the unit of the query, in which it is compared and returned, as doc/query.md wants.</summary>
    private static JsonObject InUnit(JsonObject parameter, string unit)
    {
        if (parameter["value"] is not JsonValue value || value.GetValueKind() != JsonValueKind.Number
            || PanTest.TextOf(parameter["unit"]) is not { } own || own == unit
            || UnitTable.Find(own) is not { } from || UnitTable.Find(unit, from.Dimension) is not { } to || to.Dimension != from.Dimension)
        {
            return parameter;
        }

        var converted = (JsonObject)parameter.DeepClone();
        converted["value"] = to.FromSi(from.ToSi(PanTest.NumberOf(value)));
        converted["unit"] = unit;
        return converted;
    }
}

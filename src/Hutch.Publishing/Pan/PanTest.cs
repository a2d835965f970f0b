using System.Text.RegularExpressions;

namespace Hutch.Publishing.Pan;

/// <summary>A comparison of a property.</summary>
/// <param name="Operator">One of <see cref="Operators"/>.</param>
/// <param name="Values">The values: two for <c>between</c>, any number for <c>inq</c> and <c>nin</c>, else one.</param>
public sealed record PanTest(string Property, PanKind Kind, string Operator, IReadOnlyList<JsonNode?> Values) : PanCondition
{
    public static IReadOnlyList<string> Operators { get; } =
    [
        "eq", "neq", "gt", "gte", "lt", "lte", "between", "inq", "nin", "like", "nlike", "ilike", "nilike", "regexp",
    ];

    /// <summary>The pattern of <c>regexp</c>.</summary>
    public Regex? Pattern { get; init; }

    // A list of texts, such as keywords, is tested by each; what denies is true if none of them fulfils the opposite.
    public override bool Holds(JsonObject entity)
    {
        IReadOnlyList<JsonNode?> items = entity[Property] is JsonArray { Count: > 0 } list ? [.. list] : [entity[Property]];
        return Operator switch
        {
            "neq" => !items.Any(item => IsEqual(item, Values[0])),
            "nin" => !items.Any(item => Values.Any(value => IsEqual(item, value))),
            "nlike" => !items.Any(item => IsLike(item, StringComparison.Ordinal)),
            "nilike" => !items.Any(item => IsLike(item, StringComparison.OrdinalIgnoreCase)),
            _ => items.Any(HoldsFor),
        };
    }

    internal static string? TextOf(JsonNode? value) => value is JsonValue scalar && scalar.TryGetValue(out string? text) ? text : null;

    private bool HoldsFor(JsonNode? item) => Operator switch
    {
        "eq" => IsEqual(item, Values[0]),
        "inq" => Values.Any(value => IsEqual(item, value)),
        "like" => IsLike(item, StringComparison.Ordinal),
        "ilike" => IsLike(item, StringComparison.OrdinalIgnoreCase),
        "regexp" => TextOf(item) is { } text && Pattern!.IsMatch(text),
        "gt" => Compare(item, Values[0]) > 0,
        "gte" => Compare(item, Values[0]) >= 0,
        "lt" => Compare(item, Values[0]) < 0,
        "lte" => Compare(item, Values[0]) <= 0,
        _ => Compare(item, Values[0]) >= 0 && Compare(item, Values[1]) <= 0,
    };

    private bool IsEqual(JsonNode? item, JsonNode? wanted) =>
        item is null || wanted is null ? item is null && wanted is null : Compare(item, wanted) == 0;

    private bool IsLike(JsonNode? item, StringComparison comparison) =>
        TextOf(item) is { } text && LikePattern.Matches(TextOf(Values[0])!, text, comparison);

    /// <summary>Compares two values; null for values that cannot be compared, such as a number and a text.</summary>
    private int? Compare(JsonNode? one, JsonNode? other)
    {
        if (Kind == PanKind.Date && DateOf(one) is { } time && DateOf(other) is { } otherTime)
        {
            return time.CompareTo(otherTime);
        }

        return (one?.GetValueKind(), other?.GetValueKind()) switch
        {
            (JsonValueKind.Number, JsonValueKind.Number) => NumberOf(one!).CompareTo(NumberOf(other!)),
            (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(TextOf(one), TextOf(other)),
            (JsonValueKind.True or JsonValueKind.False, JsonValueKind.True or JsonValueKind.False) =>
                one!.GetValue<bool>().CompareTo(other!.GetValue<bool>()),
            _ => null,
        };
    }

    internal static double NumberOf(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    internal static DateTimeOffset? DateOf(JsonNode? value) => TextOf(value) is { } text && DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}

using System.Text.RegularExpressions;

namespace Hutch.Publishing.Pan;

/// <summary>
/// A filter of the PaN search API (doc/query.md of https://github.com/panosc-eu/search-api): <c>where</c>, <c>include</c>, <c>limit</c>,
/// <c>skip</c>, and at the top <c>query</c> with words for our own search. Everything else is refused by its name: a filter that is ignored
/// gives a wrong answer.
/// </summary>
/// <param name="Limit">The most entities; null for no limit.</param>
public sealed record PanFilter(PanCondition? Where, IReadOnlyList<PanInclusion> Include, int? Limit, int Skip, string? Query)
{
    public const int MaxCharacters = 16 * 1024;

    private const int MaxDepth = 24;
    private const int MaxConditions = 200;
    private const int MaxPattern = 500;

    public static PanFilter All { get; } = new(null, [], null, 0, null);

    /// <summary>Parses a filter; an exception says what it cannot mean.</summary>
    public static PanFilter Parse(string json, PanModel model)
    {
        return Bounded(Read(Object(Tree(json), "the filter"), model, isTop: true));
    }

    /// <summary>Parses the conditions of a count.</summary>
    public static PanFilter ParseWhere(string json, PanModel model) =>
        Bounded(All with { Where = Conditions(Object(Tree(json), "'where'"), model) });

    /// <summary>Returns true if it, or one of its inclusions, needs a relation.</summary>
    public bool Needs(params string[] relations) =>
        Include.Any(one => relations.Contains(one.Relation) || one.Scope.Needs(relations));

    private static PanFilter Bounded(PanFilter filter) =>
        Count(filter) <= MaxConditions ? filter : throw Wrong($"The filter has more than {MaxConditions} conditions.");

    private static int Count(PanFilter filter) =>
        (filter.Where?.Parts.Count() ?? 0) + filter.Include.Sum(static one => 1 + Count(one.Scope));

    private static JsonNode? Tree(string json)
    {
        if (json.Length > MaxCharacters)
        {
            throw Wrong($"The filter has more than {MaxCharacters} characters.");
        }

        try
        {
            return JsonNode.Parse(
                json, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw Wrong($"The filter is no JSON that can be read, at character {e.BytePositionInLine + 1}.");
        }
    }

    private static PanFilter Read(JsonObject tree, PanModel model, bool isTop)
    {
        PanFilter filter = All;
        foreach ((string key, JsonNode? value) in tree)
        {
            filter = key switch
            {
                "where" => filter with { Where = Conditions(Object(value, "'where'"), model) },
                "include" => filter with { Include = [.. Inclusions(value, model)] },
                "limit" => filter with { Limit = Whole(value, key) is > 0 and var limit ? limit : null },
                "skip" or "offset" => filter with { Skip = Whole(value, key) },
                "query" when isTop => filter with { Query = Text(value, key) },
                _ => throw Wrong($"{Display.Quote(key)} is no part of a filter here: where, include, limit and skip are."),
            };
        }

        return filter;
    }

    private static IEnumerable<PanInclusion> Inclusions(JsonNode? value, PanModel model)
    {
        foreach (JsonNode? one in value is JsonArray list ? [.. list] : new[] { value })
        {
            JsonObject tree = one is JsonValue name ? new JsonObject { ["relation"] = Text(name, "include") } : Object(one, "'include'");
            if (tree.FirstOrDefault(static pair => pair.Key is not ("relation" or "scope")) is { Key: { } other })
            {
                throw Wrong($"{Display.Quote(other)} is no part of an inclusion: relation and scope are.");
            }

            string relation = Text(tree["relation"], "relation");
            if (!model.Relations.TryGetValue(relation, out (PanModel Model, bool IsMany) related))
            {
                throw Wrong($"A {model.Name} has no relation {Display.Quote(relation)} here: {Names(model.Relations.Keys)}.");
            }

            PanFilter scope = tree["scope"] is { } inner ? Read(Object(inner, "'scope'"), related.Model, isTop: false) : All;
            yield return new PanInclusion(relation, related.IsMany, scope);
        }
    }

    private static PanGroup Conditions(JsonObject tree, PanModel model)
    {
        var found = new List<PanCondition>();
        foreach ((string key, JsonNode? value) in tree)
        {
            found.Add(key switch
            {
                "and" or "or" => Group(key, value, model),
                "text" when model.TextFields.Count > 0 => new PanText(model.TextFields, Text(value, key)),
                _ => Property(key, value, model),
            });
        }

        return new PanGroup(IsAll: true, found);
    }

    private static PanGroup Group(string key, JsonNode? value, PanModel model) => value is JsonArray { Count: > 0 } list
        ? new PanGroup(key == "and", [.. list.Select(one => Conditions(Object(one, $"each condition of '{key}'"), model))])
        : throw Wrong($"'{key}' takes a list of at least one condition.");

    private static PanCondition Property(string name, JsonNode? value, PanModel model)
    {
        if (!model.Properties.TryGetValue(name, out PanKind kind))
        {
            throw Wrong($"A {model.Name} has no property {Display.Quote(name)}: {Names(model.Properties.Keys)}.");
        }

        if (value is not JsonObject operators)
        {
            return Test(name, kind, "eq", value);
        }

        return operators.Count == 0
            ? throw Wrong($"{Display.Quote(name)} is compared with no operator.")
            : new PanGroup(IsAll: true, [.. operators.Select(one => Test(name, kind, one.Key, one.Value))]);
    }

    private static PanTest Test(string name, PanKind kind, string comparison, JsonNode? value)
    {
        if (!PanTest.Operators.Contains(comparison))
        {
            throw Wrong($"The operator {Display.Quote(comparison)} is not known here: {Names(PanTest.Operators)}.");
        }

        JsonNode?[] values = comparison is "inq" or "nin" or "between"
            ? value is JsonArray list ? [.. list] : throw Wrong($"'{comparison}' takes a list.")
            : [value];
        bool isOfText = comparison is "like" or "nlike" or "ilike" or "nilike" or "regexp";
        if ((comparison == "between" && values.Length != 2) || (isOfText && kind is not (PanKind.Text or PanKind.Any)))
        {
            throw Wrong(isOfText ? $"'{comparison}' compares texts, and '{name}' is none." : "'between' takes a list of two values.");
        }

        foreach (JsonNode? one in values)
        {
            bool isRight = one is null ? comparison is "eq" or "neq" or "inq" or "nin" : IsOf(isOfText ? PanKind.Text : kind, one);
            if (!isRight)
            {
                throw Wrong($"'{name}' is compared with {Display.Quote(one?.ToJsonString() ?? "null")}, which is no {Words(kind)}.");
            }
        }

        return new PanTest(name, kind, comparison, values) { Pattern = comparison == "regexp" ? Pattern(Text(value, comparison)) : null };
    }

    /// <summary>A pattern, plain or as <c>/pattern/i</c>. It is matched in a time that grows with the text only.</summary>
    private static Regex Pattern(string text)
    {
        int end = text.LastIndexOf('/');
        bool isDelimited = text.StartsWith('/') && end > 0 && text[(end + 1)..] is "" or "i";
        RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
            | (isDelimited && text.EndsWith('i') ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return text.Length <= MaxPattern
                ? new Regex(isDelimited ? text[1..end] : text, options)
                : throw Wrong($"A pattern has at most {MaxPattern} characters.");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Wrong($"{Display.Quote(text)} is no regular expression that is understood here: no look-around, no back references.");
        }
    }

    private static bool IsOf(PanKind kind, JsonNode value) => (kind, value.GetValueKind()) switch
    {
        (PanKind.Text, JsonValueKind.String) or (PanKind.Number, JsonValueKind.Number) => true,
        (PanKind.Flag, JsonValueKind.True or JsonValueKind.False) => true,
        (PanKind.Any, JsonValueKind.String or JsonValueKind.Number) => true,
        (PanKind.Date, JsonValueKind.String) => PanTest.DateOf(value) is not null,
        _ => false,
    };

    private static string Words(PanKind kind) => kind switch
    {
        PanKind.Number => "number",
        PanKind.Flag => "true or false",
        PanKind.Date => "time such as 2026-11-23T10:20:30Z",
        PanKind.Any => "number or text",
        _ => "text",
    };

    private static JsonObject Object(JsonNode? value, string what) =>
        value as JsonObject ?? throw Wrong($"{char.ToUpperInvariant(what[0])}{what[1..]} must be a JSON object.");

    private static string Text(JsonNode? value, string what) => PanTest.TextOf(value) ?? throw Wrong($"'{what}' must be a text.");

    private static int Whole(JsonNode? value, string what) =>
        value is JsonValue scalar && scalar.TryGetValue(out int number) && number >= 0
            ? number
            : throw Wrong($"'{what}' must be a whole number, not below 0.");

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);

    private static HutchException Wrong(string problem) => ErrorCode.BadRequest.With(problem).ToException();
}

/// <param name="IsMany">True for a list, false for one related entity.</param>
public sealed record PanInclusion(string Relation, bool IsMany, PanFilter Scope)
{
    /// <summary>True if an entity is only found with a related one that the scope finds, as by an inner join.</summary>
    public bool IsRequired => Scope.Where is not null || Scope.Include.Count > 0;
}

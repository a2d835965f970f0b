using System.Text.Json.Nodes;
using Hutch.Model;
using Hutch.Publishing.Pan;

namespace Hutch.Publishing.Tests.Pan;

public sealed class PanFilterTests
{
    private static readonly PanEntity Copper = Entity(
        "a", "Copper at 20 °C", 1000, "2026-01-10T00:00:00Z",
        Parameter("temperature", 20, "°C"), Parameter("chemical_formula", "Cu", ""));

    private static readonly PanEntity Zinc = Entity("b", "Zinc, hot", 20, "2026-03-10T00:00:00Z", Parameter("photon_energy", 930, "eV"));

    [Theory]
    [InlineData("""{"where": {"pid": "a"}}""", "a")]
    [InlineData("""{"where": {"pid": {"eq": "b"}}}""", "b")]
    [InlineData("""{"where": {"pid": {"neq": "a"}}}""", "b")]
    [InlineData("""{"where": {"size": {"gt": 20}}}""", "a")]
    [InlineData("""{"where": {"size": {"gte": 20}}}""", "ab")]
    [InlineData("""{"where": {"size": {"lt": 1000}}}""", "b")]
    [InlineData("""{"where": {"size": {"lte": 1000}}}""", "ab")]
    [InlineData("""{"where": {"size": {"between": [20, 30]}}}""", "b")]
    [InlineData("""{"where": {"creationDate": {"between": ["2026-03-09", "2026-03-10T01:00:00+01:00"]}}}""", "b")]
    [InlineData("""{"where": {"pid": {"inq": ["a", "c"]}}}""", "a")]
    [InlineData("""{"where": {"pid": {"nin": ["a", "c"]}}}""", "b")]
    [InlineData("""{"where": {"title": {"like": "%hot"}}}""", "b")]
    [InlineData("""{"where": {"title": {"like": "%HOT"}}}""", "")]
    [InlineData("""{"where": {"title": {"ilike": "copp_r%20%"}}}""", "a")]
    [InlineData("""{"where": {"title": {"like": "Copper"}}}""", "")]
    [InlineData("""{"where": {"title": {"nlike": "%hot"}}}""", "a")]
    [InlineData("""{"where": {"title": {"nilike": "%HOT"}}}""", "a")]
    [InlineData("""{"where": {"title": {"regexp": "^Zinc"}}}""", "b")]
    [InlineData("""{"where": {"title": {"regexp": "/^zinc/i"}}}""", "b")]
    [InlineData("""{"where": {"text": "COPPER"}}""", "a")]
    [InlineData("""{"where": {"isPublic": true}}""", "ab")]
    [InlineData("""{"where": {"isPublic": false}}""", "")]
    [InlineData("""{"where": {"size": {"gt": 10, "lt": 100}, "title": {"like": "Z%"}}}""", "b")]
    [InlineData("""{"where": {"or": [{"pid": "a"}, {"and": [{"pid": "b"}, {"size": 20}]}]}}""", "ab")]
    [InlineData("""{"where": {"and": [{"pid": "b"}, {"size": 21}]}}""", "")]
    [InlineData("""{"include": ["parameters"]}""", "ab")]
    [InlineData("""{"include": [{"relation": "files"}]}""", "ab")]
    [InlineData("""{"include": [{"relation": "files", "scope": {"where": {"text": "x"}}}]}""", "")]
    [InlineData("""{"include": [{"relation": "parameters", "scope": {"where": {"and": [{"name": "temperature"}, {"value": {"lt": 80}}, {"unit": "°C"}]}}}]}""", "a")]
    [InlineData("""{"include": [{"relation": "parameters", "scope": {"where": {"name": "temperature", "value": {"between": [293, 294]}, "unit": "K"}}}]}""", "a")]
    [InlineData("""{"include": [{"relation": "parameters", "scope": {"where": {"name": "photon_energy", "value": {"gt": 0.9}, "unit": "keV"}}}]}""", "b")]
    [InlineData("""{"include": [{"relation": "parameters", "scope": {"where": {"name": "photon_energy", "value": {"gt": 900}, "unit": "keV"}}}]}""", "")]
    [InlineData("""{"include": [{"relation": "parameters", "scope": {"where": {"value": "Cu"}}}, {"relation": "parameters", "scope": {"where": {"value": 20}}}]}""", "a")]
    [InlineData("""{"include": [{"relation": "parameters", "scope": {"where": {"value": "Cu"}}}, {"relation": "parameters", "scope": {"where": {"value": 21}}}]}""", "")]
    public void A_filter_finds_the_entities_that_fulfil_it(string filter, string found)
    {
        PanFilter parsed = PanFilter.Parse(filter, PanModel.Dataset);

        Assert.Equal(
            found,
            string.Concat(new[] { Copper, Zinc }.Select(one => PanJoin.Find(one, parsed)).OfType<JsonObject>().Select(static one => one["pid"]!.GetValue<string>())));
    }

    [Fact]
    public void An_inclusion_has_only_what_its_scope_finds_in_the_unit_of_the_query()
    {
        PanFilter filter = PanFilter.Parse(
            """{"include": [{"relation": "parameters", "scope": {"where": {"name": "photon_energy", "unit": "keV"}}}]}""", PanModel.Dataset);

        JsonObject found = PanJoin.Find(Zinc, filter)!;

        JsonNode parameter = Assert.Single(found["parameters"]!.AsArray())!;
        Assert.Equal((0.93, "keV"), (Math.Round(parameter["value"]!.GetValue<double>(), 9), parameter["unit"]!.GetValue<string>()));
        Assert.False(PanJoin.Find(Zinc, PanFilter.All)!.ContainsKey("parameters"));
    }

    /// <summary>A filter that is ignored gives a wrong answer.</summary>
    [Theory]
    [InlineData("""{"where": {"title": {"near": "x"}}}""", "'near'")]
    [InlineData("""{"where": {"titel": "x"}}""", "'titel'")]
    [InlineData("""{"where": {"size": "x"}}""", "no number")]
    [InlineData("""{"where": {"size": {"like": "x"}}}""", "'like' compares texts")]
    [InlineData("""{"where": {"size": {"between": [1]}}}""", "two values")]
    [InlineData("""{"where": {"pid": {"inq": "a"}}}""", "takes a list")]
    [InlineData("""{"where": {"creationDate": {"gt": "yesterday"}}}""", "no time")]
    [InlineData("""{"where": {"title": {"regexp": "(?=a)"}}}""", "no regular expression")]
    [InlineData("""{"where": {"title": {"regexp": "a", "options": "i"}}}""", "operator 'options'")]
    [InlineData("""{"where": {"title": {}}}""", "no operator")]
    [InlineData("""{"where": {"or": []}}""", "at least one condition")]
    [InlineData("""{"where": []}""", "must be a JSON object")]
    [InlineData("""{"order": "title"}""", "'order'")]
    [InlineData("""{"fields": ["title"]}""", "'fields'")]
    [InlineData("""{"limit": -1}""", "not below 0")]
    [InlineData("""{"include": [{"relation": "owners"}]}""", "'owners'")]
    [InlineData("""{"include": [{"relation": "files", "scope": {"query": "x"}}]}""", "'query'")]
    [InlineData("""{"include": [{"relation": "files", "where": {}}]}""", "'where'")]
    [InlineData("""{"where": {"pid": "a", "pid": "b"}}""", "no JSON that can be read")]
    [InlineData("""{"where": """, "no JSON that can be read")]
    public void An_unknown_or_invalid_part_of_a_filter_is_refused_by_its_name(string filter, string problem)
    {
        HutchException refused = Assert.Throws<HutchException>(() => PanFilter.Parse(filter, PanModel.Dataset));

        Assert.Contains(problem, refused.Message.Replace('"', '\''), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_has_limits()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"and\": [", 20)) + "{}" + string.Concat(Enumerable.Repeat("]}", 20));
        string wide = string.Join(',', Enumerable.Repeat("{\"pid\": \"a\"}", 300));

        Assert.Throws<HutchException>(() => PanFilter.ParseWhere(deep, PanModel.Dataset));
        Assert.Contains("200 conditions", Assert.Throws<HutchException>(() => PanFilter.Parse("{\"where\": {\"or\": [" + wide + "]}}", PanModel.Dataset)).Message, StringComparison.Ordinal);
        Assert.Throws<HutchException>(() => PanFilter.Parse("{\"where\": {\"pid\": \"" + new string('a', 20_000) + "\"}}", PanModel.Dataset));
    }

    private static PanEntity Entity(string pid, string title, double size, string created, params PanEntity[] parameters) => new(
        new JsonObject { ["pid"] = pid, ["title"] = title, ["size"] = size, ["creationDate"] = created, ["isPublic"] = true },
        new Dictionary<string, IReadOnlyList<PanEntity>> { ["parameters"] = parameters, ["files"] = [] });

    private static PanEntity Parameter(string name, JsonNode value, string unit) =>
        new(new JsonObject { ["name"] = name, ["value"] = value, ["unit"] = unit });
}

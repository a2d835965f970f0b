using System.Text.Json;
using Hutch.Messaging.Recipes;
using Hutch.Model;

namespace Hutch.Messaging.Tests.Recipes;

public sealed class RecipeParametersTests
{
    private static readonly Dictionary<string, JsonElement> Values = new()
    {
        ["ispyb_dcid"] = JsonElement.Parse("4711"),
        ["visit"] = JsonElement.Parse("\"cm31108-2\""),
        ["flag"] = JsonElement.Parse("true"),
        ["none"] = JsonElement.Parse("null"),
        ["list"] = JsonElement.Parse("[\"a\",\"b\"]"),
        ["info"] = JsonElement.Parse("""{"sample":{"name":"lysozyme"}}"""),
    };

    [Theory]
    [InlineData("""{"{visit}":"dc-{ispyb_dcid}"}""", """{"cm31108-2":"dc-4711"}""")]
    [InlineData("""["{unknown} stays","{info[sample][name]}","{list[1]}","{list[9]}"]""", """["{unknown} stays","lysozyme","b","{list[9]}"]""")]
    [InlineData("""["{flag}{none}"]""", """["TrueNone"]""")]
    [InlineData("""{"a":"{$REPLACE:list}","b":"{$REPLACE:info[sample]}","c":"{$REPLACE:unknown}"}""", """{"a":["a","b"],"b":{"name":"lysozyme"},"c":null}""")]
    [InlineData("""[1,true,null,"{","{}","{ x }"]""", """[1,true,null,"{","{}","{ x }"]""")]
    public void Values_stand_in_the_place_of_their_names(string written, string expected)
    {
        Assert.Equal(expected, RecipeParameters.Apply(JsonElement.Parse(written), Values).Value.GetRawText());
    }

    [Theory]
    [InlineData("""["all of {list}"]""", "'{list}' stands for a list or an object")]
    [InlineData("""{"{visit}":1,"cm31108-2":2}""", "'cm31108-2' is there twice")]
    public void What_cannot_be_put_there_is_refused(string written, string said)
    {
        HutchError? error = RecipeParameters.Apply(JsonElement.Parse(written), Values).Error;

        Assert.Contains(said, error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_cannot_grow_beyond_its_limit()
    {
        var values = new Dictionary<string, JsonElement> { ["x"] = JsonElement.Parse($"\"{new string('x', 10_000)}\"") };
        string inOne = $"[\"{string.Concat(Enumerable.Repeat("{x}", 100))}\"]";
        string inMany = $"[{string.Join(",", Enumerable.Repeat("\"{x}\"", 100))}]";

        Assert.Contains("more than 262144 bytes", RecipeParameters.Apply(JsonElement.Parse(inOne), values).Error?.Message, StringComparison.Ordinal);
        Assert.Contains("more than 262144 bytes", RecipeParameters.Apply(JsonElement.Parse(inMany), values).Error?.Message, StringComparison.Ordinal);
    }
}

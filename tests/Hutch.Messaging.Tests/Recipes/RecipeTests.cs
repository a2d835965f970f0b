using System.Text;
using System.Text.Json;
using Hutch.Messaging.Recipes;
using Hutch.Model;

namespace Hutch.Messaging.Tests.Recipes;

public sealed class RecipeTests
{
    [Fact]
    public void A_recipe_says_its_nodes_their_outputs_and_where_it_starts()
    {
        Recipe recipe = Read(
            """
            { "1": { "service": "Watcher", "queue": "watcher", "output": { "every": 2, "select-3": [2, 3] }, "sampling": 7 },
              "2": { "queue": "analysis", "parameters": { "d_max": 40 }, "output": 3, "transport-delay": 1.5, "error": 4 },
              "3": { "topic": "news" },
              "4": { "queue": "failed" },
              "start": [[1, { "a": 1 }]], "error": [4] }
            """).Value;

        Assert.Equal([1, 2, 3, 4], recipe.Nodes.Keys);
        Assert.Equal("Watcher", recipe.Nodes[1].Service);
        Assert.Equal([2], recipe.Nodes[1].To("every", isMain: false));
        Assert.Equal([2, 3], recipe.Nodes[1].To("select-3", isMain: false));
        Assert.Equal([3], recipe.Nodes[2].To("result", isMain: true));
        Assert.Empty(recipe.Nodes[2].To("other", isMain: false));
        Assert.Equal(TimeSpan.FromSeconds(1.5), recipe.Nodes[2].Delay);
        Assert.Equal("news", recipe.Nodes[3].Topic);
        Assert.Equal(40, recipe.Nodes[2].Parameters.GetProperty("d_max").GetInt32());
        Assert.Equal((1, """{ "a": 1 }"""), (recipe.Start[0].Node, recipe.Start[0].Payload.GetRawText()));
        Assert.Equal([4], recipe.Errors);
    }

    [Fact]
    public void It_travels_as_python_workflows_writes_it_with_everything_that_was_in_it()
    {
        Recipe recipe = Read("""{"start":[[1,[]]],"1":{"queue":"a","output":2,"mine":{"x":null}},"2":{"queue":"b","output":{"n":3}},"3":{"queue":"c"}}""").Value;

        Assert.Equal(
            """{"start":[[1,[]]],"1":{"queue":"a","output":[2],"mine":{"x":null}},"2":{"queue":"b","output":{"n":3}},"3":{"queue":"c"}}""",
            recipe.Json.GetRawText());
    }

    [Theory]
    [InlineData("[]", "it must be a JSON object with the nodes")]
    [InlineData("""{ "1": { "queue": "a" } }""", "\"start\" is missing")]
    [InlineData("""{ "1": { "queue": "a" }, "start": [] }""", "\"start\" is missing")]
    [InlineData("""{ "1": { "queue": "a" }, "start": [1] }""", "must be a list of [node, payload]")]
    [InlineData("""{ "1": { "queue": "a" }, "start": [[2, []]] }""", "it starts with node 2, which is not there")]
    [InlineData("""{ "one": { "queue": "a" }, "start": [[1, []]] }""", "'one' is neither the number of a node")]
    [InlineData("""{ "01": { "queue": "a" }, "start": [[1, []]] }""", "'01' is neither the number of a node")]
    [InlineData("""{ "1": "a", "start": [[1, []]] }""", "node 1 must be an object")]
    [InlineData("""{ "1": { }, "start": [[1, []]] }""", "node 1 must have a \"queue\" or a \"topic\"")]
    [InlineData("""{ "1": { "queue": "a", "topic": "b" }, "start": [[1, []]] }""", "and not both")]
    [InlineData("""{ "1": { "queue": 7 }, "start": [[1, []]] }""", "\"queue\" of node 1 must be text")]
    [InlineData("""{ "1": { "queue": "" }, "start": [[1, []]] }""", "must have 1 to 200 characters")]
    [InlineData("""{ "1": { "queue": "a\nb" }, "start": [[1, []]] }""", "none of them a control character")]
    [InlineData("""{ "1": { "queue": "a", "parameters": [] }, "start": [[1, []]] }""", "\"parameters\" of node 1 must be an object")]
    [InlineData("""{ "1": { "queue": "a", "output": "2" }, "start": [[1, []]] }""", "\"output\" of node 1 must be the number of a node")]
    [InlineData("""{ "1": { "queue": "a", "output": { "x": "2" } }, "start": [[1, []]] }""", "output 'x' of node 1 must be the number of a node")]
    [InlineData("""{ "1": { "queue": "a", "transport-delay": -1 }, "start": [[1, []]] }""", "must be a number of seconds, 0 to 86400")]
    [InlineData("""{ "1": { "queue": "a", "output": 2 }, "start": [[1, []]] }""", "node 1 leads to node 2, which is not there")]
    [InlineData("""{ "1": { "queue": "a" }, "start": [[1, []]], "error": 9 }""", "leads to node 9, which is not there")]
    [InlineData("""{ "1": { "queue": "a" }, "2": { "queue": "b" }, "start": [[1, []]] }""", "nothing leads to node 2")]
    [InlineData(
        """{ "1": { "queue": "a", "output": 2 }, "2": { "queue": "b", "output": 1 }, "start": [[1, []]] }""",
        "node 1 leads back to itself, through node 2")]
    [InlineData("""{ "1": { "queue": "a" }, "1": { "queue": "b" }, "start": [[1, []]] }""", "The recipe is no JSON")]
    public void A_recipe_that_is_wrong_is_refused_with_the_place(string json, string said)
    {
        Result<Recipe> read = Recipe.ReadWhole(Encoding.UTF8.GetBytes(json));

        Assert.Equal(ErrorCode.Unprocessable, read.Error?.Code);
        Assert.Contains(said, read.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_that_is_too_large_too_deep_or_has_too_many_nodes_is_refused()
    {
        string many = string.Join(",", Enumerable.Range(1, 300).Select(n => $"\"{n}\":{{\"queue\":\"q\"}}"));
        string deep = new string('[', 40) + new string(']', 40);

        Assert.Equal(ErrorCode.TooLarge, Recipe.ReadWhole(new byte[Recipe.MaxBytes + 1]).Error?.Code);
        Assert.Contains("more than 256 nodes", Read($"{{{many},\"start\":[[1,[]]]}}").Error?.Message, StringComparison.Ordinal);
        Assert.Contains(
            "nested more than 32 deep", Read($"{{\"1\":{{\"queue\":\"q\",\"x\":{deep}}},\"start\":[[1,[]]]}}").Error?.Message, StringComparison.Ordinal);
        Assert.Contains(
            "more than 262144 bytes",
            Read($"{{\"1\":{{\"queue\":\"q\",\"x\":\"{new string('x', Recipe.MaxBytes)}\"}},\"start\":[[1,[]]]}}").Error?.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_is_reached_on_two_ways_is_no_circle()
    {
        Result<Recipe> read = Recipe.ReadWhole(
            """{"1":{"queue":"a","output":[2,3]},"2":{"queue":"b","output":4},"3":{"queue":"c","output":4},"4":{"queue":"d"},"start":[[1,[]]]}"""u8.ToArray());

        Assert.True(read.IsOk);
    }

    private static Result<Recipe> Read(string json) => Recipe.Read(JsonElement.Parse(json));
}

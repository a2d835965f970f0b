using System.Text;
using System.Text.Json;
using Hutch.Messaging.Recipes;
using Hutch.Model;

namespace Hutch.Messaging.Tests.Recipes;

public sealed class RecipeMessageTests
{
    private const string Recipe3 =
        """{"start": [[1, []]], "1": {"queue": "pia", "output": [2, 3]}, "2": {"queue": "a", "transport-delay": 2}, "3": {"queue": "b"}}""";

    private static readonly Dictionary<string, string> Marked = new() { [BusMessage.RecipeHeader] = "True" };

    [Fact]
    public void A_message_is_sent_to_each_next_node_in_the_envelope_of_python_workflows()
    {
        RecipeMessage came = Read($$"""{"environment": {"ID": "g"}, "payload": [], "recipe": {{Recipe3}}, "recipe-path": [], "recipe-pointer": 1}""").Value;

        IReadOnlyList<QueuedMessage> sent = came.Send(came.Node.To("result", isMain: true), JsonElement.Parse("""{"n":1}""")).Value;

        Assert.Equal(["a", "b"], sent.Select(message => message.Queue));
        Assert.Equal(
            """{"environment":{"ID":"g"},"payload":{"n":1},"recipe":{"start":[[1,[]]],"1":{"queue":"pia","output":[2,3]},"2":{"queue":"a","transport-delay":2},"3":{"queue":"b"}},"recipe-path":[1],"recipe-pointer":2}""",
            JsonElement.Parse(sent[0].Body.Span).GetRawText().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("true", sent[0].Headers[BusMessage.RecipeHeader]);
        Assert.Equal("2000", sent[0].Headers[BusMessage.DelayHeader]);
        Assert.DoesNotContain(BusMessage.DelayHeader, sent[1].Headers.Keys);
    }

    [Theory]
    [InlineData("nonsense", "it is no JSON")]
    [InlineData("[]", "it must be an object with 'recipe'")]
    [InlineData("""{"recipe": {}, "recipe-pointer": 1}""", "it must be an object with 'recipe'")]
    [InlineData("""{"recipe": {}, "recipe-pointer": 1, "payload": 1}""", "\"start\" is missing")]
    [InlineData("""{"recipe": {"start":[[1,[]]],"1":{"queue":"a"}}, "recipe-pointer": 7, "payload": 1}""", "it is for node 7")]
    public void A_message_that_cannot_be_used_says_why(string body, string said)
    {
        Assert.Contains(said, Read(body).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_without_a_recipe_is_refused()
    {
        HutchError? error = RecipeMessage.Read(new BusMessage("pia", null, BusMessage.NoHeaders, "{}"u8.ToArray())).Error;

        Assert.Contains("has no header 'workflows-recipe'", error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_sent_to_a_topic_or_to_a_node_that_is_not_there()
    {
        RecipeMessage topic = Read("""{"recipe": {"start":[[1,[]]],"1":{"queue":"a","output":2},"2":{"topic":"t"}}, "recipe-pointer": 1, "payload": 1}""").Value;
        RecipeMessage missing = Read("""{"recipe": {"start":[[1,[]]],"1":{"queue":"a","output":5}}, "recipe-pointer": 1, "payload": 1}""").Value;

        Assert.Contains("Hutch sends to queues", topic.Send([2], default).Error?.Message, StringComparison.Ordinal);
        Assert.Contains("leads to node 5", missing.Send([5], default).Error?.Message, StringComparison.Ordinal);
    }

    private static Result<RecipeMessage> Read(string body) =>
        RecipeMessage.Read(new BusMessage("pia", null, Marked, Encoding.UTF8.GetBytes(body)));
}

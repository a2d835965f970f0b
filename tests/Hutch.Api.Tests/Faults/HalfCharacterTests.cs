using System.Text;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Faults;

/// <summary>JSON can name half of a character, which no text can have: nothing stores it, and no reader meets it later.</summary>
public sealed class HalfCharacterTests
{
    [Theory]
    [InlineData("PUT", "metadata", """{ "a": "\ud800" }""")]
    [InlineData("PUT", "metadata", """{ "\udfff": 1 }""")]
    [InlineData("PUT", "metadata", """{ "a": ["x", { "b": "\ud83d\u0041" }] }""")]
    [InlineData("POST", "analyses/trial", """{ "frame": "000001", "parameters": { "algorithm": "\ud800" } }""")]
    public async Task Half_a_character_is_refused_with_words_wherever_any_value_is_taken(string method, string path, string body)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("odd");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        Answer refused = await server.Admin.SendAsync(new HttpMethod(method), $"datasets/{id}/{path}", content);

        refused.MustRefuse(400, "invalid-body");
        Assert.Contains("half of a surrogate pair", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_characters_in_escapes_are_taken()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("whole");

        (await server.Admin.PutAsync($"datasets/{id}/metadata", """{ "a": "\ud83d\ude00 \u00b5" }""")).Must(204);
    }
}

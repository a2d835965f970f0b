using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Who may see a dataset asks to read it, and who manages it answers.</summary>
public sealed class AccessRequestTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestCaller _ada = null!;
    private TestCaller _bob = null!;
    private string _id = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _ada = await _server.UserAsync("ada");
        _bob = await _server.UserAsync("bob");
        _id = await _ada.DatasetAsync("frames");
        (await _ada.PutJsonAsync($"datasets/{_id}/grants/user:bob", new { right = "view" })).Must(200);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_request_that_is_granted_gives_the_right_and_is_gone()
    {
        Answer asked = (await RequestAsync(_bob, "For the comparison.")).Must(201);
        (await RequestAsync(_bob, "For the comparison of detectors.")).Must(201);

        Assert.Equal("ada/frames bob open", Words(asked.Json, "name", "user", "state"));
        JsonElement seen = Assert.Single(await ListAsync(_ada, "access-requests"));
        Assert.Equal("For the comparison of detectors.", seen.GetProperty("text").GetString());
        Assert.Single(await ListAsync(_ada, $"datasets/{_id}/access-requests"));
        Assert.Equal("open", Assert.Single(await ListAsync(_bob, "access-requests?own=true")).GetProperty("state").GetString());
        Assert.Empty(await ListAsync(_bob, "access-requests"));

        (await _ada.PostAsync($"datasets/{_id}/access-requests/bob", new { granted = true, right = "derive" })).Must(204);

        Assert.Equal("derive", (await _bob.GetAsync("datasets/" + _id)).Must(200).Json.GetProperty("yourRight").GetString());
        Assert.Empty(await ListAsync(_ada, "access-requests"));
        Assert.Empty(await ListAsync(_bob, "access-requests?own=true"));
        (await RequestAsync(_bob)).MustRefuse(409, "conflict");
        (await _ada.PostAsync($"datasets/{_id}/access-requests/bob", new { granted = true })).MustRefuse(404, "not-found");
        Assert.Equal(
            ["access.answer granted to user:bob", "access.ask ", "access.ask "],
            (await ListAsync(_ada, $"datasets/{_id}/activity"))
                .Select(line => $"{line.GetProperty("action").GetString()} {(line.TryGetProperty("detail", out JsonElement detail) ? detail.GetString() : "")}")
                .Where(line => line.StartsWith("access.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_denied_user_sees_the_denial_and_can_ask_again_after_a_week()
    {
        (await RequestAsync(_bob)).Must(201);
        (await _ada.PostAsync($"datasets/{_id}/access-requests/bob", new { granted = false })).Must(204);

        JsonElement denied = Assert.Single(await ListAsync(_bob, "access-requests?own=true"));
        Assert.Equal("denied", denied.GetProperty("state").GetString());
        Assert.Equal(TimeSpan.FromDays(7), denied.GetProperty("againAfter").GetDateTimeOffset() - denied.GetProperty("denied").GetDateTimeOffset());
        Assert.Empty(await ListAsync(_ada, "access-requests"));
        (await RequestAsync(_bob)).MustRefuse(409, "conflict");
        (await _bob.DeleteAsync($"datasets/{_id}/access-request")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Access_requests_reveal_no_hidden_datasets()
    {
        TestCaller eve = await _server.UserAsync("eve");

        Answer hidden = (await RequestAsync(eve)).MustRefuse(404, "not-found");
        Answer none = (await eve.PostAsync($"datasets/{Guid.Empty}/access-request", new { })).MustRefuse(404, "not-found");

        Assert.Equal(
            none.Json.GetProperty("detail").GetString(),
            hidden.Json.GetProperty("detail").GetString()!.Replace(_id, Guid.Empty.ToString(), StringComparison.Ordinal));
        (await RequestAsync(_bob)).Must(201);
        (await _bob.GetAsync($"datasets/{_id}/access-requests")).MustRefuse(403, "forbidden");
        (await _bob.PostAsync($"datasets/{_id}/access-requests/bob", new { granted = true })).MustRefuse(403, "forbidden");
        (await _ada.PutJsonAsync($"datasets/{_id}/grants/public", new { right = "view" })).Must(200);
        (await RequestAsync(_server.Nobody)).MustRefuse(401, "unauthenticated");
        Assert.Equal("bob", Assert.Single(await ListAsync(_ada, "access-requests")).GetProperty("user").GetString());
    }

    [Fact]
    public async Task A_text_is_short_and_plain_and_no_token_for_reading_sends_one()
    {
        (await RequestAsync(_bob, new string('x', 501))).MustRefuse(400, "bad-request");
        (await RequestAsync(_bob, "a\0b")).MustRefuse(400, "bad-request");
        (await RequestAsync(_bob, "\u001b[2Jgone")).MustRefuse(400, "bad-request");
        (await RequestAsync(_bob, "two\nlines")).Must(201);
        Answer token = (await _bob.PostAsync("tokens", new { scopes = new[] { "read" } })).Must(201);
        TestCaller reader = _server.With(token.Json.GetProperty("token").GetString()!);

        (await RequestAsync(reader, "Not by this one.")).MustRefuse(403, "scope-missing");
        (await reader.DeleteAsync($"datasets/{_id}/access-request")).MustRefuse(403, "scope-missing");
        Assert.Equal("two\nlines", Assert.Single(await ListAsync(reader, "access-requests?own=true")).GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_request_ends_with_the_account_with_the_dataset_when_it_is_taken_back_and_when_the_right_comes_otherwise()
    {
        (await RequestAsync(_bob)).Must(201);
        (await _bob.DeleteAsync($"datasets/{_id}/access-request")).Must(204);
        Assert.Empty(await ListAsync(_ada, "access-requests"));

        (await RequestAsync(_bob)).Must(201);
        (await _ada.PutJsonAsync($"datasets/{_id}/grants/user:bob", new { right = "read" })).Must(200);
        Assert.Empty(await ListAsync(_ada, "access-requests"));

        (await _ada.PutJsonAsync($"datasets/{_id}/grants/user:bob", new { right = "view" })).Must(200);
        (await RequestAsync(_bob)).Must(201);
        (await _server.Admin.PatchAsync("users/bob", new { disabled = true })).Must(200);
        Assert.Empty(await ListAsync(_ada, "access-requests"));
        (await _server.Admin.PatchAsync("users/bob", new { disabled = false })).Must(200);
        Assert.Empty(await ListAsync(_ada, "access-requests"));

        (await RequestAsync(_bob)).Must(201);
        (await _ada.DeleteAsync("datasets/" + _id)).Must(200);
        (await RequestAsync(_bob)).MustRefuse(410, "in-trash");
        (await _ada.PostAsync($"datasets/{_id}/restore", new { })).Must(200);
        Assert.Empty(await ListAsync(_ada, "access-requests"));
        Assert.Empty(await ListAsync(_bob, "access-requests?own=true"));
    }

    private Task<Answer> RequestAsync(TestCaller caller, string? text = null) =>
        caller.PostAsync($"datasets/{_id}/access-request", new { text });

    private static async Task<JsonElement[]> ListAsync(TestCaller caller, string path) =>
        [.. (await caller.GetAsync(path)).Must(200).Json.GetProperty("items").EnumerateArray()];

    private static string Words(JsonElement json, params string[] fields) => string.Join(' ', fields.Select(field => json.GetProperty(field)));
}

using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Who owns a dataset, and that nobody comes to own one unasked.</summary>
public sealed class OwnershipTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestCaller _ada = null!;
    private TestCaller _bob = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _ada = await _server.UserAsync("ada");
        _bob = await _server.UserAsync("bob");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_gift_is_offered_and_changes_nothing_before_it_is_accepted()
    {
        string id = await _ada.DatasetAsync("gift");
        (await _ada.PutAsync($"datasets/{id}/entries/a", "12345")).Must(201);
        (await _ada.PatchAsync($"datasets/{id}", new { title = "A gift" })).Must(200);

        Answer offered = (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);

        Assert.Equal("ada/gift", offered.Json.GetProperty("name").GetString());
        Assert.Equal("user:bob", offered.Json.GetProperty("offer").GetProperty("to").GetString());
        (await _bob.GetAsync("datasets/" + id)).MustRefuse(404, "not-found");
        (await _bob.GetAsync("datasets/resolve?name=gift")).MustRefuse(404, "not-found");
        JsonElement offer = Assert.Single(await OffersAsync(_bob));
        Assert.Equal("ada/gift A gift 1 5 ada", string.Join(' ', ((string[])["name", "title", "files", "bytes", "by"]).Select(field => offer.GetProperty(field))));
        Assert.Equal(id, Assert.Single(await OffersAsync(_ada, "?own=true")).GetProperty("dataset").GetString());
        Assert.Empty(await OffersAsync(_ada));

        Answer accepted = (await _bob.PostAsync($"offers/{id}/accept", new { })).Must(200);

        Assert.Equal("bob/gift", accepted.Json.GetProperty("name").GetString());
        Assert.Equal("manage", (await _bob.GetAsync("datasets/" + id)).Must(200).Json.GetProperty("yourRight").GetString());
        (await _ada.GetAsync("datasets/" + id)).MustRefuse(404, "not-found");
        Assert.Empty(await OffersAsync(_bob));
        (await _bob.PostAsync($"offers/{id}/accept", new { })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_write_to_a_name_that_was_shared_never_lands_in_a_gift_of_the_same_name()
    {
        string shared = await _ada.DatasetAsync("data");
        (await _ada.PutJsonAsync($"datasets/{shared}/grants/user:bob", new { right = "write" })).Must(200);
        TestCaller mallory = await _server.UserAsync("mallory");
        string trap = await mallory.DatasetAsync("data");
        (await mallory.PutJsonAsync($"datasets/{trap}/grants/user:mallory", new { right = "read" })).Must(200);

        (await mallory.PutJsonAsync($"datasets/{trap}/owner", new { owner = "bob" })).Must(200);

        Assert.Equal(shared, (await _bob.GetAsync("datasets/resolve?name=data")).Must(200).Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_receiver_sees_which_rights_stay_and_what_the_giver_keeps()
    {
        string id = await _ada.DatasetAsync("gift");
        (await _ada.PostAsync("groups", new { name = "adas" })).Must(201);
        (await _ada.PutJsonAsync($"datasets/{id}/grants/user:ada", new { right = "read" })).Must(200);
        (await _ada.PutJsonAsync($"datasets/{id}/grants/group:adas", new { right = "write" })).Must(200);
        (await _ada.PutJsonAsync($"datasets/{id}/grants/user:admin", new { right = "view" })).Must(200);
        // A request that names a group as a user is refused with a hint that there is such a group.
        Answer taken = (await _ada.PutJsonAsync($"datasets/{id}/grants/user:adas", new { right = "read" })).MustRefuse(404, "not-found");
        Assert.StartsWith("There is no user 'adas', but a group.", taken.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);

        (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);

        JsonElement offer = Assert.Single(await OffersAsync(_bob));
        Assert.Equal("write", offer.GetProperty("giverKeeps").GetString());
        Assert.Equal(
            ["user:ada read", "group:adas write", "user:admin view"],
            offer.GetProperty("grants").EnumerateArray().Select(grant => grant.GetProperty("principal") + " " + grant.GetProperty("right")));
    }

    [Fact]
    public async Task Only_the_recipient_can_accept_an_offer_and_both_of_its_sides_can_end_it()
    {
        string id = await _ada.DatasetAsync("gift");
        TestCaller eve = await _server.UserAsync("eve");
        (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);

        foreach (TestCaller other in (TestCaller[])[eve, _ada, _server.Admin])
        {
            (await other.PostAsync($"offers/{id}/accept", new { })).MustRefuse(404, "not-found");
        }

        (await eve.DeleteAsync($"offers/{id}")).MustRefuse(404, "not-found");
        (await _server.Nobody.PostAsync($"offers/{id}/accept", new { })).MustRefuse(401, "unauthenticated");
        (await _bob.DeleteAsync($"offers/{id}")).Must(204);
        (await _bob.PostAsync($"offers/{id}/accept", new { })).MustRefuse(404, "not-found");

        (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);
        (await _ada.DeleteAsync($"offers/{id}")).Must(204);
        (await _ada.DeleteAsync($"offers/{id}")).MustRefuse(404, "not-found");
        Assert.Empty(await OffersAsync(_bob));
        (await _ada.GetAsync("datasets/" + id)).Must(200);
    }

    [Fact]
    public async Task An_offer_ends_with_the_ownership_of_its_maker_and_is_replaced_by_the_next()
    {
        string id = await _ada.DatasetAsync("gift");
        await _server.UserAsync("eve");
        (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "eve" })).Must(200);
        (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);
        Assert.Single(await OffersAsync(_bob));

        (await _server.Admin.PutJsonAsync($"datasets/{id}/owner", new { owner = "eve" })).Must(200);

        Assert.Empty(await OffersAsync(_bob));
        (await _bob.PostAsync($"offers/{id}/accept", new { })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_disabled_giver_gives_nothing()
    {
        string id = await _ada.DatasetAsync("gift");
        (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);
        (await _server.Admin.PatchAsync("users/ada", new { disabled = true })).Must(200);

        Assert.Empty(await OffersAsync(_bob));
        (await _bob.PostAsync($"offers/{id}/accept", new { })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task An_administrator_assigns_at_once_and_only_with_a_token_for_it()
    {
        string id = await _ada.DatasetAsync("data");
        string narrow = (await _server.Admin.PostAsync("tokens", new { scopes = new[] { "read", "write", "manage" } })).Must(201).Json.GetProperty("token").GetString()!;
        (await _server.With(narrow).PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).MustRefuse(404, "not-found");

        Answer given = (await _server.Admin.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);

        Assert.Equal("bob/data", given.Json.GetProperty("name").GetString());
        Assert.False(given.Json.TryGetProperty("offer", out _));
    }

    [Fact]
    public async Task A_group_is_asked_by_its_managers_and_ones_own_group_is_not_asked()
    {
        (await _bob.PostAsync("groups", new { name = "lab" })).Must(201);
        TestCaller member = await _server.UserAsync("member");
        (await _bob.PutJsonAsync("groups/lab/members/member", new { manager = false })).Must(200);
        string id = await _ada.DatasetAsync("data");

        Assert.Equal("group:lab", (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "lab" })).Must(200).Json.GetProperty("offer").GetProperty("to").GetString());
        Assert.Empty(await OffersAsync(member));
        (await member.PostAsync($"offers/{id}/accept", new { })).MustRefuse(404, "not-found");
        Assert.Equal("lab/data", (await _bob.PostAsync($"offers/{id}/accept", new { })).Must(200).Json.GetProperty("name").GetString());

        string own = await _bob.DatasetAsync("own");
        Assert.Equal("lab/own", (await _bob.PutJsonAsync($"datasets/{own}/owner", new { owner = "lab" })).Must(200).Json.GetProperty("name").GetString());
        Assert.Equal("bob/own", (await _bob.PutJsonAsync($"datasets/{own}/owner", new { owner = "bob" })).Must(200).Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_name_that_the_receiver_has_already_can_be_changed_on_the_way()
    {
        string id = await _ada.DatasetAsync("data");
        await _bob.DatasetAsync("data");
        (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);

        (await _bob.PostAsync($"offers/{id}/accept", new { })).MustRefuse(409, "already-exists");
        (await _bob.PostAsync($"offers/{id}/accept", new { slug = "No Slug" })).MustRefuse(400, "invalid-name");
        Assert.Equal("bob/data-2", (await _bob.PostAsync($"offers/{id}/accept", new { slug = "data-2" })).Must(200).Json.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_quota_is_asked_of_the_whole_head_and_of_what_the_receiver_holds(bool folded)
    {
        string own = await _bob.DatasetAsync("own");
        (await _bob.PutAsync($"datasets/{own}/entries/a", new string('x', 600))).Must(201);
        string id = await _ada.DatasetAsync("data");
        (await _ada.PutAsync($"datasets/{id}/entries/a", new string('y', 500))).Must(201);
        if (folded)
        {
            (await _ada.PostAsync($"datasets/{id}/snapshots", new { })).Must(201);
        }

        (await _server.Admin.PutJsonAsync("owners/bob/quota", new { bytes = 1000 })).Must(200);

        Answer offered = (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);
        Assert.StartsWith("'bob' has used 600 of a quota of 1000 bytes; this needs 500 more.", offered.Json.GetProperty("offer").GetProperty("hindrance").GetString(), StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(await OffersAsync(_bob)).GetProperty("hindrance").GetString());
        (await _bob.PostAsync($"offers/{id}/accept", new { })).MustRefuse(507, "insufficient-storage");
        (await _server.Admin.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).MustRefuse(507, "insufficient-storage");

        (await _server.Admin.PutJsonAsync("owners/bob/quota", new { bytes = 1100 })).Must(200);
        (await _bob.PostAsync($"offers/{id}/accept", new { })).Must(200);
        Assert.Equal(1100, (await _bob.GetAsync("owners/bob/quota")).Must(200).Json.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task A_replaced_file_in_the_head_counts_once_against_the_quota()
    {
        string id = await _ada.DatasetAsync("data");
        (await _ada.PutAsync($"datasets/{id}/entries/a", new string('x', 800))).Must(201);
        (await _ada.PutAsync($"datasets/{id}/entries/a", new string('y', 900))).Must(204);
        (await _server.Admin.PutJsonAsync("owners/bob/quota", new { bytes = 1000 })).Must(200);

        (await _ada.PutJsonAsync($"datasets/{id}/owner", new { owner = "bob" })).Must(200);

        (await _bob.PostAsync($"offers/{id}/accept", new { })).Must(200);
    }

    [Fact]
    public async Task A_service_account_creates_and_fills_datasets_only_for_owners_set_by_an_administrator()
    {
        TestCaller service = await _server.UserAsync("beamline");
        (await service.PostAsync("datasets", new { name = "bob/run-1" })).MustRefuse(403, "forbidden");
        (await _ada.PatchAsync("users/beamline", new { createsFor = new[] { "bob" } })).MustRefuse(403, "forbidden");
        (await service.PatchAsync("users/beamline", new { createsFor = new[] { "bob" } })).MustRefuse(403, "forbidden");
        (await _server.Admin.PatchAsync("users/beamline", new { createsFor = new[] { "bob", "none" } })).MustRefuse(404, "not-found");
        Answer named = (await _server.Admin.PatchAsync("users/beamline", new { createsFor = new[] { "bob" } })).Must(200);
        Assert.Equal(["bob"], named.Json.GetProperty("createsFor").EnumerateArray().Select(name => name.GetString()));

        Answer made = (await service.PostAsync("datasets", new { name = "bob/run-1" })).Must(201);

        string id = made.Json.GetProperty("id").GetString()!;
        Assert.Equal("bob write", made.Json.GetProperty("owner") + " " + made.Json.GetProperty("yourRight"));
        (await service.PutAsync($"datasets/{id}/entries/frame", "1")).Must(201);
        (await service.DeleteAsync($"datasets/{id}")).MustRefuse(403, "forbidden");
        Assert.Equal("manage", (await _bob.GetAsync($"datasets/{id}")).Must(200).Json.GetProperty("yourRight").GetString());
        Assert.Equal("user:beamline", Assert.Single((await _bob.GetAsync($"datasets/{id}/grants")).Must(200).Json.GetProperty("items").EnumerateArray()).GetProperty("principal").GetString());
        (await service.PostAsync("datasets", new { name = "ada/run-1" })).MustRefuse(403, "forbidden");

        (await _server.Admin.PatchAsync("users/beamline", new { createsFor = Array.Empty<string>() })).Must(200);
        (await service.PostAsync("datasets", new { name = "bob/run-2" })).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task A_service_account_whose_right_was_taken_back_does_not_get_it_by_asking_again()
    {
        TestCaller service = await _server.UserAsync("beamline");
        (await _server.Admin.PatchAsync("users/beamline", new { createsFor = new[] { "bob" } })).Must(200);
        var wanted = new { id = Guid.NewGuid(), name = "bob/run-1" };
        (await service.PostAsync("datasets", wanted)).Must(201);
        (await service.PostAsync("datasets", wanted)).Must(201);
        (await _bob.DeleteAsync($"datasets/{wanted.id}/grants/user:beamline")).Must(204);

        (await service.PostAsync("datasets", wanted)).MustRefuse(409, "already-exists");

        (await service.GetAsync($"datasets/{wanted.id}")).MustRefuse(404, "not-found");
        (await _bob.GetAsync($"datasets/{wanted.id}")).Must(200);
    }

    private static async Task<List<JsonElement>> OffersAsync(TestCaller caller, string query = "") =>
        [.. (await caller.GetAsync("offers" + query)).Must(200).Json.GetProperty("items").EnumerateArray()];
}

using System.Text.Json;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

public sealed class BucketTests : IAsyncLifetime
{
    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync() => _door = await TestDoor.StartAsync();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_bucket_is_a_dataset_of_the_caller()
    {
        S3Caller anna = await _door.UserAsync("anna");

        (await anna.PutAsync("/data-1")).Must(200);

        (await anna.HeadAsync("/data-1")).Must(200);
        (await anna.PutAsync("/data-1")).MustRefuse(409, "BucketAlreadyOwnedByYou");
        Assert.Equal(["data-1"], (await anna.GetAsync("/")).All("Name"));
        (await Admin.PutAsync("/data-1")).Must(200);
        Assert.Equal("anna", JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=anna/data-1")).RootElement.GetProperty("owner").GetString());
        (await anna.PutAsync("/No_Slug")).MustRefuse(400, "InvalidBucketName");
        (await anna.PutAsync("/xy")).MustRefuse(400, "InvalidBucketName");
        (await anna.GetAsync("/unknown")).MustRefuse(404, "NoSuchBucket");
    }

    [Fact]
    public async Task Buckets_are_listed_by_name_by_prefix_and_in_pages()
    {
        foreach (string name in (string[])["run-3", "run-1", "other", "run-2"])
        {
            (await Admin.PutAsync("/" + name)).Must(200);
        }

        Assert.Equal(["other", "run-1", "run-2", "run-3"], (await Admin.GetAsync("/")).All("Name"));
        S3Answer first = (await Admin.GetAsync("/?prefix=run-&max-buckets=2")).Must(200);
        S3Answer rest = await Admin.GetAsync("/?prefix=run-&max-buckets=2&continuation-token=" + Uri.EscapeDataString(first.First("ContinuationToken")!));
        Assert.Equal(["run-1", "run-2"], first.All("Name"));
        Assert.Equal(["run-3"], rest.All("Name"));
        Assert.Null(rest.First("ContinuationToken"));
        Assert.Empty((await Admin.GetAsync("/?bucket-region=eu-west-1")).All("Name"));
        (await Admin.GetAsync("/?max-buckets=0")).MustRefuse(400, "InvalidArgument");
        (await Admin.GetAsync("/?continuation-token=%21")).MustRefuse(400, "InvalidArgument");
    }

    [Fact]
    public async Task The_same_rights_hold_as_everywhere()
    {
        S3Caller anna = await _door.UserAsync("anna");
        S3Caller berta = await _door.UserAsync("berta");
        (await anna.PutAsync("/mine")).Must(200);
        (await anna.PutAsync("/mine/x", "1")).Must(200);
        (await berta.GetAsync("/mine/x")).MustRefuse(404, "NoSuchBucket");
        (await berta.GetAsync("/anna.mine/x")).MustRefuse(404, "NoSuchBucket");

        string id = JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=anna/mine")).RootElement.GetProperty("id").GetString()!;
        await _door.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:berta", new { right = "read" });

        Assert.Equal("1", (await berta.GetAsync("/anna.mine/x")).Must(200).Text);
        Assert.Equal("1", (await berta.GetAsync("/mine/x")).Must(200).Text);
        (await berta.PutAsync("/anna.mine/x", "2")).MustRefuse(403, "AccessDenied");
        (await berta.DeleteAsync("/anna.mine/x")).MustRefuse(403, "AccessDenied");
        Assert.Equal(["anna.mine"], (await berta.GetAsync("/")).All("Name"));
        (await _door.Nobody.GetAsync("/anna.mine/x")).MustRefuse(403, "AccessDenied");
        await _door.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/public", new { right = "read" });
        Assert.Equal("1", (await _door.Nobody.GetAsync("/anna.mine/x")).Must(200).Text);
        Assert.Equal("true", (await berta.GetAsync("/anna.mine?policyStatus")).First("IsPublic"));
    }

    [Fact]
    public async Task A_short_name_never_means_what_a_stranger_made_and_two_that_are_shared_alike_are_refused()
    {
        S3Caller anna = await _door.UserAsync("anna");
        S3Caller[] others = [await _door.UserAsync("berta"), await _door.UserAsync("carla")];
        string[] ids = [await SharedAsync(others[0], "berta"), await SharedAsync(others[1], "carla")];
        async Task<string> SharedAsync(S3Caller owner, string name)
        {
            (await owner.PutAsync("/mine")).Must(200);
            (await owner.PutAsync("/mine/x", name)).Must(200);
            return JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, $"datasets/resolve?name={name}/mine")).RootElement.GetProperty("id").GetString()!;
        }

        await _door.RestAsync(HttpMethod.Put, $"datasets/{ids[0]}/grants/public", new { right = "read" });
        Assert.Contains("give its owner too: berta.mine", (await anna.GetAsync("/mine/x")).MustRefuse(404, "NoSuchBucket").Text, StringComparison.Ordinal);

        await _door.RestAsync(HttpMethod.Put, $"datasets/{ids[0]}/grants/user:anna", new { right = "read" });
        await _door.RestAsync(HttpMethod.Put, $"datasets/{ids[1]}/grants/user:anna", new { right = "write" });
        Assert.Equal("carla", (await anna.GetAsync("/mine/x")).Must(200).Text);

        await _door.RestAsync(HttpMethod.Put, $"datasets/{ids[0]}/grants/user:anna", new { right = "write" });
        S3Answer refused = (await anna.PutAsync("/mine/x", "whose?")).MustRefuse(409, "OperationAborted");
        Assert.Contains("Give the owner too: berta.mine, carla.mine.", refused.Text, StringComparison.Ordinal);

        (await anna.PutAsync("/mine")).Must(200);
        (await anna.PutAsync("/mine/x", "anna")).Must(200);
        Assert.Equal("anna", (await anna.GetAsync("/anna.mine/x")).Must(200).Text);
    }

    [Fact]
    public async Task A_read_key_for_one_dataset_can_neither_write_nor_open_another_bucket()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/other")).Must(200);
        S3Caller reader = await _door.KeyAsync(_door.AdminToken, new { s3 = true, scopes = new[] { "read" }, dataset = "box" });

        (await reader.GetAsync("/box?list-type=2")).Must(200);
        (await reader.PutAsync("/box/x", "1")).MustRefuse(403, "AccessDenied");
        (await reader.GetAsync("/other?list-type=2")).MustRefuse(404, "NoSuchBucket");
    }

    [Fact]
    public async Task A_revoked_key_ends_at_once()
    {
        S3Caller caller = await _door.KeyAsync(_door.AdminToken);
        (await caller.GetAsync("/")).Must(200);
        string id = caller.AccessKey![2..].ToLowerInvariant();

        await _door.RestAsync(HttpMethod.Delete, "tokens/" + id);

        (await caller.GetAsync("/")).MustRefuse(403, "AccessDenied");
    }

    [Fact]
    public async Task A_key_dies_with_its_account()
    {
        S3Caller anna = await _door.UserAsync("anna");
        (await anna.PutAsync("/data-1")).Must(200);
        (await anna.PutAsync("/data-1/x", "1")).Must(200);
        string presigned = anna.Presign("GET", "/data-1/x", 600);
        (await _door.Nobody.GetAsync(presigned)).Must(200);

        await _door.RestAsync(HttpMethod.Patch, "users/anna", new { disabled = true });

        (await anna.GetAsync("/")).MustRefuse(403, "AccessDenied");
        (await anna.GetAsync("/data-1/x")).MustRefuse(403, "AccessDenied");
        (await anna.PutAsync("/data-1/x", "2")).MustRefuse(403, "AccessDenied");
        (await _door.Nobody.GetAsync(presigned)).MustRefuse(403, "AccessDenied");
        await _door.RestartAsync();
        (await anna.GetAsync("/")).MustRefuse(403, "AccessDenied");
    }

    [Fact]
    public async Task A_page_in_an_object_has_no_origin_to_act_from()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/x", "<script>document.cookie='hutch_session=mine'</script>", ("content-type", "text/html"))).Must(200);

        foreach (S3Answer answer in (S3Answer[])
            [
                await Admin.GetAsync("/box/x"), await Admin.GetAsync("/box/x", ("range", "bytes=0-7")),
                await _door.Nobody.GetAsync(Admin.Presign("GET", "/box/x", 60, "response-content-type=text%2Fhtml")),
            ])
        {
            Assert.Equal("text/html", answer.Headers["Content-Type"]);
            Assert.Equal("sandbox", answer.Headers["Content-Security-Policy"]);
            Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        }
    }

    [Fact]
    public async Task The_secret_follows_from_the_key_of_the_site_and_outlives_a_restart()
    {
        (await Admin.GetAsync("/")).Must(200);

        await _door.RestartAsync();

        (await Admin.GetAsync("/")).Must(200);
    }

    [Fact]
    public async Task Only_an_empty_bucket_is_deleted_and_its_name_is_free_again()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/x", "1")).Must(200);
        (await Admin.DeleteAsync("/box")).MustRefuse(409, "BucketNotEmpty");
        (await Admin.DeleteAsync("/box/x")).Must(204);

        (await Admin.DeleteAsync("/box")).Must(204);

        (await Admin.HeadAsync("/box")).Must(404);
        (await Admin.PutAsync("/box")).Must(200);
        Assert.Empty((await Admin.GetAsync("/box?list-type=2")).All("Key"));
    }

    [Fact]
    public async Task Either_a_put_or_a_concurrent_deletion_of_its_bucket_succeeds()
    {
        for (int round = 0; round < 20; round++)
        {
            (await Admin.PutAsync($"/race-{round}")).Must(200);
            (await Admin.PutAsync($"/race-{round}/gone", "x")).Must(200);
            (await Admin.DeleteAsync($"/race-{round}/gone")).Must(204);

            Task<S3Answer>[] both = [Admin.PutAsync($"/race-{round}/x", "1"), Admin.DeleteAsync($"/race-{round}")];
            S3Answer[] answers = await Task.WhenAll(both);

            bool isKept = answers[0].Status == 200;
            Assert.Equal((isKept ? 200 : 404, isKept ? 409 : 204), (answers[0].Status, answers[1].Status));
            Assert.Equal(isKept ? 200 : 404, (await Admin.GetAsync($"/race-{round}/x")).Status);
        }
    }

    [Fact]
    public async Task A_closed_dataset_is_read_only_and_says_why()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/x", "1")).Must(200);
        string id = JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=box")).RootElement.GetProperty("id").GetString()!;
        await _door.RestAsync(HttpMethod.Post, $"datasets/{id}/close", new { });

        S3Answer refused = (await Admin.PutAsync("/box/y", "2")).MustRefuse(403, "AccessDenied");

        Assert.Contains("closed", refused.First("Message"), StringComparison.Ordinal);
        (await Admin.DeleteAsync("/box/x")).MustRefuse(403, "AccessDenied");
        (await Admin.DeleteAsync("/box")).MustRefuse(403, "AccessDenied");
        (await Admin.PostAsync("/box/y?uploads")).MustRefuse(403, "AccessDenied");
        Assert.Equal("1", (await Admin.GetAsync("/box/x")).Text);
    }

    [Fact]
    public async Task Snapshots_are_read_by_version_and_by_the_name_of_the_bucket()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/x", "1")).Must(200);
        string id = JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=box")).RootElement.GetProperty("id").GetString()!;
        await _door.RestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { tag = "first" });
        (await Admin.PutAsync("/box/x", "2")).Must(200);
        (await Admin.PutAsync("/box/y", "2")).Must(200);

        S3Answer old = (await Admin.GetAsync("/box/x?versionId=1")).Must(200);
        Assert.Equal(("1", "1"), (old.Text, old.Headers["x-amz-version-id"]));
        Assert.Equal("1", (await Admin.GetAsync("/box.at.1/x")).Text);
        Assert.Equal("1", (await Admin.GetAsync("/box.at.first/x")).Text);
        Assert.Equal("1", (await Admin.GetAsync($"/{id}.at.1/x")).Text);
        Assert.Equal("1", (await Admin.GetAsync("/admin.box.at.1/x")).Text);
        Assert.Equal(["x"], (await Admin.GetAsync("/box.at.1?list-type=2")).All("Key"));
        (await Admin.GetAsync("/box/y?versionId=1")).MustRefuse(404, "NoSuchVersion");
        (await Admin.GetAsync("/box/x?versionId=7")).Must(404);
        (await Admin.PutAsync("/box.at.1/z", "3")).MustRefuse(403, "AccessDenied");
        (await Admin.DeleteAsync("/box/x?versionId=1")).MustRefuse(403, "AccessDenied");
    }

    [Fact]
    public async Task Keys_are_listed_in_pages_with_and_without_delimiter()
    {
        (await Admin.PutAsync("/box")).Must(200);
        string[] keys = ["a/1", "a/2", "b", "c/1", "c/2/3", "d e", "é"];
        foreach (string key in keys)
        {
            (await Admin.PutAsync("/box/" + Uri.EscapeDataString(key).Replace("%2F", "/"), key)).Must(200);
        }

        Assert.Equal(keys, (await Admin.GetAsync("/box?list-type=2")).All("Key"));
        Assert.Equal(keys, (await Admin.GetAsync("/box")).All("Key"));
        Assert.Equal(["c/1", "c/2/3"], (await Admin.GetAsync("/box?list-type=2&prefix=c")).All("Key"));
        S3Answer top = await Admin.GetAsync("/box?list-type=2&delimiter=%2F");
        Assert.Equal(["b", "d e", "é"], top.All("Key"));
        Assert.Equal(["", "a/", "c/"], top.All("Prefix"));
        Assert.Equal("5", top.First("KeyCount"));
        Assert.Equal(["d%20e", "%C3%A9"], (await Admin.GetAsync("/box?list-type=2&encoding-type=url&start-after=c/2/3")).All("Key"));

        var seen = new List<string>();
        string? token = null;
        do
        {
            S3Answer page = await Admin.GetAsync("/box?list-type=2&max-keys=2&delimiter=/" + (token is null ? "" : "&continuation-token=" + Uri.EscapeDataString(token)));
            seen.AddRange(page.All("Key"));
            seen.AddRange(page.All("Prefix").Where(prefix => prefix.Length > 0));
            token = page.First("NextContinuationToken");
        }
        while (token is not null);
        Assert.Equal(["a/", "b", "c/", "d e", "é"], seen.Order(StringComparer.Ordinal));

        S3Answer first = await Admin.GetAsync("/box?max-keys=3");
        Assert.Equal(["c/1", "c/2/3", "d e"], (await Admin.GetAsync("/box?max-keys=3&marker=" + first.First("NextMarker"))).All("Key"));
        (await Admin.GetAsync("/box?max-keys=x")).MustRefuse(400, "InvalidArgument");
        (await Admin.GetAsync("/box?list-type=2&continuation-token=%21")).MustRefuse(400, "InvalidArgument");
        Assert.Equal("0", (await Admin.GetAsync("/box?list-type=2&max-keys=0")).First("KeyCount"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&delimiter=%2F")]
    [InlineData("&delimiter=-")]
    [InlineData("&prefix=d")]
    [InlineData("&prefix=d-")]
    [InlineData("&prefix=d%2F")]
    [InlineData("&prefix=d%2F&delimiter=%2F")]
    [InlineData("&prefix=e%2Ff&delimiter=%2F")]
    public async Task Keys_of_empty_directories_stand_in_byte_order_over_the_ends_of_pages_too(string query)
    {
        (await Admin.PutAsync("/box")).Must(200);
        string[] keys = ["d!", "d-/", "d-x", "d-y/", "d.z/1", "d/", "d0", "e/f-/", "e/f-1", "e/f/", "e/f0", "g/"];
        foreach (string key in keys)
        {
            (await Admin.PutAsync("/box/" + key, key[^1] == '/' ? "" : "x")).Must(200);
        }

        S3Answer answer = await Admin.GetAsync("/box?list-type=2" + query);
        string[] whole = Shown(answer);

        Assert.Equal(answer.All("Key").Order(StringComparer.Ordinal), answer.All("Key"));
        Assert.Equal(query.Length == 0 ? keys : whole, whole);
        for (int size = 1; size <= 3; size++)
        {
            Assert.Equal(whole, await PagesAsync($"/box?list-type=2{query}&max-keys={size}", "continuation-token", "NextContinuationToken"));
            Assert.Equal(whole, await PagesAsync($"/box?max-keys={size}{query}", "marker", "NextMarker"));
        }

        foreach (string after in keys)
        {
            S3Answer rest = await Admin.GetAsync($"/box?list-type=2&start-after={Uri.EscapeDataString(after)}");
            Assert.Equal(keys.Where(key => string.CompareOrdinal(key, after) > 0), Shown(rest));
        }
    }

    [Fact]
    public async Task An_empty_continuation_token_is_the_beginning()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/a", "x")).Must(200);

        S3Answer listed = (await Admin.GetAsync("/box?list-type=2&continuation-token=")).Must(200);

        Assert.Equal(("", "a", "false"), (listed.First("ContinuationToken"), listed.First("Key"), listed.First("IsTruncated")));
    }

    [Fact]
    public async Task Any_delimiter_is_possible()
    {
        (await Admin.PutAsync("/box")).Must(200);
        foreach (string key in (string[])["run-1-a", "run-1-b", "run-2-a", "run-3", "z"])
        {
            (await Admin.PutAsync("/box/" + key, key)).Must(200);
        }

        S3Answer all = await Admin.GetAsync("/box?list-type=2&delimiter=-&prefix=run-");
        Assert.Equal(["run-3"], all.All("Key"));
        Assert.Equal(["run-", "run-1-", "run-2-"], all.All("Prefix"));
        S3Answer page = await Admin.GetAsync("/box?list-type=2&delimiter=-&prefix=run-&max-keys=2");
        S3Answer rest = await Admin.GetAsync("/box?list-type=2&delimiter=-&prefix=run-&continuation-token=" + Uri.EscapeDataString(page.First("NextContinuationToken")!));
        Assert.Equal(["run-3"], rest.All("Key"));
        Assert.Equal(["run-"], rest.All("Prefix"));
    }

    [Fact]
    public async Task A_rule_that_comes_before_the_data_makes_them_transient()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.GetAsync("/box?lifecycle")).MustRefuse(404, "NoSuchLifecycleConfiguration");
        const string Rule = "<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>"
            + "<Expiration><Days>5</Days></Expiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
            + "</Rule></LifecycleConfiguration>";

        (await Admin.PutAsync("/box?lifecycle", Rule)).Must(200);

        Assert.Equal("5", (await Admin.GetAsync("/box?lifecycle")).Must(200).First("Days"));
        (await Admin.PutAsync("/box/x", "1")).Must(200);
        Assert.Equal("1", (await Admin.GetAsync("/box/x")).Text);
        (await Admin.PutAsync("/box?lifecycle", Rule.Replace("<Prefix></Prefix>", "<Prefix>a</Prefix>"))).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box?lifecycle", Rule.Replace("<Expiration>", "<Transition/><Expiration>"))).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box?lifecycle", Rule.Replace(">5<", ">0<"))).MustRefuse(400, "InvalidArgument");
        (await Admin.DeleteAsync("/box?lifecycle")).Must(204);
        (await Admin.GetAsync("/box?lifecycle")).MustRefuse(404, "NoSuchLifecycleConfiguration");
    }

    [Fact]
    public async Task Tags_are_kept()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/x", "1")).Must(200);
        const string Document = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value/></Tag></TagSet></Tagging>";

        (await Admin.GetAsync("/box?tagging")).MustRefuse(404, "NoSuchTagSet");
        (await Admin.PutAsync("/box?tagging", Document)).Must(204);
        Assert.Equal(["a", "b"], (await Admin.GetAsync("/box?tagging")).All("Key"));
        (await Admin.DeleteAsync("/box?tagging")).Must(204);

        string modified = (await Admin.HeadAsync("/box/x")).Headers["Last-Modified"];
        (await Admin.PutAsync("/box/x?tagging", Document)).Must(200);
        Assert.Equal(["a", "b"], (await Admin.GetAsync("/box/x?tagging")).All("Key"));
        S3Answer head = await Admin.HeadAsync("/box/x");
        Assert.Equal(("2", modified), (head.Headers["x-amz-tagging-count"], head.Headers["Last-Modified"]));
        (await Admin.PutAsync("/box/x?tagging", Document.Replace("<Key>b</Key>", "<Key>a</Key>"))).MustRefuse(400, "InvalidTag");
        (await Admin.DeleteAsync("/box/x?tagging")).Must(204);
        Assert.Empty((await Admin.GetAsync("/box/x?tagging")).All("Key"));
    }

    [Fact]
    public async Task Pages_of_other_origins_do_what_the_rules_say()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/x", "1")).Must(200);
        (string, string)[] ask = [("Origin", "https://app.example.org"), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-amz-date")];
        (await _door.Nobody.SendAsync("OPTIONS", "/box/x", null, ask)).MustRefuse(403, "AccessDenied");
        (await Admin.PutAsync("/box?cors", "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
            + "<ExposeHeader>ETag\nSet-Cookie: a=b</ExposeHeader></CORSRule></CORSConfiguration>")).MustRefuse(400, "InvalidRequest");

        (await Admin.PutAsync("/box?cors", "<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.org</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
            + "<AllowedHeader>x-amz-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule></CORSConfiguration>")).Must(200);

        S3Answer preflight = (await _door.Nobody.SendAsync("OPTIONS", "/box/x", null, ask)).Must(200);
        Assert.Equal("https://app.example.org", preflight.Headers["Access-Control-Allow-Origin"]);
        Assert.Equal("60", preflight.Headers["Access-Control-Max-Age"]);
        Assert.Equal("ETag", (await Admin.GetAsync("/box/x", ask[0])).Headers["Access-Control-Expose-Headers"]);
        Assert.False((await Admin.GetAsync("/box/x", ("Origin", "https://evil.test"))).Headers.ContainsKey("Access-Control-Allow-Origin"));

        // Clients 10: without them, a page sees a network error in place of the reason.
        foreach (string wrong in (string[])[Admin.Presign("GET", "/box/x", 60) + "0", Admin.Presign("GET", "/box/x", 700_000)])
        {
            S3Answer refused = await _door.Nobody.GetAsync(wrong, ask[0]);
            Assert.InRange(refused.Status, 400, 403);
            Assert.Equal("https://app.example.org", refused.Headers["Access-Control-Allow-Origin"]);
        }
    }

    [Fact]
    public async Task What_clients_ask_about_buckets_is_answered()
    {
        (await Admin.PutAsync("/box", "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>")).Must(200);

        Assert.Equal("", (await Admin.GetAsync("/box?location")).Must(200).Xml.Value);
        Assert.Empty((await Admin.GetAsync("/box?versioning")).Must(200).Xml.Elements());
        Assert.Equal("FULL_CONTROL", (await Admin.GetAsync("/box?acl")).First("Permission"));
        (await Admin.GetAsync("/box?policy")).MustRefuse(404, "NoSuchBucketPolicy");
        (await Admin.GetAsync("/box?website")).MustRefuse(404, "NoSuchWebsiteConfiguration");
        (await Admin.PutAsync("/box?policy", "{}")).MustRefuse(501, "NotImplemented");
        (await Admin.PostAsync("/box", "form")).MustRefuse(412, "PreconditionFailed");
        (await Admin.SendAsync("PATCH", "/box", null)).MustRefuse(405, "MethodNotAllowed");
        (await Admin.PutAsync("/bad", "<CreateBucketConfiguration")).MustRefuse(400, "MalformedXML");
    }

    /// <summary>Keys and common prefixes together, as clients merge them.</summary>
    private static string[] Shown(S3Answer answer) =>
        [.. answer.Must(200).All("Key").Concat(answer.Xml.Elements().Where(e => e.Name.LocalName == "CommonPrefixes").Select(e => e.Value))
            .Order(StringComparer.Ordinal)];

    private async Task<string[]> PagesAsync(string target, string parameter, string element)
    {
        var all = new List<string>();
        string? next = null;
        do
        {
            S3Answer page = await Admin.GetAsync(next is null ? target : $"{target}&{parameter}={Uri.EscapeDataString(next)}");
            string[] shown = Shown(page);
            string last = all.LastOrDefault("");
            Assert.All(shown, key => Assert.True(string.CompareOrdinal(key, last) > 0, $"{key} comes behind {last}"));
            all.AddRange(shown);
            next = page.First(element);
        }
        while (next is not null);
        return [.. all];
    }
}

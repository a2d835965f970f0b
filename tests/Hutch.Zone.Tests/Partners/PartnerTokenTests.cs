using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text;
using Hutch.Model.Zone;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Hutch.Zone.Names;
using Hutch.Zone.Tests.Accounts.OpenId;

namespace Hutch.Zone.Tests.Partners;

public sealed class PartnerTokenTests
{
    private static readonly Operation[] Reads = [Operation.DatasetView, Operation.EntryRead, Operation.EntryList];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task A_token_reads_what_a_rule_gives_for_its_path_and_nothing_else(string algorithm)
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        scene.Partner.Algorithm = algorithm;

        Caller caller = await scene.Zone.LogInAsync(scene.Token("storage.read:/run3"));

        foreach (Operation operation in Operation.All.Where(static one => one.Target == OperationTarget.Dataset))
        {
            Result<Access> raw = await scene.Zone.MayAsync(caller, scene.Raw, operation);
            Assert.True(raw.IsOk || !Reads.Contains(operation), operation.Name);
            Assert.True(!raw.IsOk || operation.Right is Rights.View or Rights.Read, operation.Name + " is no reading");
            Assert.False((await scene.Zone.MayAsync(caller, scene.Maps, operation)).IsOk, operation.Name);
        }

        Assert.Equal(Rights.Read, (await scene.Zone.MayAsync(caller, scene.Raw, Operation.EntryRead)).Value.Rights.Highest());
        Assert.False(Authorizer.Authorize(caller, Operation.DatasetCreate).IsOk);
        Assert.False(Authorizer.Authorize(caller, Operation.TokenCreate).IsOk);
    }

    [Theory]
    [InlineData("storage.read:/run3/a", "a")]
    [InlineData("storage.read:/run3/a/b%20c/", "a/b c")]
    [InlineData("storage.read:/run3/a storage.read:/run3/a/b", "a")]
    public async Task A_path_below_a_dataset_reads_this_folder_and_no_other(string scope, string folder)
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        Caller caller = await scene.Zone.LogInAsync(scene.Token(scope));

        Assert.True((await ReadAsync(folder)).IsOk);
        Assert.True((await ReadAsync(folder + "/x")).IsOk);
        foreach (string outside in (string[])["x", folder + "b", folder + "b/x"])
        {
            Assert.Equal(ErrorCode.NotFound.Name, (await ReadAsync(outside)).Error!.Code.Name);
        }

        Assert.False((await scene.Zone.MayAsync(caller, scene.Raw, Operation.EntryRead)).IsOk, "It does not read the whole dataset.");

        Task<Result<Access>> ReadAsync(string path) => scene.Zone.Services.Authorizer.AuthorizeAsync(
            caller, scene.Raw.Dataset, Operation.EntryRead, DatasetPath.Parse(path).Value, Ct).AsTask();
    }

    [Fact]
    public async Task A_token_for_a_folder_and_more_is_refused()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        await scene.MustRefuseAsync(scene.Token("storage.read:/run3/a storage.read:/run3/b"), "one token for each folder");
        await scene.MustRefuseAsync(scene.Token("storage.read:/run3/a storage.read:/users"), "one token for each folder");
        Assert.Equal("raw", await scene.ReadsAsync(scene.Token("storage.read:/run3/a storage.read:/run3")));
    }

    [Fact]
    public async Task The_audit_names_the_issuer_and_the_subject()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        Caller caller = await scene.Zone.LogInAsync(scene.Token("storage.read:/run3"));

        Assert.Equal("partner:robot-7@https://id.example.org/realm", caller.Actor.Name);
        Assert.Null(caller.Actor.Id);
    }

    [Theory]
    [InlineData("storage.read:/", "raw other")]
    [InlineData("storage.read:/run3/", "raw")]
    [InlineData("storage.read:/users", "other")]
    [InlineData("storage.read:/users/other", "other")]
    [InlineData("storage.read:/users/%6Fther", "other")]
    [InlineData("openid profile storage.read:/run3 unknown:/users compute.read", "raw")]
    [InlineData("storage.read:/run3 storage.read:/users/other", "raw other")]
    public async Task Paths_are_compared_part_by_part(string scope, string readable)
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        Assert.Equal(readable, await scene.ReadsAsync(scene.Token(scope)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("openid")]
    [InlineData("storage.read:/run")]
    [InlineData("storage.read:/run33")]
    [InlineData("storage.read:/Run3")]
    [InlineData("storage.read:/users/othe")]
    [InlineData("storage.read:/users/none")]
    [InlineData("storage.read:/users/%252e%252e")]
    [InlineData("storage.modify:/run3")]
    [InlineData("storage.stage:/run3")]
    [InlineData("STORAGE.READ:/run3")]
    [InlineData("read:/run3")]
    [InlineData("storage.reader:/run3")]
    public async Task A_token_for_which_no_rule_gives_anything_is_refused_as_valid_but_forbidden(string scope)
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        Result<Caller> caller = await scene.TryAsync(scene.Token(scope));

        Assert.Equal(ErrorCode.Forbidden.Name, caller.Error!.Code.Name);
    }

    [Theory]
    [InlineData("storage.read")]
    [InlineData("storage.read:")]
    [InlineData("storage.read:run3")]
    [InlineData("storage.read:/run3/../users")]
    [InlineData("storage.read:/run3/%2e%2e/users")]
    [InlineData("storage.read:/run3/.%2E/users")]
    [InlineData("storage.read:/./run3")]
    [InlineData("storage.read://run3")]
    [InlineData("storage.read:/run3//")]
    [InlineData("storage.read://")]
    [InlineData("storage.read:/users%2Fother")]
    [InlineData("storage.read:/run3%")]
    [InlineData("storage.read:/run3%0")]
    [InlineData("storage.read:/run3%zz")]
    [InlineData("storage.read:/run3%00")]
    [InlineData("storage.read:/run3%c3")]
    [InlineData("storage.read:/run3%C0%AE")]
    [InlineData("storage.read:/rün3")]
    [InlineData("storage.read:/run3 storage.stage")]
    public async Task A_path_that_is_missing_or_not_normalized_refuses_the_token(string scope)
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        await scene.MustRefuseAsync(scene.Token(scope), "has no normalized path");
        Assert.Equal(0, scene.Fetches);
    }

    [Fact]
    public async Task A_group_counts_only_as_it_is_named_and_only_without_scopes_of_the_profile()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        string Member(string scope, params string[] groups) => scene.Token(
            scope, claims => claims["wlcg.groups"] = new JsonArray([.. groups.Select(static group => (JsonNode)group)]));

        Assert.Equal("maps", await scene.ReadsAsync(Member("openid", "/atlas", "/atlas/production")));
        Assert.Equal("raw", await scene.ReadsAsync(Member("storage.read:/run3", "/atlas/production")));
        Assert.Equal(ErrorCode.Forbidden.Name, (await scene.TryAsync(Member("", "/atlas"))).Error!.Code.Name);
        Assert.Equal(ErrorCode.Forbidden.Name, (await scene.TryAsync(Member("", "/atlas/production/de"))).Error!.Code.Name);
        Assert.Equal(ErrorCode.Forbidden.Name, (await scene.TryAsync(Member("compute.read", "/atlas/production"))).Error!.Code.Name);
        await scene.MustRefuseAsync(Member("", "/atlas/../atlas/production"), "wlcg.groups");
        await scene.MustRefuseAsync(scene.Token("", claims => claims["wlcg.groups"] = "/atlas/production"), "wlcg.groups");
    }

    [Fact]
    public async Task The_audience_is_one_of_this_server_alone_or_in_a_list()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        string For(JsonNode? audience) => scene.Token("storage.read:/run3", claims => claims["aud"] = audience);

        Assert.Equal("raw", await scene.ReadsAsync(For(new JsonArray("https://other.example.org", PartnerScene.Audience))));
        foreach (JsonNode? wrong in (JsonNode?[])
            [null, "", "https://wlcg.cern.ch/jwt/v1/any", PartnerScene.Audience + "/", new JsonArray(), new JsonArray(1, PartnerScene.Audience), 7])
        {
            await scene.MustRefuseAsync(For(wrong), "another audience");
        }
    }

    [Fact]
    public async Task A_token_lives_for_an_hour_at_most_and_ends_by_its_time()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        string With(string claim, JsonNode? value) => scene.Token("storage.read:/run3", claims => claims[claim] = value);
        string good = With("exp", scene.Now(3600));

        Caller caller = await scene.Zone.LogInAsync(good);
        await scene.MustRefuseAsync(With("exp", scene.Now(3601)), "lives longer than 60 minutes");
        await scene.MustRefuseAsync(With("exp", scene.Now(-60)), "expired");
        await scene.MustRefuseAsync(With("exp", null), "no end");
        await scene.MustRefuseAsync(With("exp", scene.Now(1800).ToString(System.Globalization.CultureInfo.InvariantCulture)), "no end");
        await scene.MustRefuseAsync(With("exp", 1e300), "no end");
        await scene.MustRefuseAsync(With("iat", null), "when it was made");
        await scene.MustRefuseAsync(With("iat", scene.Now(61)), "from the future");
        await scene.MustRefuseAsync(With("nbf", scene.Now(61)), "not valid yet");
        await scene.MustRefuseAsync(With("nbf", "soon"), "not valid yet");
        Assert.True((await scene.TryAsync(With("nbf", scene.Now(60)))).IsOk, "A clock may be a minute early.");

        scene.Zone.Time.Advance(TimeSpan.FromSeconds(3659));
        Assert.True((await scene.TryAsync(good)).IsOk, "A clock may be a minute late.");
        Assert.True((await scene.Zone.Services.Authenticator.RefreshAsync(caller, Ct)).IsOk);
        scene.Zone.Time.Advance(TimeSpan.FromSeconds(1));
        await scene.MustRefuseAsync(good, "expired");
        Assert.Equal(ErrorCode.Unauthenticated.Name, (await scene.Zone.Services.Authenticator.RefreshAsync(caller, Ct)).Error!.Code.Name);
    }

    [Theory]
    [InlineData("iss", "https://id.example.org/other", "no partner")]
    [InlineData("iss", "https://id.example.org/realm/", "no partner")]
    [InlineData("iss", null, "no partner")]
    [InlineData("sub", null, "who has it")]
    [InlineData("sub", "", "who has it")]
    [InlineData("sub", "two words", "who has it")]
    [InlineData("sub", "line\nbreak", "who has it")]
    [InlineData("wlcg.ver", null, "wlcg.ver")]
    [InlineData("wlcg.ver", "2.0", "wlcg.ver")]
    [InlineData("wlcg.ver", "1", "wlcg.ver")]
    [InlineData("wlcg.ver", "1.x", "wlcg.ver")]
    public async Task Wrong_claims_refuse_the_token_without_a_request_to_its_issuer(string claim, string? value, string reason)
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        await scene.MustRefuseAsync(scene.Token("storage.read:/run3", claims => claims[claim] = value), reason);
        Assert.Equal(0, scene.Fetches);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("rs256")]
    [InlineData("ES384")]
    public async Task No_other_algorithm_is_accepted_in_the_head_of_a_token(string algorithm)
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        await scene.MustRefuseAsync(scene.Token("storage.read:/run3", null, head => head["alg"] = algorithm), "RS256 or ES256");
    }

    [Fact]
    public async Task A_public_key_is_no_shared_secret_and_serves_its_own_algorithm_only()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        string good = scene.Token("storage.read:/run3");
        string[] parts = good.Split('.');
        byte[] publicKey = Encoding.ASCII.GetBytes(scene.Partner.Rsa.ExportSubjectPublicKeyInfoPem());
        string head = FakeProvider.Part(new JsonObject { ["alg"] = "HS256", ["kid"] = "one" });
        string hashed = FakeProvider.Encode(HMACSHA256.HashData(publicKey, Encoding.ASCII.GetBytes(head + "." + parts[1])));

        await scene.MustRefuseAsync($"{head}.{parts[1]}.{hashed}", "RS256 or ES256");
        await scene.MustRefuseAsync($"{parts[0]}.{parts[1]}.{hashed}", "its signature");
        await scene.MustRefuseAsync($"{parts[0]}.{parts[1]}.", "its signature");
        await scene.MustRefuseAsync(scene.Token("storage.read:/run3", null, head => head["alg"] = "ES256"), "its signature");
        await scene.MustRefuseAsync($"{parts[0]}.{FakeProvider.Part(new JsonObject())}.{parts[2]}", "no partner");
        Assert.True((await scene.TryAsync(good)).IsOk);
    }

    [Fact]
    public async Task A_key_of_another_issuer_signs_nothing()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        using var stranger = RSA.Create(2048);
        string[] parts = scene.Token("storage.read:/run3").Split('.');
        byte[] signed = Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]);

        await scene.MustRefuseAsync(
            $"{parts[0]}.{parts[1]}.{FakeProvider.Encode(stranger.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}",
            "its signature");
        string own = FakeProvider.Encode(stranger.ExportParameters(false).Modulus!);
        await scene.MustRefuseAsync(
            scene.Token("storage.read:/run3", null, head =>
            {
                head["jwk"] = new JsonObject { ["kty"] = "RSA", ["kid"] = "mine", ["n"] = own, ["e"] = "AQAB" };
                head["jku"] = "https://evil.example.org/keys";
                head["kid"] = "mine";
            }),
            "its signature");
        Assert.All(scene.Partner.Asked, static path => Assert.Equal("/keys", path));
    }

    [Fact]
    public async Task Unknown_keys_have_the_keys_fetched_once_a_minute_at_most()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        Assert.True((await scene.TryAsync(scene.Token("storage.read:/run3"))).IsOk);
        scene.Partner.KeyId = "two";
        scene.Partner.ShowKeys();
        string changed = scene.Token("storage.read:/run3");

        for (int i = 0; i < 20; i++)
        {
            await scene.MustRefuseAsync(scene.Token("storage.read:/run3", null, head => head["kid"] = "made-up-" + i), "its signature");
        }

        Assert.Equal(1, scene.Fetches);
        await scene.MustRefuseAsync(changed, "its signature");
        scene.Zone.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await scene.TryAsync(changed)).IsOk);
        Assert.Equal(2, scene.Fetches);
    }

    [Fact]
    public async Task A_token_without_the_name_of_a_key_is_refused()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();

        await scene.MustRefuseAsync(scene.Token("storage.read:/run3", null, static head => head.Remove("kid")), "names no key");
    }

    [Fact]
    public async Task Keys_serve_for_a_day_without_their_issuer_and_are_read_again_every_hour()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        string Token() => scene.Token("storage.read:/run3");
        Assert.True((await scene.TryAsync(Token())).IsOk);
        scene.Partner.Instead = static _ => new HttpResponseMessage(HttpStatusCode.BadGateway);

        scene.Zone.Time.Advance(TimeSpan.FromHours(23));
        Assert.True((await scene.TryAsync(Token())).IsOk);
        Assert.True((await scene.TryAsync(Token())).IsOk);
        Assert.Equal(2, scene.Fetches);

        scene.Zone.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ErrorCode.ProviderUnavailable.Name, (await scene.TryAsync(Token())).Error!.Code.Name);
        scene.Partner.Instead = static _ => null;
        Assert.Equal(ErrorCode.ProviderUnavailable.Name, (await scene.TryAsync(Token())).Error!.Code.Name);
        scene.Zone.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await scene.TryAsync(Token())).IsOk);
    }

    [Fact]
    public async Task A_removed_key_ends_within_the_hour()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        Assert.True((await scene.TryAsync(scene.Token("storage.read:/run3"))).IsOk);
        scene.Partner.Keys = [new JsonObject { ["kty"] = "oct", ["kid"] = "one", ["k"] = "AAAA" }];

        scene.Zone.Time.Advance(TimeSpan.FromHours(1));

        await scene.MustRefuseAsync(scene.Token("storage.read:/run3"), "its signature");
    }

    [Fact]
    public async Task A_large_or_malformed_token_is_refused()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        string good = scene.Token("storage.read:/run3");
        string[] parts = good.Split('.');
        string twice = FakeProvider.Encode(Encoding.UTF8.GetBytes($$"""{"iss":"{{FakeProvider.Issuer}}","iss":"{{FakeProvider.Issuer}}"}"""));

        foreach (string wrong in (string[])
            [
                new string('a', 1 << 20) + ".b.c", scene.Token("storage.read:/" + new string('a', 1 << 20)), good + ".", "." + good, "a.b.c", "..",
                good + "=", good + " ", parts[0] + "." + parts[1], $"{parts[0]}.{twice}.{parts[2]}", scene.Token("storage.read:/run3", null, static head => head["crit"] = new JsonArray("exp")),
            ])
        {
            await scene.MustRefuseAsync(wrong, "not a signed token");
        }

        await scene.MustRefuseAsync(
            scene.Token(string.Join(' ', Enumerable.Range(0, 300).Select(static i => "word-" + i))), "at most 256 words");
        Assert.Equal(0, scene.Fetches);
    }

    [Fact]
    public async Task Guesses_are_counted_and_delayed_but_never_delay_a_right_token()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        Result<Caller> last = await scene.Zone.TryLogInAsync("a.b.c");
        for (int i = 0; i < 100 && last.Error!.Code.Name == ErrorCode.Unauthenticated.Name; i++)
        {
            last = await scene.Zone.TryLogInAsync("a.b.c");
        }

        Assert.Equal(ErrorCode.TooManyRequests.Name, last.Error!.Code.Name);
        Assert.True((await scene.Zone.TryLogInAsync(scene.Token("storage.read:/run3"))).IsOk);
    }

    [Fact]
    public async Task A_list_has_what_the_rules_give_by_owner_and_name()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        Caller caller = await scene.Zone.LogInAsync(scene.Token("storage.read:/"));

        IReadOnlyList<NameRecord> all = (await scene.Zone.Services.Names.ListAsync(caller, new VisibleNamesFilter(), Ct)).Value;
        IReadOnlyList<NameRecord> ofBob =
            (await scene.Zone.Services.Names.ListAsync(caller, new VisibleNamesFilter { Owner = "bob" }, Ct)).Value;
        IReadOnlyList<NameRecord> newest =
            (await scene.Zone.Services.Names.ListAsync(caller, new VisibleNamesFilter { IsNewestFirst = true, Limit = 1 }, Ct)).Value;

        Assert.Equal(["ada/raw", "bob/other"], all.Select(static name => name.FullName));
        Assert.Equal(["bob/other"], ofBob.Select(static name => name.FullName));
        Assert.Single(newest);
        Assert.Equal("ada/raw", (await scene.Zone.Services.Names.ResolveAsync(caller, DatasetRef.Parse("raw").Value, Ct)).Value.Dataset.FullName);
        Assert.False((await scene.Zone.Services.Names.ResolveAsync(caller, DatasetRef.Parse("maps").Value, Ct)).IsOk);
    }

    [Fact]
    public async Task Without_partners_a_signed_token_is_no_token()
    {
        await using PartnerScene scene = await PartnerScene.OpenAsync();
        await using Accounts.TestZone plain = await Accounts.TestZone.OpenAsync();

        Assert.Contains(
            "not a Hutch token", (await plain.TryLogInAsync(scene.Token("storage.read:/run3"))).Error!.Message, StringComparison.Ordinal);
    }
}

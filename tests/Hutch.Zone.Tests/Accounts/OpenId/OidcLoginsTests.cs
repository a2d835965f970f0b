using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Testing.Clocks;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Logins;
using Hutch.Zone.OpenId;

namespace Hutch.Zone.Tests.Accounts.OpenId;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedOidcLoginsTests() : OidcLoginsTests(null);

public abstract class OidcLoginsTests(PostgresServer? server) : OnBothEngines(server)
{
    private static readonly LoginOrigin From = new(TestZone.Here, "test");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task A_login_at_the_provider_opens_a_session_of_the_account_with_that_name(string algorithm)
    {
        await using OidcScene scene = await OpenSceneAsync();
        scene.Provider.Algorithm = algorithm;

        FinishedLogin login = (await scene.LogInAsync("/datasets?x=1")).Value;

        Assert.Equal("ada-lovelace", login.Session.User);
        Assert.Equal("/datasets?x=1", login.ReturnPath);
        Caller caller = (await scene.Zone.UseAsync(login.Session)).Value;
        Assert.Equal("Ada Lovelace", caller.User!.DisplayName);
        Assert.Equal("ada@example.org", caller.User.Email);
        FinishedLogin again = (await scene.LogInAsync("/")).Value;
        Assert.Equal(caller.UserId, (await scene.Zone.UseAsync(again.Session)).Value.UserId);
    }

    [Fact]
    public async Task The_browser_is_sent_with_PKCE_state_and_nonce_and_the_code_goes_back_with_the_verifier()
    {
        await using OidcScene scene = await OpenSceneAsync();

        StartedLogin begun = await scene.BeginAsync("/");

        var query = HttpUtility.ParseQueryString(begun.Address.Query);
        Assert.Equal((FakeProvider.Issuer + "/authorize", "code", "S256"), (begun.Address.GetLeftPart(UriPartial.Path), query["response_type"], query["code_challenge_method"]));
        Assert.Equal(("openid profile email", OidcScene.Redirect, FakeProvider.ClientId), (query["scope"], query["redirect_uri"], query["client_id"]));
        Assert.True((await scene.FinishAsync(begun)).IsOk);
        string verifier = scene.Provider.LastForm["code_verifier"];
        Assert.InRange(verifier.Length, 43, 128);
        Assert.Equal(query["code_challenge"], FakeProvider.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));
        Assert.Equal("Basic " + Convert.ToBase64String("hutch:s%26cret"u8), scene.Provider.LastAuthorization);
        Assert.False(scene.Provider.LastForm.ContainsKey("client_id"));
    }

    [Fact]
    public async Task A_state_is_good_once_for_the_browser_that_began_and_for_its_time()
    {
        await using OidcScene scene = await OpenSceneAsync();
        StartedLogin begun = await scene.BeginAsync("/");
        Assert.True((await scene.FinishAsync(begun)).IsOk);

        await MustBeInvalidAsync(scene.FinishAsync(begun), "not in progress");
        await MustBeInvalidAsync(scene.FinishAsync(await scene.BeginAsync("/"), state: "made-up"), "not in progress");
        await MustBeInvalidAsync(scene.FinishAsync(await scene.BeginAsync("/"), binding: "of another browser"), "another browser");
        await MustBeInvalidAsync(scene.FinishAsync(await scene.BeginAsync("/"), binding: ""), "another browser");
        StartedLogin slow = await scene.BeginAsync("/");
        scene.Zone.Time.Advance(TimeSpan.FromMinutes(15));
        await MustBeInvalidAsync(scene.FinishAsync(slow), "not in progress");
        Assert.True((await scene.LogInAsync("/")).IsOk);
    }

    [Theory]
    [InlineData("iss", "https://evil.example", "another issuer")]
    [InlineData("iss", FakeProvider.Issuer + "/", "another issuer")]
    [InlineData("aud", "somebody-else", "another audience")]
    [InlineData("nonce", "another", "another login")]
    [InlineData("azp", "somebody-else", "another party")]
    [InlineData("sub", "", "who it is about")]
    public async Task A_provider_token_with_a_wrong_claim_is_refused(string claim, string value, string words)
    {
        await using OidcScene scene = await OpenSceneAsync();
        scene.Provider.Claims = claims => claims[claim] = value;

        await MustBeInvalidAsync(scene.LogInAsync("/"), words);

        Assert.DoesNotContain(await scene.Zone.AuditAsync(), line => line.Contains("user.create user:ada", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("exp", -61, "expired")]
    [InlineData("iat", 120, "from the future")]
    [InlineData("nbf", 120, "not valid yet")]
    public async Task A_provider_token_outside_its_validity_period_is_refused(string claim, int seconds, string words)
    {
        await using OidcScene scene = await OpenSceneAsync();
        scene.Provider.Claims = claims => claims[claim] = scene.Zone.Time.GetUtcNow().ToUnixTimeSeconds() + seconds;

        await MustBeInvalidAsync(scene.LogInAsync("/"), words);
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("exp")]
    [InlineData("iat")]
    [InlineData("aud")]
    [InlineData("iss")]
    [InlineData("sub")]
    public async Task A_provider_token_without_a_required_claim_is_refused(string claim)
    {
        await using OidcScene scene = await OpenSceneAsync();
        scene.Provider.Claims = claims => claims.Remove(claim);

        Assert.Equal(ErrorCode.LoginInvalid, (await scene.LogInAsync("/")).Error?.Code);
    }

    [Fact]
    public async Task A_token_for_several_audiences_must_name_this_one_as_its_party()
    {
        await using OidcScene scene = await OpenSceneAsync();
        scene.Provider.Claims = claims => claims["aud"] = new JsonArray(FakeProvider.ClientId, "other");
        await MustBeInvalidAsync(scene.LogInAsync("/"), "another party");

        scene.Provider.Claims = claims => (claims["aud"], claims["azp"]) = (new JsonArray(FakeProvider.ClientId, "other"), FakeProvider.ClientId);
        Assert.True((await scene.LogInAsync("/")).IsOk);
    }

    [Fact]
    public async Task Only_the_providers_own_keys_sign_and_only_as_they_should()
    {
        await using OidcScene scene = await OpenSceneAsync();
        FakeProvider provider = scene.Provider;
        using RSA other = RSA.Create(2048);
        byte[] publicKey = Encoding.ASCII.GetBytes(provider.Rsa.ExportSubjectPublicKeyInfoPem());
        (string Name, Func<JsonObject, JsonObject, string> Forge)[] forgeries =
        [
            ("no signature", (head, claims) => FakeProvider.Part(With(head, "none")) + "." + FakeProvider.Part(claims) + "."),
            ("none, with one", (head, claims) => provider.Sign(With(head, "none"), claims)),
            ("HMAC with the public key", (head, claims) =>
            {
                string signed = FakeProvider.Part(With(head, "HS256")) + "." + FakeProvider.Part(claims);
                return signed + "." + FakeProvider.Encode(HMACSHA256.HashData(publicKey, Encoding.ASCII.GetBytes(signed)));
            }),
            ("another key", (head, claims) =>
            {
                string signed = FakeProvider.Part(head) + "." + FakeProvider.Part(claims);
                return signed + "." + FakeProvider.Encode(other.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
            }),
            ("RSA called ES256", (head, claims) => provider.Sign(With(head, "ES256"), claims)),
            ("RS512", (head, claims) => provider.Sign(With(head, "RS512"), claims)),
            ("a critical extension", (head, claims) =>
            {
                head["crit"] = new JsonArray("b64");
                return provider.Sign(head, claims);
            }),
            ("changed claims", (head, claims) =>
            {
                string[] parts = provider.Sign(head, claims).Split('.');
                claims["sub"] = "somebody-else";
                return parts[0] + "." + FakeProvider.Part(claims) + "." + parts[2];
            }),
            ("no token", (_, _) => "a.b"),
            ("no JSON", (_, _) => FakeProvider.Encode([1]) + "." + FakeProvider.Encode([2]) + "." + FakeProvider.Encode([3])),
            ("claims twice", (head, claims) =>
            {
                string body = claims.ToJsonString().Replace("{", "{\"sub\":\"somebody-else\",", StringComparison.Ordinal);
                return FakeProvider.Part(head) + "." + FakeProvider.Encode(Encoding.UTF8.GetBytes(body)) + "." + FakeProvider.Encode([3]);
            }),
        ];

        foreach ((string name, Func<JsonObject, JsonObject, string> forge) in forgeries)
        {
            provider.Forge = forge;
            Assert.True((await scene.LogInAsync("/")).Error?.Code == ErrorCode.LoginInvalid, name);
        }

        provider.Forge = null;
        Assert.True((await scene.LogInAsync("/")).IsOk);

        static JsonObject With(JsonObject head, string algorithm)
        {
            head["alg"] = algorithm;
            return head;
        }
    }

    [Fact]
    public async Task New_keys_of_the_provider_are_fetched_when_they_are_first_used_and_not_for_each_token()
    {
        await using OidcScene scene = await OpenSceneAsync();
        FakeProvider provider = scene.Provider;
        Assert.True((await scene.LogInAsync("/")).IsOk);
        Assert.True((await scene.LogInAsync("/")).IsOk);
        Assert.Single(provider.Asked, path => path == "/keys");
        scene.Zone.Time.Advance(TimeSpan.FromMinutes(1));

        provider.KeyId = "two";
        provider.ShowKeys();
        Assert.True((await scene.LogInAsync("/")).IsOk);

        Assert.Equal(2, provider.Asked.Count(path => path == "/keys"));
        provider.KeyId = "unknown";
        for (int i = 0; i < 20; i++)
        {
            Assert.False((await scene.LogInAsync("/")).IsOk);
        }

        Assert.InRange(provider.Asked.Count(path => path == "/keys"), 2, 3);
    }

    [Fact]
    public async Task Weak_and_foreign_keys_are_not_used()
    {
        await using OidcScene scene = await OpenSceneAsync();
        using RSA weak = RSA.Create(1024);
        RSAParameters key = weak.ExportParameters(false);
        scene.Provider.Keys = [new JsonObject { ["kty"] = "RSA", ["kid"] = "one", ["n"] = FakeProvider.Encode(key.Modulus!), ["e"] = FakeProvider.Encode(key.Exponent!) }];
        scene.Provider.Forge = (head, claims) =>
        {
            string signed = FakeProvider.Part(head) + "." + FakeProvider.Part(claims);
            return signed + "." + FakeProvider.Encode(weak.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        };

        await MustBeInvalidAsync(scene.LogInAsync("/"), "not by one of its keys");
    }

    [Fact]
    public async Task A_provider_that_is_unavailable_or_sends_invalid_answers_is_reported_and_logins_work_again_later()
    {
        await using OidcScene scene = await OpenSceneAsync();
        FakeProvider provider = scene.Provider;
        (Func<HttpRequestMessage, HttpResponseMessage?> Instead, ErrorCode Code)[] troubles =
        [
            (_ => throw new HttpRequestException("Connection refused"), ErrorCode.ProviderUnavailable),
            (_ => throw new TaskCanceledException(), ErrorCode.ProviderUnavailable),
            (_ => new HttpResponseMessage(HttpStatusCode.InternalServerError), ErrorCode.ProviderUnavailable),
            (_ => new HttpResponseMessage(HttpStatusCode.Redirect) { Headers = { Location = new Uri("http://169.254.169.254/") } }, ErrorCode.ProviderUnavailable),
            (_ => FakeProvider.Json("<html>"), ErrorCode.LoginInvalid),
            (_ => FakeProvider.Json("null"), ErrorCode.LoginInvalid),
            (_ => FakeProvider.Json("[]"), ErrorCode.LoginInvalid),
            (_ => FakeProvider.Json(new string('x', 2 << 20)), ErrorCode.ProviderUnavailable),
        ];
        foreach ((Func<HttpRequestMessage, HttpResponseMessage?> instead, ErrorCode code) in troubles)
        {
            provider.Instead = instead;
            Result<StartedLogin> begun = await scene.TryBeginAsync("/");
            Assert.Equal(code, begun.Error?.Code);
        }

        provider.Instead = _ => null;
        StartedLogin login = await scene.BeginAsync("/");
        provider.Instead = request => request.RequestUri!.AbsolutePath.EndsWith("/token", StringComparison.Ordinal) ? throw new HttpRequestException("Connection refused") : null;
        Assert.Equal(ErrorCode.ProviderUnavailable, (await scene.FinishAsync(login)).Error?.Code);
        provider.Instead = _ => null;
        Assert.True((await scene.LogInAsync("/")).IsOk);
    }

    [Theory]
    [InlineData("issuer", "https://evil.example")]
    [InlineData("authorization_endpoint", "https://evil.example/authorize")]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("token_endpoint", "http://id.example.org/realm/token")]
    [InlineData("token_endpoint", "http://127.0.0.1:8470/realm/token")]
    [InlineData("token_endpoint", "https://id.example.org:444/realm/token")]
    [InlineData("token_endpoint", "https://id.example.org@evil.example/realm/token")]
    [InlineData("jwks_uri", "https://169.254.169.254/realm/keys")]
    [InlineData("jwks_uri", "file:///etc/passwd")]
    [InlineData("userinfo_endpoint", "https://evil.example/realm/userinfo")]
    public async Task Nothing_is_asked_of_a_host_that_is_not_the_issuers(string field, string address)
    {
        await using OidcScene scene = await OpenSceneAsync();
        scene.Provider.Metadata[field] = address;

        Assert.Equal(ErrorCode.LoginInvalid, (await scene.LogInAsync("/")).Error?.Code);

        Assert.DoesNotContain(scene.Provider.Asked, path => path.Contains("passwd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_of_another_provider_is_not_taken_for_this_ones()
    {
        await using OidcScene scene = await OpenSceneAsync();

        await MustBeInvalidAsync(scene.FinishAsync(await scene.BeginAsync("/"), issuer: "https://evil.example"), "another provider");
        await MustBeInvalidAsync(scene.FinishAsync(await scene.BeginAsync("/"), issuer: null), "another provider");

        Assert.DoesNotContain("/token", scene.Provider.Asked);
    }

    [Fact]
    public async Task Provider_answers_about_another_user_or_access_token_are_refused()
    {
        await using OidcScene scene = await OpenSceneAsync();
        scene.Provider.UserInfo = new JsonObject { ["sub"] = "subject-2", ["preferred_username"] = "admin" };
        await MustBeInvalidAsync(scene.LogInAsync("/"), "a different user");
        scene.Provider.UserInfo = new JsonObject { ["sub"] = "subject-1" };
        scene.Provider.Claims = claims => claims["at_hash"] = FakeProvider.Encode(new byte[16]);
        await MustBeInvalidAsync(scene.LogInAsync("/"), "access token");
    }

    [Fact]
    public async Task A_name_that_is_taken_here_belongs_to_no_person_of_the_provider()
    {
        await using OidcScene scene = await OpenSceneAsync();
        scene.Provider.Claims = claims => claims["preferred_username"] = "admin";
        Assert.Equal(ErrorCode.LoginRefused, (await scene.LogInAsync("/")).Error?.Code);
        await using OidcScene closed = await OpenSceneAsync(new OidcProviderOptions
        {
            Id = "facility",
            Issuer = FakeProvider.Issuer,
            ClientId = FakeProvider.ClientId,
            CreateAccounts = false,
        });
        closed.Provider.Claims = claims => (claims["preferred_username"], claims["sub"]) = ("new", "subject-9");
        closed.Provider.UserInfo = new JsonObject { ["sub"] = "subject-9" };
        Assert.Contains("does not create one", (await closed.LogInAsync("/")).Error?.Message, StringComparison.Ordinal);
        Assert.False(closed.Provider.LastAuthorization?.StartsWith("Basic", StringComparison.Ordinal) == true);
        Assert.Equal(FakeProvider.ClientId, closed.Provider.LastForm["client_id"]);
    }

    [Fact]
    public async Task Groups_and_roles_follow_the_claims_and_the_last_administrator_stays_one()
    {
        await using OidcScene scene = await OpenSceneAsync(new OidcProviderOptions
        {
            Id = "facility",
            Issuer = FakeProvider.Issuer,
            ClientId = FakeProvider.ClientId,
            Groups = [new OidcGroup { Value = "mx-staff", Group = "mx" }, new OidcGroup { Value = "none", Group = "no-such-group" }],
            Roles = [new OidcRole { Value = "it", Role = "administrator" }, new OidcRole { Value = "watch", Role = "auditor" }],
        });
        Caller admin = await scene.Zone.AdminAsync();
        Assert.True((await scene.Zone.Groups.CreateAsync(admin, "mx", null, Ct)).IsOk);
        scene.Provider.Claims = claims => claims["groups"] = new JsonArray("mx-staff", "it", "none", 7);

        Caller ada = (await scene.Zone.UseAsync((await scene.LogInAsync("/")).Value.Session)).Value;

        Assert.Equal("mx", Assert.Single(ada.Groups).GroupName);
        Assert.Equal("user, administrator", ada.Roles.ToString());
        Assert.True((await scene.Zone.Accounts.ChangeUserAsync(admin, "admin", new AccountPatch { Roles = [] }, Ct)).IsOk);
        scene.Provider.Claims = claims => claims["groups"] = "watch";
        ada = (await scene.Zone.UseAsync((await scene.LogInAsync("/")).Value.Session)).Value;
        Assert.Empty(ada.Groups);
        Assert.Equal(RoleSet.From(Role.User, Role.Auditor, Role.Administrator), ada.Roles);
    }

    [Fact]
    public async Task A_disabled_account_is_disabled_at_every_door()
    {
        await using OidcScene scene = await OpenSceneAsync();
        Assert.True((await scene.LogInAsync("/")).IsOk);
        Assert.True((await scene.Zone.Accounts.ChangeUserAsync(await scene.Zone.AdminAsync(), "ada-lovelace", new AccountPatch { Disabled = true }, Ct)).IsOk);

        Result<FinishedLogin> refused = await scene.LogInAsync("/");

        Assert.Equal(ErrorCode.LoginRefused, refused.Error?.Code);
        Assert.Contains("disabled", refused.Error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("\\evil")]
    [InlineData("/a\r\nSet-Cookie: x")]
    [InlineData(null)]
    public async Task The_way_back_leads_nowhere_else(string? path)
    {
        await using OidcScene scene = await OpenSceneAsync();

        Assert.Equal("/", (await scene.LogInAsync(path)).Value.ReturnPath);
    }

    [Fact]
    public async Task No_secret_of_a_login_is_in_the_audit_or_the_database()
    {
        await using OidcScene scene = await OpenSceneAsync();
        StartedLogin begun = await scene.BeginAsync("/");
        FinishedLogin login = (await scene.FinishAsync(begun)).Value;
        scene.Provider.Claims = claims => claims["aud"] = "other";
        await scene.LogInAsync("/");

        string audit = string.Join('\n', await scene.Zone.AuditAsync());

        Assert.Contains("openid:facility session.refused", audit, StringComparison.Ordinal);
        foreach (string secret in (string[])[begun.Binding.Reveal(), login.Session.Secret.Reveal()[^43..], "the-code", "s&cret", "access\""])
        {
            Assert.DoesNotContain(secret, audit, StringComparison.Ordinal);
        }
    }

    private async Task<OidcScene> OpenSceneAsync(OidcProviderOptions? options = null)
    {
        var time = new ManualTime();
        var provider = new FakeProvider(time);
        options ??= new OidcProviderOptions { Id = "facility", Issuer = FakeProvider.Issuer, ClientId = FakeProvider.ClientId, ClientSecret = "s&cret" };
        TestZone zone = await OpenAsync(TestZone.Quick with { Oidc = new OidcOptions { Providers = [options] }, OidcHandler = new LastingHandler(provider) }, time);
        return new OidcScene(zone, provider);
    }

    [Fact]
    public async Task A_login_under_way_survives_a_restart_and_is_finished_once()
    {
        await using OidcScene scene = await OpenSceneAsync();
        StartedLogin begun = await scene.BeginAsync("/");

        await scene.RestartAsync();

        Assert.True((await scene.FinishAsync(begun)).IsOk);
        Assert.Equal(ErrorCode.LoginInvalid, (await scene.FinishAsync(begun)).Error?.Code);
    }

    private static async Task MustBeInvalidAsync(Task<Result<FinishedLogin>> login, string words)
    {
        Result<FinishedLogin> result = await login;
        Assert.Equal(ErrorCode.LoginInvalid, result.Error?.Code);
        Assert.Contains(words, result.Error?.Message, StringComparison.Ordinal);
    }
}

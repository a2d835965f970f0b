using System.Net;
using System.Text.Json.Nodes;
using Hutch.Model.Zone;
using Hutch.Model;
using Hutch.Testing.Clocks;
using Hutch.Zone.Authorization;
using Hutch.Zone.Partners;
using Hutch.Zone.Tests.Accounts.OpenId;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Partners;

/// <summary>A zone with a partner, whose tokens a test signs, and three datasets of two owners.</summary>
internal sealed class PartnerScene : IAsyncDisposable
{
    public const string Audience = "https://hutch.example.org";

    private byte _address;

    private PartnerScene(TestZone zone, FakeProvider partner) => (Zone, Partner) = (zone, partner);

    public TestZone Zone { get; }

    /// <summary>The partner, as the server of its keys.</summary>
    public FakeProvider Partner { get; }

    public NameRecord Raw { get; private set; } = null!;

    public NameRecord Maps { get; private set; } = null!;

    public NameRecord Other { get; private set; } = null!;

    /// <summary>How often the keys were fetched.</summary>
    public int Fetches => Partner.Asked.Count;

    public static async Task<PartnerScene> OpenAsync()
    {
        var time = new ManualTime();
        var partner = new FakeProvider(time);
        var issuer = new PartnerIssuerOptions
        {
            Id = "atlas",
            Issuer = FakeProvider.Issuer,
            Keys = FakeProvider.Issuer + "/keys",
            Audiences = [Audience],
            Rules =
            [
                new PartnerRule { Path = "/run3", Gives = "ada/raw" },
                new PartnerRule { Path = "/users", Gives = "bob" },
                new PartnerRule { Group = "/atlas/production", Gives = "ada/maps" },
            ],
        };
        ZoneOptions options = TestZone.Quick with { OidcHandler = partner, Partners = new PartnerOptions { Issuers = [issuer] } };
        var scene = new PartnerScene(await TestZone.OpenAsync(options, time), partner);
        Caller ada = await scene.Zone.UserAsync("ada");
        Caller bob = await scene.Zone.UserAsync("bob");
        scene.Raw = await scene.Zone.DatasetAsync(ada, "raw");
        scene.Maps = await scene.Zone.DatasetAsync(ada, "maps");
        scene.Other = await scene.Zone.DatasetAsync(bob, "other");
        return scene;
    }

    /// <summary>A signed token with a scope, for an hour less a minute.</summary>
    public string Token(string scope, Action<JsonObject>? change = null, Action<JsonObject>? changeHead = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = FakeProvider.Issuer,
            ["sub"] = "robot-7",
            ["aud"] = Audience,
            ["iat"] = Now(0),
            ["exp"] = Now(59 * 60),
            ["wlcg.ver"] = "1.0",
            ["scope"] = scope,
            ["jti"] = "one",
        };
        change?.Invoke(claims);
        var head = new JsonObject { ["alg"] = Partner.Algorithm, ["kid"] = Partner.KeyId, ["typ"] = "at+jwt" };
        changeHead?.Invoke(head);
        return Partner.Sign(head, claims);
    }

    /// <summary>A time from now, in seconds, as a claim.</summary>
    public long Now(double seconds) => Zone.Time.GetUtcNow().ToUnixTimeSeconds() + (long)seconds;

    /// <summary>Presents a token from an address without earlier attempts, so that none is delayed.</summary>
    public Task<Result<Caller>> TryAsync(string token) => Zone.TryLogInAsync(token, new IPAddress([198, 51, 100, ++_address]));

    /// <summary>The names of the datasets that the holder of a token reads.</summary>
    public async Task<string> ReadsAsync(string token)
    {
        Caller caller = await Zone.LogInAsync(token);
        List<string> names = [];
        foreach (NameRecord name in (NameRecord[])[Raw, Maps, Other])
        {
            if ((await Zone.MayAsync(caller, name, Operation.EntryRead)).IsOk)
            {
                names.Add(name.Slug);
            }
        }

        return string.Join(' ', names);
    }

    public async Task MustRefuseAsync(string token, string reason)
    {
        Result<Caller> caller = await TryAsync(token);
        Assert.False(caller.IsOk, "It was accepted.");
        Assert.Equal(ErrorCode.Unauthenticated.Name, caller.Error.Code.Name);
        Assert.Contains(reason, caller.Error.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await Zone.DisposeAsync();
        Partner.Dispose();
    }
}

using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Contracts.Rest;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;

namespace Hutch.Federation.Tests.Writing;

/// <summary>
/// The operations that a zone answers when a site forwards them, with a token of an administrator for that site. The table is the whole
/// interface: an operation that is added later is refused, unless its line is added here.
/// </summary>
public sealed partial class ForwardedOperationTests(TwoSites sites) : IClassFixture<TwoSites>
{
    /// <summary>Operations on a dataset, a push or a run, which its home answers.</summary>
    private static readonly string[] OfHome =
    [
        "DELETE /datasets/{id}",
        "DELETE /datasets/{id}/entries/{path}",
        "DELETE /datasets/{id}/eviction",
        "DELETE /datasets/{id}/sent/{sent}",
        "DELETE /datasets/{id}/tags/{tag}",
        "DELETE /sessions/{sid}",
        "GET /datasets/{id}/personal",
        "GET /datasets/{id}/sent",
        "GET /datasets/{id}/snapshots/{ref}/subdatasets",
        "GET /runs/{run}",
        "GET /runs/{run}/log",
        "GET /sessions/{sid}",
        "HEAD /sessions/{sid}/blobs/{key}",
        "PATCH /datasets/{id}",
        "PATCH /sessions/{sid}/blobs/{key}",
        "POST /datasets/{id}/close",
        "POST /datasets/{id}/eviction",
        "POST /datasets/{id}/keep",
        "POST /datasets/{id}/move",
        "POST /datasets/{id}/receipts",
        "POST /datasets/{id}/remove",
        "POST /datasets/{id}/restore",
        "POST /datasets/{id}/revert",
        "POST /datasets/{id}/sessions",
        "POST /datasets/{id}/snapshots",
        "POST /datasets/{id}/statements",
        "POST /runs/{run}/finish",
        "POST /runs/{run}/parts",
        "POST /runs/{run}/parts/fail",
        "POST /runs/{run}/retry",
        "POST /runs/{run}/stop",
        "POST /sessions/{sid}/blobs",
        "POST /sessions/{sid}/commit",
        "POST /sessions/{sid}/negotiate",
        "POST /sessions/{sid}/part",
        "PUT /datasets/{id}/entries/{path}",
        "PUT /datasets/{id}/metadata",
        "PUT /datasets/{id}/tags/{tag}",
    ];

    /// <summary>Operations that the zone alone answers.</summary>
    private static readonly string[] OfZone =
    [
        "DELETE /datasets/{id}/links/{link}",
        "DELETE /steps/{token}",
        "GET /datasets/{id}/links",
        "POST /datasets/{id}/links",
        "POST /steps",
        "POST /steps/{token}/renew",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_zone_refuses_a_hostile_site_every_operation_that_is_not_marked()
    {
        using var liar = new Intruder(await sites.Zone.InviteAsync("liar"));
        Assert.True((await liar.JoinAsync()).IsOk);
        string token = (await sites.Zone.Admin.CreateTokenAsync(
            new CreateToken { Site = "liar", Scopes = ["read", "write", "manage", "admin"] }, Ct)).Id;
        List<string> operations = await ListAsync();
        List<string> answered = [];

        foreach (string operation in operations)
        {
            (HttpStatusCode status, _, string? words) = await liar.ForwardAsync(
                new HttpMethod(operation.Split(' ')[0]), Fill(operation), token);
            if (status != HttpStatusCode.Forbidden || words?.StartsWith("A site forwards only", StringComparison.Ordinal) == false)
            {
                answered.Add(operation);
            }
        }

        Assert.True(operations.Count > 200);
        Assert.Equal(OfHome.Concat(OfZone).Order(StringComparer.Ordinal), answered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_site_that_is_no_zone_refuses_another_site_what_the_zone_answers()
    {
        using var liar = new Intruder(await sites.Zone.InviteAsync("other"));
        Assert.True((await liar.JoinAsync()).IsOk);
        string token = (await sites.Zone.Admin.CreateTokenAsync(
            new CreateToken { Site = "other", Scopes = ["read", "write", "manage", "admin"] }, Ct)).Id;
        using SiteClient archive = await liar.DialAsync(sites.Zone, "archive");

        foreach (string operation in OfZone)
        {
            (HttpStatusCode Status, string?, string? Words) answer;
            do
            {
                // Until the archive has heard of the site and its token.
                answer = await Intruder.ForwardAsync(archive, new HttpMethod(operation.Split(' ')[0]), Fill(operation), token);
            }
            while (answer.Words?.StartsWith("The zone has no site", StringComparison.Ordinal) == true
                || answer.Status == HttpStatusCode.Unauthorized);

            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
            Assert.StartsWith("A site forwards only", answer.Words, StringComparison.Ordinal);
        }
    }

    /// <summary>Services do not ask where they are: the router refuses before them.</summary>
    [Fact]
    public async Task A_site_refuses_what_its_zone_alone_answers_and_names_the_zone()
    {
        RestCall[] calls =
        [
            .. typeof(RestCalls).GetNestedTypes().SelectMany(static group => group.GetFields()).Select(static field => field.GetValue(null))
                .OfType<RestCall>().Where(static call => call.By == AnsweredBy.ZoneAlone),
        ];
        using var http = new HttpClient { BaseAddress = sites.Archive.Address };

        foreach (RestCall call in calls)
        {
            using var request = new HttpRequestMessage(
                new HttpMethod(call.Method), new Uri(RestCall.Root + "/" + Fill(call.Pattern), UriKind.Relative));
            using HttpResponseMessage answer = await http.SendAsync(request, Ct);

            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Matches("This server is a site, and [a-z ]+ at its zone, [^ ]+[.]", await answer.Content.ReadAsStringAsync(Ct));
        }

        Assert.Equal(23, calls.Length);
    }

    private async Task<List<string>> ListAsync()
    {
        using var http = new HttpClient { BaseAddress = sites.Zone.Address };
        using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative), Ct));
        return
        [
            .. document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(static path => path.Value.EnumerateObject()
                .Where(static method => method.Name != "parameters")
                .Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}")),
        ];
    }

    /// <summary>The path of an operation, for a dataset that nobody has.</summary>
    private static string Fill(string operation) => Parameter().Replace(
        operation[(operation.IndexOf('/', StringComparison.Ordinal) + 1)..],
        static match => match.Value is "{id}" or "{run}" ? "0123456789abcdef0123456789abcdef" : "1");

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}

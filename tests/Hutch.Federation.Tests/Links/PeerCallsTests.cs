using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Links;

/// <summary>The table of requests between sites.</summary>
public sealed class PeerCallsTests
{
    private static readonly (string Path, bool IsAtZone)[] All =
    [
        .. typeof(PeerCalls).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (
            (string)field.FieldType.GetProperty("Path")!.GetValue(field.GetValue(null))!,
            field.FieldType.GetProperty("By")?.GetValue(field.GetValue(null)) is PeerRole.Zone)),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_request_has_a_path_of_its_own()
    {
        Assert.Equal(All.Length, All.Select(static call => call.Path).Distinct(StringComparer.Ordinal).Count());
        Assert.All(All, static call => Assert.Matches("^/sites/v1/[a-z]+(-[a-z]+)*$", call.Path));
        Assert.DoesNotContain(All, static call => call.Path.StartsWith(SiteProtocol.Forwarded, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_request_has_a_handler_and_a_site_refuses_those_to_the_zone()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        await zone.UntilAsync(static sites => sites.Items.Any(static site => site.Address is not null));
        using var stranger = new Intruder(await zone.InviteAsync("stranger"));
        using SiteClient site = await stranger.DialAsync(zone, "compute");

        Assert.All(await AnswersAsync(stranger.Client), static one => Assert.NotEqual(ErrorCode.NotFound.Name, one.Refusal?.Code));
        Assert.All(
            (await AnswersAsync(site)).Where(static one => one.IsAtZone),
            static one => Assert.Contains("is a site of the zone at", one.Refusal?.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("10")]
    [InlineData("nine")]
    public async Task A_site_refuses_every_request_of_another_protocol(string protocol)
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var stranger = new Intruder(await zone.InviteAsync("stranger"));

        (string, bool, Refusal? Refusal)[] answers = await AnswersAsync(
            stranger.Client, protocol, SiteProtocol.Forwarded + "/api/v1/datasets");

        string named = $"The site has release 9.9.9, which speaks protocol {(int.TryParse(protocol, out _) ? protocol : "8 or less")}; "
            + $"release {SiteProtocol.Release} here speaks {SiteProtocol.Number}.";
        Assert.All(answers, one => Assert.Equal(named, one.Refusal?.Message));
    }

    private static async Task<(string Path, bool IsAtZone, Refusal? Refusal)[]> AnswersAsync(
        SiteClient at, string? protocol = null, params string[] others)
    {
        var answers = new List<(string, bool, Refusal?)>();
        foreach ((string path, bool isAtZone) in (IEnumerable<(string, bool)>)[.. All, .. others.Select(static path => (path, false))])
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(at.Root, path))
            {
                Content = JsonContent.Create(new object()),
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            if (protocol is not null)
            {
                message.Headers.TryAddWithoutValidation(SiteProtocol.ProtocolHeader, protocol);
                message.Headers.Add(SiteProtocol.ReleaseHeader, "9.9.9");
            }

            using HttpResponseMessage answer = await at.SendAsync(message, Ct);
            answers.Add((path, isAtZone, await answer.Content.ReadFromJsonAsync<Refusal>(SiteJson.Default.Refusal, Ct)));
        }

        return [.. answers];
    }
}

using System.Net;
using System.Net.Http.Headers;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Reading;

/// <summary>Share links stand under the one public address of the zone, whichever site has the dataset and wherever they were made.</summary>
public sealed class ShareLinkTests : IAsyncLifetime
{
    private static readonly DatasetId Unknown = new(Guid.NewGuid());

    private SiteServer _zone = null!;
    private SiteServer _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync(publicUrl: new Uri("https://data.example.org/hutch/"));
        _archive = await SiteServer.StartAsync("new");
        await _archive.JoinAsync(_zone, "archive");
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task A_link_opens_whichever_site_is_the_home_with_the_same_answers()
    {
        DatasetId id = await TwoSites.MakeAsync(_zone.Admin, "moved");
        CreatedLink link = await _zone.Admin.CreateLinkAsync(id, new CreateLink { Right = "read" }, Ct);
        await _zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(_zone.Admin, id, "archive", 1);

        string before = await AnswerAsync(link, $"datasets/{id}/entries/a.txt");
        await _zone.Admin.MoveHomeAsync(id, new MoveHome { Site = "archive" }, Ct);
        await Copied.UntilHomeAsync(_zone.Admin, id, "archive");
        await _zone.Admin.WithdrawCopyAsync(id, "facility", Ct);
        await UntilEndedHereAsync(id);
        string after = await AnswerAsync(link, $"datasets/{id}/entries/a.txt");
        DatasetId far = await TwoSites.MakeAsync(_archive.Admin, "far");
        CreatedLink other = await _zone.Admin.CreateLinkAsync(far, new CreateLink { Right = "read" }, Ct);

        Assert.StartsWith("200", before, StringComparison.Ordinal);
        Assert.Equal(before, after);
        Assert.EndsWith("\n\none", await AnswerAsync(other, $"datasets/{far}/entries/a.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_a_site_a_link_is_made_seen_and_withdrawn_and_it_opens_at_the_public_address_of_the_zone()
    {
        DatasetId id = await TwoSites.MakeAsync(_archive.Admin, "shared");

        CreatedLink link = await _archive.Admin.CreateLinkAsync(id, new CreateLink { Right = "read", ExpiresIn = 600 }, Ct);
        LinkInfo seen = Assert.Single(await _archive.Admin.ListLinksAsync(id, Ct).ToListAsync(Ct));
        string read = await AnswerAsync(link, $"datasets/{id}/entries/a.txt");
        string elsewhere = await Copied.AnswerAsync(_archive.Address, link.Token, $"datasets/{id}/entries/a.txt");
        await _archive.Admin.DeleteLinkAsync(id, link.Id, Ct);

        Assert.Equal("https://data.example.org/hutch/s#" + link.Token, link.Url);
        Assert.Equal((link.Id, "read", "admin", link.Expires), (seen.Id, seen.Right, seen.By, seen.Expires));
        Assert.EndsWith("\n\none", read, StringComparison.Ordinal);
        Assert.StartsWith("401", elsewhere, StringComparison.Ordinal);
        Assert.Contains("at the public address of the zone", elsewhere, StringComparison.Ordinal);
        Assert.StartsWith("401", await AnswerAsync(link, $"datasets/{id}/entries/a.txt"), StringComparison.Ordinal);
        Assert.Empty(await _zone.Admin.ListLinksAsync(id, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_download_through_another_site_ends_when_the_share_link_is_revoked_at_the_home()
    {
        DatasetId id = await TwoSites.MakeAsync(_archive.Admin, "long");
        await _archive.Admin.PutEntryAsync(id, "large.bin", Copied.Bytes(48 << 20, 3), ct: Ct);
        CreatedLink link = await _archive.Admin.CreateLinkAsync(id, new CreateLink { Right = "read" }, Ct);
        using HttpClient reader = ReaderOf(link);
        using HttpResponseMessage download = await reader.GetAsync(
            new Uri($"api/v1/datasets/{id}/entries/large.bin", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
        await using Stream body = await download.Content.ReadAsStreamAsync(Ct);
        await body.ReadExactlyAsync(new byte[1000], Ct);

        await _archive.Admin.DeleteLinkAsync(id, link.Id, Ct);

        // Slower than the server could fail to notice.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            byte[] buffer = new byte[64 << 10];
            while (await body.ReadAsync(buffer, Ct) > 0)
            {
                await Task.Delay(10, Ct);
            }
        });
    }

    [Fact]
    public async Task Without_the_zone_no_link_is_made_and_nothing_waits()
    {
        DatasetId id = await TwoSites.MakeAsync(_archive.Admin, "alone");
        await _zone.StopAsync();

        HutchError refused = (await Assert.ThrowsAsync<HutchException>(
            () => _archive.Admin.CreateLinkAsync(id, new CreateLink { Right = "read" }, Ct))).Error;
        await _zone.StartAgainAsync();

        Assert.Equal(ErrorCode.Unavailable, refused.Code);
        Assert.Empty(await _zone.Admin.ListLinksAsync(id, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_site_makes_links_only_for_its_own_tokens_and_only_to_what_may_be_there()
    {
        DatasetId free = await TwoSites.MakeAsync(_zone.Admin, "free");
        DatasetId kept = await TwoSites.MakeAsync(_zone.Admin, "kept");
        await _zone.Admin.AddRuleAsync(kept, new AddDatasetRule { Rule = "serve where site = facility" }, Ct);
        using var liar = new Intruder(await _zone.InviteAsync("liar"));
        Assert.True((await liar.JoinAsync()).IsOk);
        string own = (await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "liar", Scopes = ["read", "manage"] }, Ct)).Id;
        string narrow = (await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "liar", Scopes = ["read"] }, Ct)).Id;
        string other = (await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read", "manage"] }, Ct)).Id;

        Assert.Null(await CodeAsync(liar, free, own));
        Assert.Equal(ErrorCode.ScopeMissing.Name, await CodeAsync(liar, free, narrow));
        Assert.Equal(ErrorCode.Unauthenticated.Name, await CodeAsync(liar, free, other));
        Assert.Equal(ErrorCode.NotFound.Name, await CodeAsync(liar, kept, own));
        Assert.Equal(
            (await LinkAsync(liar, kept, own)).Words!.Replace(kept.ToString(), "ID", StringComparison.Ordinal),
            (await LinkAsync(liar, Unknown, own)).Words!.Replace(Unknown.ToString(), "ID", StringComparison.Ordinal));
        await _zone.Admin.RevokeTokenAsync(own, Ct);
        Assert.Equal(ErrorCode.Unauthenticated.Name, await CodeAsync(liar, free, own));
    }

    [Fact]
    public async Task A_zone_without_a_public_address_makes_no_link_for_a_site_and_says_what_to_set()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        DatasetId id = await TwoSites.MakeAsync(zone.Admin, "nowhere");
        using var site = new Intruder(await zone.InviteAsync("site"));
        Assert.True((await site.JoinAsync()).IsOk);
        string token = (await zone.Admin.CreateTokenAsync(new CreateToken { Site = "site", Scopes = ["read", "manage"] }, Ct)).Id;

        (HttpStatusCode status, _, string? words) = await LinkAsync(site, id, token);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("under the public address of the zone, and it has none", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_life_that_is_longer_than_time_is_refused_in_words()
    {
        DatasetId id = await TwoSites.MakeAsync(_zone.Admin, "endless");
        using var liar = new Intruder(await _zone.InviteAsync("liar"));
        Assert.True((await liar.JoinAsync()).IsOk);
        string token = (await _zone.Admin.CreateTokenAsync(new CreateToken { Site = "liar", Scopes = ["read", "write", "manage"] }, Ct)).Id;

        string? link = await CodeAsync(liar, id, token, 1L << 62);
        (_, string? step, _) = await liar.ForwardAsync(
            HttpMethod.Post, "steps", token, $$"""{"output": "{{id}}", "inputs": [], "expiresIn": {{1L << 62}}}""");

        Assert.Equal((ErrorCode.BadRequest.Name, ErrorCode.BadRequest.Name), (link, step));
    }

    /// <summary>
    /// Waits until the copy at the site of the zone has ended. Who asks for a file at that very moment may hear that the copy is in the trash.
    /// </summary>
    private async Task UntilEndedHereAsync(DatasetId id)
    {
        while (await _zone.Site.Records.ReadAsync(queries => queries.Dataset(id), Ct) is { Ended: null, TrashedUntil: null })
        {
            await Task.Delay(20, Ct);
        }
    }

    private static Task<(HttpStatusCode Status, string? Code, string? Words)> LinkAsync(
        Intruder liar, DatasetId id, string token, long seconds = 600) => liar.ForwardAsync(
        HttpMethod.Post, $"datasets/{id}/links", token, $$"""{"right": "read", "expiresIn": {{seconds}}}""");

    private static async Task<string?> CodeAsync(Intruder liar, DatasetId id, string token, long seconds = 600) =>
        (await LinkAsync(liar, id, token, seconds)).Code;

    private Task<string> AnswerAsync(CreatedLink link, string path) => Copied.AnswerAsync(_zone.Address, link.Token, path);

    private HttpClient ReaderOf(CreatedLink link)
    {
        var http = new HttpClient { BaseAddress = _zone.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", link.Token);
        return http;
    }
}

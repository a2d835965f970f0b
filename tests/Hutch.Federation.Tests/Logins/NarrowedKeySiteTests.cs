using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.NarrowedTokens;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Tests.Logins;

/// <summary>Keys that their holder narrowed, at a zone and at a site that their token opens.</summary>
public sealed class NarrowedKeySiteTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private SiteServer _zone = null!;
    private SiteServer _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync();
        _archive = await SiteServer.StartAsync("new");
        await _archive.JoinAsync(_zone, "archive");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _archive.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task A_key_opens_its_folder_at_the_zone_and_at_the_site_and_ends_at_both()
    {
        DatasetInfo there = await MakeAsync(_archive, "there");
        DatasetInfo here = await MakeAsync(_zone, "here");
        CreatedToken made = await _zone.Admin.CreateTokenAsync(
            new CreateToken { Narrowable = true, Scopes = ["read", "write"], Sites = ["archive"] }, Ct);
        NarrowedToken root = NarrowedToken.Parse(made.Token!).Value;
        string site = Assert.Single(made.Sites!).Id;
        string key = root.Narrow(Folder(there, "raw")).Value.Text;

        // At the site, which is the home.
        await SiteServer.UntilKnownAsync(_archive.With(root.Text));
        Assert.Equal((200, "raw/a"), await GetAsync(_archive, there, "raw/a", key));
        Assert.Equal(404, (await GetAsync(_archive, there, "secret", key)).Status);
        Assert.Equal(201, await PutAsync(_archive, there, "raw/new", key));
        Assert.Equal(403, await PutAsync(_archive, there, "new", key));

        // Datasets at home at the zone stay closed at the site, because nothing proves to the zone that the site got a key.
        Assert.Equal(403, (await GetAsync(_archive, here, "raw/a", root.Text)).Status);
        Assert.Equal(403, (await GetAsync(_archive, here, "raw/a", root.Narrow(Folder(here, "raw")).Value.Text)).Status);
        string named = BlobHash.Compute(Encoding.ASCII.GetBytes($"hutch-narrowable-1\n{root.Id}\n{site}")).ToString()[..16];
        Assert.Equal(ErrorCode.Unauthenticated, (await _zone.Zone.SiteReaders.FindAsync(site, named, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Unauthenticated, (await _zone.Zone.SiteReaders.AdmitAsync(site, named, here.Id, Operation.EntryRead, Ct)).Error?.Code);

        // At the zone, which forwards to the home.
        Assert.Equal((200, "raw/a"), await GetAsync(_zone, there, "raw/a", key));
        Assert.Equal(404, (await GetAsync(_zone, there, "secret", key)).Status);
        Assert.Equal(201, await PutAsync(_zone, there, "raw/by-zone", key));
        Assert.Equal(403, await PutAsync(_zone, there, "by-zone", key));

        // Sites restrict where it is presented.
        string atSite = root.Narrow(new TokenRestrictions { Sites = [site] }).Value.Text;
        Assert.Equal(200, (await GetAsync(_archive, there, "raw/a", atSite)).Status);
        Assert.Equal(401, (await GetAsync(_zone, there, "raw/a", atSite)).Status);

        await _zone.Admin.RevokeTokenAsync(root.Id, Ct);
        var limit = TimeSpan.FromSeconds(5);
        DateTimeOffset begin = TimeProvider.System.GetUtcNow();
        while ((await GetAsync(_archive, there, "raw/a", key)).Status != 401)
        {
            Assert.True(TimeProvider.System.GetUtcNow() - begin < limit, "The site still accepts the key of a revoked token.");
        }

        Assert.Equal(401, (await GetAsync(_zone, there, "raw/a", key)).Status);
    }

    private static async Task<DatasetInfo> MakeAsync(SiteServer server, string name)
    {
        DatasetInfo dataset = await server.Admin.CreateDatasetAsync(new CreateDataset { Name = name }, Ct);
        foreach (string path in (string[])["raw/a", "secret"])
        {
            await server.Admin.PutEntryAsync(dataset.Id, path, Encoding.UTF8.GetBytes(path), ct: Ct);
        }

        return dataset;
    }

    private static TokenRestrictions Folder(DatasetInfo dataset, string path) =>
        new() { Folder = new FolderOfDataset(dataset.Id, DatasetPath.Parse(path).Value) };

    private async Task<(int Status, string Text)> GetAsync(SiteServer server, DatasetInfo dataset, string path, string key)
    {
        using HttpResponseMessage answer = await SendAsync(server, HttpMethod.Get, dataset, path, key, null);
        return ((int)answer.StatusCode, answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync(Ct) : "");
    }

    private async Task<int> PutAsync(SiteServer server, DatasetInfo dataset, string path, string key)
    {
        using HttpResponseMessage answer = await SendAsync(server, HttpMethod.Put, dataset, path, key, new ByteArrayContent([1]));
        return (int)answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(
        SiteServer server, HttpMethod method, DatasetInfo dataset, string path, string key, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Address, $"/api/v1/datasets/{dataset.Id}/entries/{path}"))
        {
            Content = body,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await _http.SendAsync(request, Ct);
    }
}

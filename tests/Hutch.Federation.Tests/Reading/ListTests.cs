using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Reading;

/// <summary>Three sites list the same datasets to the same person, wherever these are at home.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private SiteServer _zone = null!;
    private SiteServer _archive = null!;
    private SiteServer _compute = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => _zone.Admin;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync();
        _archive = await SiteServer.StartAsync("new");
        _compute = await SiteServer.StartAsync("new");
        await _archive.JoinAsync(_zone, "archive");
        await _compute.JoinAsync(_zone, "compute");
    }

    public async ValueTask DisposeAsync()
    {
        await _compute.DisposeAsync();
        await _archive.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task All_sites_return_identical_lists_of_the_datasets_at_every_home()
    {
        DatasetId first = await MakeAsync(_zone, "alpha", "mx/rotation");
        await Admin.CloseDatasetAsync(first, new CloseDataset { Message = "Done" }, Ct);
        DatasetId second = await MakeAsync(_archive, "beta", "tomography/scan");
        DatasetId third = await MakeAsync(_compute, "gamma", null);
        DatasetId derived = (await Admin.CreateDatasetAsync(
            new CreateDataset { Name = "delta", Parents = [new ParentReference { Dataset = first.ToString() }] }, Ct)).Id;

        await UntilListedAsync("datasets", first, second, third, derived);
        string byName = await UntilSameAsync("datasets");
        string newest = await UntilSameAsync("datasets?order=newest");
        string ofType = await UntilSameAsync("datasets?q=type:image-stack");
        string ofWord = await UntilSameAsync("datasets?q=gam");
        string closed = await UntilSameAsync("datasets?state=closed");
        string derivedOnes = await UntilSameAsync("datasets?kind=derived");

        Assert.Equal(["alpha", "beta", "delta", "gamma"], NamesOf(byName));
        Assert.Equal(["delta", "gamma", "beta", "alpha"], NamesOf(newest));
        Assert.Equal(["alpha", "beta"], NamesOf(ofType));
        Assert.Equal(["gamma"], NamesOf(ofWord));
        Assert.Equal(["alpha"], NamesOf(closed));
        Assert.Equal(["delta"], NamesOf(derivedOnes));
        Assert.Equal(["delta", "gamma", "beta", "alpha"], await PagesAsync(_compute, "datasets?order=newest&limit=1"));
        Assert.Equal(["alpha", "beta", "delta", "gamma"], await PagesAsync(_archive, "datasets?limit=1"));
    }

    [Fact]
    public async Task A_new_name_the_trash_and_the_way_back_are_seen_in_every_list()
    {
        DatasetId kept = await MakeAsync(_archive, "kept", null);
        DatasetId deleted = await MakeAsync(_archive, "deleted", null);
        await UntilListedAsync("datasets", kept, deleted);

        await Admin.PatchDatasetAsync(kept, new PatchDataset { Slug = "renamed" }, Ct);
        await _archive.Admin.PatchDatasetAsync(kept, new PatchDataset { Title = "With a title" }, Ct);
        await _archive.Admin.DeleteDatasetAsync(deleted, Ct);
        await UntilAsync("datasets", static text => NamesOf(text) is ["renamed"] && text.Contains("With a title", StringComparison.Ordinal));
        string trash = await UntilAsync("datasets?state=trash", static text => NamesOf(text) is ["deleted"]);
        await _archive.Admin.RestoreDatasetAsync(deleted, Ct);
        string back = await UntilAsync("datasets", static text => NamesOf(text) is ["deleted", "renamed"]);

        Assert.Contains("\"state\":\"trash\"", trash, StringComparison.Ordinal);
        Assert.Equal(back, await UntilSameAsync("datasets"));
    }

    [Fact]
    public async Task Lists_of_all_sites_omit_unshared_datasets_and_drop_a_dataset_on_revocation()
    {
        CreatedUser eva = await Admin.CreateUserAsync(new CreateUser { Name = "eva" }, Ct);
        using HutchClient own = _zone.With(eva.Token!);
        (SiteServer Site, string Token)[] places =
        [
            (_zone, eva.Token!),
            (_archive, (await own.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read"] }, Ct)).Token!),
            (_compute, (await own.CreateTokenAsync(new CreateToken { Site = "compute", Scopes = ["read"] }, Ct)).Token!),
        ];
        DatasetId secret = await MakeAsync(_archive, "secret", null);
        DatasetId open = await MakeAsync(_archive, "open", null);
        await UntilListedAsync("datasets", secret, open);

        await Admin.PatchDatasetAsync(open, new PatchDataset { Visibility = "public" }, Ct);
        string[] strangers = await ListsAsync("datasets", static text => NamesOf(text) is ["open"], places);
        string[] nobody = await ListsAsync("datasets", static text => NamesOf(text) is ["open"], [.. places.Select(one => (one.Site, ""))]);
        await Admin.PutGrantAsync(secret, "user:eva", new PutGrant { Right = "view" }, Ct);
        string[] granted = await ListsAsync("datasets?order=newest", static text => NamesOf(text) is ["open", "secret"], places);
        await Admin.DeleteGrantAsync(secret, "user:eva", Ct);
        string[] revoked = [.. await Task.WhenAll(places.Select(one => Copied.AnswerAsync(one.Site.Address, one.Token, "datasets")))];

        Assert.All(new[] { strangers, nobody, granted, revoked }, lists => Assert.Single(lists.Distinct()));
        Assert.Equal(["open"], NamesOf(revoked[0]));
        Assert.Contains("\"yourRight\":\"view\"", granted[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_that_is_left_out_does_not_list_a_dataset_and_the_others_do()
    {
        DatasetId scan = await MakeAsync(_archive, "bounded", null);
        await UntilListedAsync("datasets", scan);

        RuleInfo rule = await Admin.AddRuleAsync(scan, new AddDatasetRule { Rule = "serve where site in (facility, archive)" }, Ct);
        string left = await AnswerAsync(_compute, "datasets");
        string newest = await AnswerAsync(_compute, "datasets?order=newest");
        string zone = await AnswerAsync(_zone, "datasets");
        await Admin.RemoveRuleAsync(rule.Number, Ct);
        await UntilListedAsync("datasets", scan);

        Assert.DoesNotContain("bounded", left + newest, StringComparison.Ordinal);
        Assert.Contains("bounded", zone, StringComparison.Ordinal);
    }

    private static async Task<DatasetId> MakeAsync(SiteServer at, string name, string? type)
    {
        DatasetInfo made = await at.Admin.CreateDatasetAsync(new CreateDataset { Name = name, Type = type }, Ct);
        await at.Admin.PutEntryAsync(made.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        return made.Id;
    }

    private static Task<string> AnswerAsync(SiteServer site, string path) => Copied.AnswerAsync(site.Address, site.AdminToken, path);

    /// <summary>The answer of all sites, once it is the same and shows these.</summary>
    private Task<string> UntilListedAsync(string path, params DatasetId[] datasets) =>
        UntilAsync(path, text => datasets.All(one => text.Contains(one.ToString(), StringComparison.Ordinal)));

    private Task<string> UntilSameAsync(string path) => UntilAsync(path, static _ => true);

    private async Task<string> UntilAsync(string path, Func<string, bool> holds)
    {
        string[] lists = await ListsAsync(
            path, holds, (_zone, _zone.AdminToken), (_archive, _archive.AdminToken), (_compute, _compute.AdminToken));
        return lists[0];
    }

    private static async Task<string[]> ListsAsync(string path, Func<string, bool> holds, params (SiteServer Site, string Token)[] places)
    {
        while (true)
        {
            string[] lists = [.. await Task.WhenAll(places.Select(one => Copied.AnswerAsync(one.Site.Address, one.Token, path)))];
            if (lists.All(one => one.StartsWith("200", StringComparison.Ordinal) && holds(one)) && lists.Distinct().Count() == 1)
            {
                return lists;
            }

            await Task.Delay(50, Ct);
        }
    }

    private static string[] NamesOf(string answer)
    {
        using JsonDocument page = JsonDocument.Parse(answer[answer.IndexOf("\n\n", StringComparison.Ordinal)..]);
        return [.. page.RootElement.GetProperty("items").EnumerateArray().Select(static one => one.GetProperty("slug").GetString()!)];
    }

    private static async Task<string[]> PagesAsync(SiteServer site, string path)
    {
        List<string> names = [];
        string? next = null;
        do
        {
            string answer = await AnswerAsync(site, next is null ? path : $"{path}&cursor={Uri.EscapeDataString(next)}");
            names.AddRange(NamesOf(answer));
            using JsonDocument page = JsonDocument.Parse(answer[answer.IndexOf("\n\n", StringComparison.Ordinal)..]);
            next = page.RootElement.TryGetProperty("next", out JsonElement cursor) ? cursor.GetString() : null;
        }
        while (next is not null);
        return [.. names];
    }
}

using System.Text;
using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Datasets.Search;
using Hutch.Federation.Links;
using Hutch.Federation.Searches;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Search;

namespace Hutch.Federation.Tests.Reading;

/// <summary>A search at a site covers the zone, and tells the site nothing that its caller may not know.</summary>
public sealed class ZoneSearchTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Zone => sites.Zone.Admin;

    private HutchClient Archive => sites.Archive.Admin;

    [Fact]
    public async Task Every_site_finds_and_counts_the_datasets_of_all_by_their_metadata_and_file_names()
    {
        DatasetId first = await MakeAsync(Zone, "quartz-1", """{"sample": "berlinite"}""", "facility77.dat");
        DatasetId second = await MakeAsync(Archive, "quartz-2", """{"sample": "tridymite"}""", "archived78.dat");
        await UntilFoundAsync(Zone, "archived78", second);
        await UntilFoundAsync(Archive, "quartz", second, first);

        FacetsInfo zone = await Zone.FacetsAsync("quartz", Ct);
        FacetsInfo archive = await Archive.FacetsAsync("quartz", Ct);
        Page<DatasetInfo> page = await PageAsync("search?q=quartz&limit=1");

        Assert.Equal([first], await FindAsync(Archive, "sample:berlinite"));
        Assert.Equal([second], await FindAsync(Zone, "sample:tridymite"));
        Assert.Equal([first], await FindAsync(Archive, "facility77"));
        Assert.Equal([second, first], await FindAsync(Archive, "quartz", "-name"));
        Assert.Equal(
            ["berlinite", "tridymite"], zone.Facets.Single(static facet => facet.Name == "sample").Values.Select(static one => one.Value).Order());
        Assert.Equal(Text(zone), Text(archive));
        Assert.Equal((second, null), (Assert.Single(page.Items).Id, page.Notes));
        Assert.Equal([second, first], await FindAsync(Zone, "quartz"));
        await Archive.DeleteDatasetAsync(second, Ct);
        await UntilFoundAsync(Zone, "quartz", first);
    }

    [Fact]
    public async Task Without_the_zone_a_site_answers_for_itself_and_says_so()
    {
        DatasetId away = await MakeAsync(Zone, "feldspar-1", "{}", "a.txt");
        DatasetId here = await MakeAsync(Archive, "feldspar-2", """{"sample": "albite"}""", "b.txt");
        await UntilFoundAsync(Archive, "feldspar", here, away);
        Page<DatasetInfo> first = await PageAsync("search?q=feldspar&limit=1");
        await sites.Zone.StopAsync();

        List<string> notes = [];
        DatasetInfo[] found = await Archive.SearchAsync("feldspar albite", note: notes.Add, ct: Ct).ToArrayAsync(Ct);
        FacetsInfo counted = await Archive.FacetsAsync("feldspar", Ct);
        string next = await AnswerAsync("search?q=feldspar&limit=1&cursor=" + Uri.EscapeDataString(first.Next!));
        await sites.Zone.StartAgainAsync();

        Assert.Equal([here], found.Select(static one => one.Id));
        Assert.Equal(["The zone cannot be reached: this answer covers this site only."], notes);
        Assert.Equal((1, notes[0]), (counted.Found, Assert.Single(counted.Notes!)));
        Assert.StartsWith("503", next, StringComparison.Ordinal);
        await UntilFoundAsync(Archive, "feldspar", here, away);
    }

    [Fact]
    public async Task A_hostile_site_finds_for_its_own_tokens_what_their_owners_may_know_there_and_nothing_else()
    {
        DatasetId secret = await MakeAsync(Zone, "mica-secret", """{"sample": "phlogopite"}""", "a.txt");
        DatasetId kept = await MakeAsync(Zone, "mica-kept", """{"sample": "muscovite"}""", "a.txt");
        DatasetId open = await MakeAsync(Zone, "mica-open", "{}", "a.txt");
        await Zone.PatchDatasetAsync(open, new PatchDataset { Visibility = "public" }, Ct);
        await Zone.PatchDatasetAsync(kept, new PatchDataset { Visibility = "public" }, Ct);
        await Zone.AddRuleAsync(kept, new AddDatasetRule { Rule = "serve where site = facility" }, Ct);
        using HutchClient eva = await sites.UserAsync("eva");
        using var liar = new Intruder(await sites.Zone.InviteAsync("liar"));
        Assert.True((await liar.JoinAsync()).IsOk);
        string hers = (await eva.CreateTokenAsync(new CreateToken { Site = "liar", Scopes = ["read"] }, Ct)).Id;
        string elsewhere = (await eva.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read"] }, Ct)).Id;
        string admin = (await Zone.CreateTokenAsync(new CreateToken { Site = "liar", Scopes = ["read", "admin"] }, Ct)).Id;
        string narrow = (await Zone.CreateTokenAsync(
            new CreateToken { Site = "liar", Scopes = ["read"], Dataset = open.ToString() }, Ct)).Id;

        Assert.Equal([open], (await AskAsync(liar, hers, "mica")).Value.Datasets);
        Assert.Equal([open], (await AskAsync(liar, null, "mica")).Value.Datasets);
        Assert.Equal([open], (await AskAsync(liar, narrow, "mica")).Value.Datasets);
        Assert.Equal([open, secret], (await AskAsync(liar, admin, "mica")).Value.Datasets);
        Assert.Empty((await AskAsync(liar, hers, "phlogopite")).Value.Datasets);
        DatasetFacets counts = (await AskAsync(liar, hers, "mica", isCount: true)).Value.Counts!;
        DatasetFacets all = (await AskAsync(liar, admin, "mica", isCount: true)).Value.Counts!;
        Assert.Equal((1, 2), (counts.Found, all.Found));
        Assert.DoesNotContain("muscovite", all.Facets.SelectMany(static facet => facet.Values).Select(static value => value.Shown));
        Assert.Equal(ErrorCode.Unauthenticated, (await AskAsync(liar, elsewhere, "mica")).Error!.Code);
        Assert.Equal(ErrorCode.Unauthenticated, (await AskAsync(liar, "0123456789abcdef", "mica")).Error!.Code);
        await eva.RevokeTokenAsync(hers, Ct);
        Assert.Equal(ErrorCode.Unauthenticated, (await AskAsync(liar, hers, "mica")).Error!.Code);
        Assert.Equal(ErrorCode.Forbidden, (await CardsAsync(liar.Client)).Error!.Code);
        using SiteClient archive = await liar.DialAsync(sites.Zone, "archive");
        Assert.Equal(ErrorCode.Forbidden, (await CardsAsync(archive)).Error!.Code);
    }

    [Fact]
    public async Task A_rule_for_an_owner_a_type_or_all_datasets_hides_them_from_the_search_of_a_site()
    {
        DatasetId typed = await MakeAsync(Zone, "topaz-typed", "{}", "a.txt", "tomography/scan");
        DatasetId plain = await MakeAsync(Zone, "topaz-plain", "{}", "a.txt");
        DatasetId own = await MakeAsync(Archive, "topaz-own", "{}", "a.txt", "tomography/scan");
        await UntilFoundAsync(Archive, "topaz", own, plain, typed);

        RuleInfo ofType = await Zone.AddRuleAsync(new AddRule { Rule = "serve where site=facility", Type = "tomography/scan" }, Ct);
        DatasetId[] withoutType = await FindAsync(Archive, "topaz");
        FacetsInfo countedWithout = await Archive.FacetsAsync("topaz", Ct);
        await Zone.RemoveRuleAsync(ofType.Number, Ct);
        RuleInfo ofAll = await Zone.AddRuleAsync(new AddRule { Rule = "serve where site=facility", All = true }, Ct);
        DatasetId[] withoutAny = await FindAsync(Archive, "topaz");
        FacetsInfo countedNone = await Archive.FacetsAsync("topaz", Ct);
        await Zone.RemoveRuleAsync(ofAll.Number, Ct);

        Assert.Equal([own, plain], withoutType);
        Assert.Equal(2, countedWithout.Found);
        Assert.Equal([own], withoutAny);
        Assert.Equal(1, countedNone.Found);
    }

    [Fact]
    public async Task A_home_is_believed_about_its_own_datasets_only_and_broken_metadata_are_left_out()
    {
        DatasetId foreign = await MakeAsync(Zone, "beryl-zone", "{}", "a.txt");
        DatasetId own = await MakeAsync(Archive, "beryl-archive", """{"sample": "emerald"}""", "a.txt");
        await UntilFoundAsync(Zone, "emerald", own);
        SearchIndex index = sites.Zone.Modules.Search.Index;
        string archive = (await sites.Zone.SiteAsync("archive")).Id!;

        SearchCard lie = new(foreign, """{"sample": "aquamarine"}""", "");
        Result<SearchCardPage> wrong = HomeCards.Check(
            new SearchCardPage("life", 1, false, [lie with { Document = new string('x', 1 << 20) }]));
        await index.PutCardsAsync(
            archive, HomeCards.Check(new SearchCardPage("life", 1, false, [lie, lie with { Dataset = own, Document = "[1" }])).Value.Cards,
            "life", 1, Ct);

        Assert.Equal(ErrorCode.InvalidBody, wrong.Error!.Code);
        Assert.Empty(await FindAsync(Zone, "aquamarine"));
        Assert.Empty(await FindAsync(Zone, "emerald"));
        Assert.Equal([own, foreign], await FindAsync(Zone, "beryl"));
    }

    private static async Task<DatasetId> MakeAsync(HutchClient at, string name, string metadata, string file, string? type = null)
    {
        DatasetInfo made = await at.CreateDatasetAsync(new CreateDataset { Name = name, Type = type }, Ct);
        await at.PutMetadataAsync(made.Id, Encoding.UTF8.GetBytes(metadata), null, Ct);
        await at.PutEntryAsync(made.Id, file, "one"u8.ToArray(), ct: Ct);
        await at.CreateSnapshotAsync(made.Id, new CreateSnapshot { Message = "The first" }, Ct);
        return made.Id;
    }

    private static async Task<DatasetId[]> FindAsync(HutchClient at, string query, string? sort = null) =>
        [.. (await at.SearchAsync(query, sort, ct: Ct).ToArrayAsync(Ct)).Select(static one => one.Id)];

    private Task<string> AnswerAsync(string path) => Copied.AnswerAsync(sites.Archive.Address, sites.Archive.AdminToken, path);

    private async Task<Page<DatasetInfo>> PageAsync(string path)
    {
        string answer = await AnswerAsync(path);
        return JsonSerializer.Deserialize(
            answer[answer.IndexOf("\n\n", StringComparison.Ordinal)..], HutchJson.Default.PageDatasetInfo)!;
    }

    private static async Task UntilFoundAsync(HutchClient at, string query, params DatasetId[] datasets)
    {
        while (!(await FindAsync(at, query)).SequenceEqual(datasets))
        {
            await Task.Delay(50, Ct);
        }
    }

    private static string Text(FacetsInfo facets) => JsonSerializer.Serialize(facets, HutchJson.Default.FacetsInfo);

    private static Task<Result<SearchAnswer>> AskAsync(Intruder liar, string? token, string text, bool isCount = false) =>
        liar.Client.CallAsync(
            PeerCalls.Search,
            new SearchRequest { Token = token, Question = new SearchQuestion(text) { Limit = 100, IsCount = isCount } }, Ct);

    private static Task<Result<SearchCardPage>> CardsAsync(SiteClient at) => at.CallAsync(
        PeerCalls.Cards, new CardsRequest { Positions = new Dictionary<string, long>() }, Ct);
}

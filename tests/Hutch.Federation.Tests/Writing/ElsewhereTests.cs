using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Federation.Tests.Writing;

/// <summary>
/// The zone changes names, owners and rights of all datasets, also of those that are at home at another site. What their homes decide goes
/// there.
/// </summary>
public sealed class ElsewhereTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Zone => sites.Zone.Admin;

    private HutchClient Home => sites.Archive.Admin;

    [Fact]
    public async Task A_rename_or_visibility_change_at_the_zone_returns_the_dataset_as_its_home_describes_it()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "before");

        DatasetInfo renamed = await Zone.PatchDatasetAsync(id, new PatchDataset { Slug = "after" }, Ct);
        DatasetInfo shown = await Zone.PatchDatasetAsync(id, new PatchDataset { Visibility = "public" }, Ct);

        Assert.Equal(("after", 1), (renamed.Slug, renamed.Files));
        Assert.Equal("public", shown.Visibility);
        Assert.Equal("after", (await UntilRecordedAsync(id, static here => here.Slug != "before")).Slug);
    }

    [Fact]
    public async Task A_rename_while_the_home_is_away_takes_effect_and_reports_that_the_dataset_cannot_be_shown()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "away");
        await sites.Archive.StopAsync();

        HutchError refused = await RefusedAsync(() => Zone.PatchDatasetAsync(id, new PatchDataset { Slug = "far-away" }, Ct));
        await sites.Archive.StartAgainAsync();

        Assert.Equal(ErrorCode.Unavailable, refused.Code);
        Assert.StartsWith("The change was made, but what it has left cannot be shown. admin/far-away is at home at another site", refused.Message);
        Assert.Equal("far-away", (await UntilRecordedAsync(id, static here => here.Slug != "away")).Slug);
        await UntilShownAsync(id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_of_name_and_title_is_made_at_the_zone_altogether_or_not_at_all(bool isCopied)
    {
        string name = isCopied ? "copied" : "whole";
        DatasetId id = await TwoSites.MakeAsync(Home, name);
        if (isCopied)
        {
            await Home.CreateSnapshotAsync(id, new CreateSnapshot { Message = "First" }, Ct);
            await Zone.RequestCopyAsync(id, new AskCopy { Site = "facility" }, Ct);
            await Copied.UntilCompleteAsync(Zone, id, "facility", 1);
        }

        HutchError refused = await RefusedAsync(() => Zone.PatchDatasetAsync(id, new PatchDataset { Slug = "half", Title = "Half" }, Ct));

        Assert.Equal(ErrorCode.Conflict, refused.Code);
        Assert.Equal(name, (await Zone.GetDatasetAsync(id, Ct)).Slug);
    }

    [Fact]
    public async Task Writing_to_a_copy_without_the_right_to_view_it_reveals_nothing()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "unseen");
        await Home.CreateSnapshotAsync(id, new CreateSnapshot { Message = "First" }, Ct);
        await Zone.RequestCopyAsync(id, new AskCopy { Site = "facility" }, Ct);
        await Copied.UntilCompleteAsync(Zone, id, "facility", 1);
        HutchClient stranger = await sites.UserAsync("mallory");

        HutchError refused = await RefusedAsync(() => stranger.PutEntryAsync(id, "b.txt", "two"u8.ToArray(), ct: Ct));
        HutchError unknown = await RefusedAsync(() => stranger.PutEntryAsync(new DatasetId(Guid.NewGuid()), "b.txt", "two"u8.ToArray(), ct: Ct));

        Assert.Equal(unknown.Code, refused.Code);
        Assert.DoesNotContain("unseen", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_of_another_site_is_offered_and_accepted_at_the_zone_and_its_home_records_the_owner()
    {
        DatasetId id = await TwoSites.MakeAsync(Home, "offered");
        HutchClient ada = await sites.UserAsync("ada");
        HutchClient bea = await sites.UserAsync("bea");

        DatasetInfo given = await Zone.ChangeOwnerAsync(id, new ChangeOwner { Owner = "ada" }, Ct);
        await ada.ChangeOwnerAsync(id, new ChangeOwner { Owner = "bea" }, Ct);
        OfferInfo offer = Assert.Single(await bea.ListOffersAsync(own: false, Ct).ToListAsync(Ct));
        DatasetInfo accepted = await bea.AcceptOfferAsync(id, new AcceptOffer(), Ct);

        Assert.Equal("ada", given.Owner);
        Assert.Equal(id, offer.Dataset);
        Assert.Equal(("bea", 1), (accepted.Owner, accepted.Files));
        Assert.Equal("bea", (await UntilRecordedAsync(id, static here => here.Owner == "bea")).Owner);
    }

    [Fact]
    public async Task The_end_of_a_visit_counts_at_a_joined_site_from_its_answer_on_and_others_learn_nothing_there()
    {
        HutchClient vera = await sites.UserAsync("vera");
        HutchClient otto = await sites.UserAsync("otto");
        await sites.Zone.Admin.PutVisitAsync(
            new VisitDocument
            {
                Name = "cm1-1",
                Proposal = "cm1",
                Begin = DateTimeOffset.UtcNow.AddDays(-1),
                End = DateTimeOffset.UtcNow.AddDays(1),
                People = [new VisitPersonInfo { User = "vera" }],
            },
            Ct);
        using HutchClient there = sites.Archive.With((await vera.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!);
        using HutchClient other = sites.Archive.With((await otto.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(there);
        await SiteServer.UntilKnownAsync(other);
        DatasetId id = await TwoSites.MakeAsync(there, "cm1-1/scan");

        VisitInfo shown = await there.GetVisitAsync("cm1-1", Ct);
        HutchError hidden = (await Assert.ThrowsAsync<HutchException>(() => other.GetVisitAsync("cm1-1", Ct))).Error;
        HutchError unknown = (await Assert.ThrowsAsync<HutchException>(() => other.GetVisitAsync("no-such", Ct))).Error;
        await sites.Zone.Admin.EndVisitAsync("cm1-1", Ct);

        foreach (HutchClient at in (HutchClient[])[there, vera])
        {
            var late = await Assert.ThrowsAsync<HutchException>(() => at.PutEntryAsync(id, "b.txt", "two"u8.ToArray(), ct: Ct));
            Assert.Equal(ErrorCode.Forbidden, late.Error.Code);
            Assert.NotNull(await at.GetEntryHashAsync(id, null, "a.txt", Ct));
        }

        await Assert.ThrowsAsync<HutchException>(() => there.CreateDatasetAsync(new CreateDataset { Name = "cm1-1/late" }, Ct));
        Assert.Equal("running", shown.State);
        Assert.Equal("ended", (await there.GetVisitAsync("cm1-1", Ct)).State);
        Assert.Equal(unknown.Message.Replace("no-such", "cm1-1", StringComparison.Ordinal), hidden.Message);
        Assert.DoesNotContain("cm1-1", await other.ListGroupsAsync(Ct).Select(static group => group.Name).ToListAsync(Ct));
    }

    /// <summary>Waits until the home has noted something.</summary>
    private async Task<SiteDataset> UntilRecordedAsync(DatasetId id, Predicate<SiteDataset> holds)
    {
        while (true)
        {
            if (await sites.Archive.Site.Records.ReadAsync(queries => queries.Dataset(id), Ct) is { } here && holds(here))
            {
                return here;
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Waits until the zone reaches the home again.</summary>
    private async Task UntilShownAsync(DatasetId id)
    {
        while (true)
        {
            try
            {
                await Zone.GetDatasetAsync(id, Ct);
                return;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private static async Task<HutchError> RefusedAsync(Func<Task> change) =>
        (await Assert.ThrowsAsync<HutchException>(change)).Error;
}

using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Writing;

/// <summary>Visits at a joined site.</summary>
public sealed class VisitTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_end_of_a_visit_counts_at_a_joined_site_from_its_answer_on_and_others_learn_nothing_there()
    {
        HutchClient ada = await sites.UserAsync("ada");
        HutchClient eve = await sites.UserAsync("eve");
        await sites.Zone.Admin.PutVisitAsync(
            new VisitDocument
            {
                Name = "cm1-1",
                Proposal = "cm1",
                Begin = DateTimeOffset.UtcNow.AddDays(-1),
                End = DateTimeOffset.UtcNow.AddDays(1),
                People = [new VisitPersonInfo { User = "ada" }],
            },
            Ct);
        using HutchClient there = sites.Archive.With((await ada.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!);
        using HutchClient other = sites.Archive.With((await eve.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(there);
        await SiteServer.UntilKnownAsync(other);
        DatasetId id = await TwoSites.MakeAsync(there, "cm1-1/scan");

        VisitInfo shown = await there.GetVisitAsync("cm1-1", Ct);
        HutchError hidden = (await Assert.ThrowsAsync<HutchException>(() => other.GetVisitAsync("cm1-1", Ct))).Error;
        HutchError unknown = (await Assert.ThrowsAsync<HutchException>(() => other.GetVisitAsync("no-such", Ct))).Error;
        await sites.Zone.Admin.EndVisitAsync("cm1-1", Ct);

        foreach (HutchClient at in (HutchClient[])[there, ada])
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
}

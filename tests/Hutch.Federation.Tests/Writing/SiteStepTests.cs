using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Writing;

/// <summary>Tokens for the steps of programs that run at a site, which its zone makes.</summary>
public sealed class SiteStepTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Site => sites.Archive.Admin;

    [Fact]
    public async Task At_a_site_a_step_reads_its_inputs_from_elsewhere_and_writes_its_output_until_it_is_ended()
    {
        DatasetId input = await TwoSites.MakeAsync(sites.Zone.Admin, "step-input");
        DatasetId other = await TwoSites.MakeAsync(sites.Zone.Admin, "step-other");
        DatasetId output = await TwoSites.MakeAsync(Site, "step-output");
        await KnownAsync(other);

        CreatedToken made = await Site.CreateStepTokenAsync(new CreateStepToken { Inputs = [input], Output = output, ExpiresIn = 600 }, Ct);
        using HutchClient step = sites.Archive.With(made.Token!);
        string read = await Copied.ReadTextAsync(step, input, "a.txt");
        await step.PutEntryAsync(output, "b.txt", "two"u8.ToArray(), ct: Ct);
        HutchError written = await RefusedAsync(() => step.PutEntryAsync(input, "b.txt", "two"u8.ToArray(), ct: Ct));
        HutchError unseen = await RefusedAsync(() => step.GetDatasetAsync(other, Ct));
        CreatedToken renewed = await Site.RenewStepTokenAsync(made.Id, new RenewStepToken { ExpiresIn = 3600 }, Ct);
        await Site.EndStepTokenAsync(made.Id, Ct);
        HutchError ended = await RefusedAsync(() => step.GetDatasetAsync(output, Ct));

        Assert.Equal("one", read);
        Assert.Equal(ErrorCode.ScopeMissing, written.Code);
        Assert.Equal(ErrorCode.NotFound, unseen.Code);
        Assert.True(renewed.Expires > made.Expires);
        Assert.Equal(ErrorCode.Unauthenticated, ended.Code);
        Assert.Equal("two", await Copied.ReadTextAsync(Site, output, "b.txt"));
    }

    [Fact]
    public async Task It_ends_at_the_site_with_the_token_that_made_it_and_is_good_nowhere_else()
    {
        DatasetId output = await TwoSites.MakeAsync(Site, "step-orphan");
        CreatedToken parent = await sites.Zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        using HutchClient client = sites.Archive.With(parent.Token!);
        await SiteServer.UntilKnownAsync(client);
        CreatedToken made = await client.CreateStepTokenAsync(new CreateStepToken { Output = output, ExpiresIn = 600 }, Ct);
        using HutchClient step = sites.Archive.With(made.Token!);
        using HutchClient atZone = sites.Zone.With(made.Token!);
        await step.GetDatasetAsync(output, Ct);

        HutchError elsewhere = await RefusedAsync(() => atZone.GetDatasetAsync(output, Ct));
        await sites.Zone.Admin.RevokeTokenAsync(parent.Id, Ct);
        HutchError ended = await SiteServer.UntilRefusedAsync(step);

        Assert.Equal(ErrorCode.Unauthenticated, elsewhere.Code);
        Assert.Equal(ErrorCode.Unauthenticated, ended.Code);
        Assert.Contains("ended with the token of who ran that", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_a_site_there_is_none_for_a_dataset_that_a_rule_keeps_away_from_it()
    {
        DatasetId kept = await TwoSites.MakeAsync(sites.Zone.Admin, "step-kept");
        DatasetId output = await TwoSites.MakeAsync(Site, "step-mine");
        RuleInfo rule = await sites.Zone.Admin.AddRuleAsync(kept, new AddDatasetRule { Rule = "serve where site=facility" }, Ct);

        HutchError read = await RefusedAsync(
            () => Site.CreateStepTokenAsync(new CreateStepToken { Inputs = [kept], Output = output, ExpiresIn = 600 }, Ct));
        HutchError written = await RefusedAsync(() => Site.CreateStepTokenAsync(new CreateStepToken { Output = kept, ExpiresIn = 600 }, Ct));
        await sites.Zone.Admin.RemoveRuleAsync(rule.Number, Ct);

        Assert.Equal((ErrorCode.NotFound, ErrorCode.NotFound), (read.Code, written.Code));
    }

    private async Task KnownAsync(DatasetId id)
    {
        while (true)
        {
            try
            {
                await Site.GetDatasetAsync(id, Ct);
                return;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private static async Task<HutchError> RefusedAsync(Func<Task> work) => (await Assert.ThrowsAsync<HutchException>(work)).Error;
}

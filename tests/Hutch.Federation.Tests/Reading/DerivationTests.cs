using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Reading;

/// <summary>Datasets that are made at a site from those that are at home elsewhere.</summary>
public sealed class DerivationTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_without_a_copy_refuses_to_derive_and_says_what_to_do()
    {
        DatasetId parent = await TwoSites.MakeAsync(sites.Zone.Admin, "far-parent");

        HutchException refused;
        do
        {
            // The site hears of the dataset a moment after it was made.
            refused = await Assert.ThrowsAsync<HutchException>(() => DeriveAsync(parent, "result"));
        }
        while (refused.Message.StartsWith("There is no dataset", StringComparison.Ordinal));

        Assert.Equal(ErrorCode.NotFound, refused.Error.Code);
        Assert.Contains("has neither its home nor a copy at this site", refused.Message, StringComparison.Ordinal);
        Assert.Contains("hutch replicate", refused.Error.Code.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_whose_copy_was_released_refuses_to_derive_as_one_that_has_none()
    {
        DatasetId parent = await sites.MakeCopiedAsync("released-parent");
        await sites.Zone.Admin.WithdrawCopyAsync(parent, "archive", Ct);
        await Copied.UntilAsync(sites.Zone.Admin, parent, "archive", static copy => copy.State == "released");

        HutchException? refused = null;
        for (int made = 0; refused is null || refused.Error.Code == ErrorCode.InTrash; made++)
        {
            // The copy is there until its site has heard of it, and may go while a dataset is made from it.
            refused = await Record.ExceptionAsync(() => DeriveAsync(parent, $"of-released-{made}")) as HutchException;
        }

        Assert.Equal(ErrorCode.NotFound, refused.Error.Code);
        Assert.StartsWith("admin/released-parent has neither its home nor a copy at this site", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_site_derives_from_its_copy_is_at_home_there_and_names_its_parent()
    {
        DatasetId parent = await sites.MakeCopiedAsync("copied-parent");

        DatasetInfo made = await DeriveAsync(parent, "derived");

        Assert.Equal(parent, Assert.Single(made.Parents).Id);
        Assert.Equal("archive", (await sites.Zone.Admin.GetCopiesAsync(made.Id, Ct)).Home);
    }

    [Fact]
    public async Task What_was_changed_and_closed_through_a_site_is_derived_from_there_at_once()
    {
        DatasetId parent = await sites.MakeCopiedAsync("closed-parent");

        await sites.Archive.Admin.PutEntryAsync(parent, "b.txt", "two"u8.ToArray(), ct: Ct);
        await sites.Archive.Admin.CloseDatasetAsync(parent, new CloseDataset(), Ct);
        DatasetInfo made = await sites.Archive.Admin.CreateDatasetAsync(
            new CreateDataset { Name = "of-closed", Parents = [new ParentReference { Dataset = parent.ToString() }], Copy = true }, Ct);

        Assert.Equal("two", await Copied.ReadTextAsync(sites.Archive.Admin, made.Id, "b.txt"));
    }

    private Task<DatasetInfo> DeriveAsync(DatasetId parent, string name) => sites.Archive.Admin.CreateDatasetAsync(
        new CreateDataset { Name = name, Parents = [new ParentReference { Dataset = parent.ToString() }], Following = true }, Ct);
}

using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Copies;

/// <summary>What a home deletes and restores is so at every site, and no home ends what another site has.</summary>
public sealed class EndTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_is_in_the_trash_when_its_home_deletes_it_and_is_back_when_that_restores_it()
    {
        DatasetId id = await sites.MakeCopiedAsync("deleted");

        await sites.Zone.Admin.DeleteDatasetAsync(id, Ct);
        DatasetInfo trashed = await UntilAsync(id, "trash");
        CopyInfo told = await Copied.UntilAsync(sites.Zone.Admin, id, "archive", static copy => copy.State == "trash");
        HutchError read = await RefusedAsync(() => Copied.ReadTextAsync(sites.Archive.Admin, id, "a.txt"));
        using HutchClient owner = sites.Archive.With((await sites.Zone.Admin.CreateTokenAsync(
            new CreateToken { Site = "archive", Scopes = ["read", "write", "manage"] }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(owner);
        HutchError moved = await RefusedAsync(() => sites.Zone.Admin.MoveHomeAsync(id, new MoveHome { Site = "archive" }, Ct));
        DatasetInfo restored = await owner.RestoreDatasetAsync(id, Ct);
        await UntilAsync(id, "open");

        Assert.InRange(trashed.TrashedUntil!.Value, DateTimeOffset.UtcNow.AddDays(29), DateTimeOffset.UtcNow.AddDays(31));
        Assert.Null(told.Problem);
        Assert.Equal(ErrorCode.InTrash, read.Code);
        Assert.Equal(("open", "open"), (restored.State, (await sites.Zone.Admin.GetDatasetAsync(id, Ct)).State));
        Assert.Contains("is in the trash of its home", moved.Message, StringComparison.Ordinal);
        Assert.Equal("one", await Copied.ReadTextAsync(sites.Archive.Admin, id, "a.txt"));
        await Copied.UntilCompleteAsync(sites.Zone.Admin, id, "archive", 1);
    }

    [Fact]
    public async Task A_purge_at_the_home_leaves_the_copy_in_the_trash_of_its_site_until_an_administrator_purges_it_there()
    {
        DatasetId id = await sites.MakeCopiedAsync("purged");

        var byLaw = new PurgeDataset { Reason = "by law" };
        HutchError early = await RefusedAsync(() => sites.Archive.Admin.PurgeDatasetAsync(id, byLaw, Ct));

        await sites.Zone.Admin.PurgeDatasetAsync(id, byLaw, Ct);
        DatasetInfo kept = await UntilAsync(id, "trash");
        DatasetInfo purged = await sites.Archive.Admin.PurgeDatasetAsync(id, byLaw, Ct);
        while ((await sites.Zone.Admin.GetCopiesAsync(id, Ct)).Items.Count > 0)
        {
            await Task.Delay(20, Ct);
        }

        Assert.Contains("was not deleted at its home", early.Message, StringComparison.Ordinal);
        Assert.Equal((1, "gone"), (kept.Files, purged.State));
    }

    [Fact]
    public async Task A_site_administrator_restores_the_copy_of_a_dataset_that_its_home_purged()
    {
        DatasetId id = await sites.MakeCopiedAsync("mistaken");
        using HutchClient eva = sites.Zone.With((await sites.Zone.Admin.CreateUserAsync(
            new CreateUser { Name = "eva", Roles = ["site-admin@archive"] }, Ct)).Token!);
        using HutchClient there = sites.Archive.With((await eva.CreateTokenAsync(
            new CreateToken { Site = "archive", Scopes = ["read", "write", "manage", "admin"] }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(there);
        await sites.Zone.Admin.PurgeDatasetAsync(id, new PurgeDataset { Reason = "by mistake" }, Ct);
        await UntilAsync(id, "trash");

        DatasetInfo back = await there.RestoreDatasetAsync(id, Ct);
        await Copied.UntilAsync(sites.Zone.Admin, id, "archive", static copy => copy.State == "restored");
        string read = await Copied.ReadTextAsync(sites.Archive.Admin, id, "a.txt");
        HutchError early = await RefusedAsync(() => sites.Archive.Admin.PurgeDatasetAsync(id, new PurgeDataset { Reason = "by law" }, Ct));
        HutchError atHome = await RefusedAsync(() => sites.Zone.Admin.MoveHomeAsync(id, new MoveHome { Site = "archive" }, Ct));
        await there.DeleteDatasetAsync(id, Ct);
        await Copied.UntilAsync(sites.Zone.Admin, id, "archive", static copy => copy.State == "trash");

        Assert.Equal(("open", "one"), (back.State, read));
        Assert.Contains("Delete it here first", early.Message, StringComparison.Ordinal);
        Assert.Contains("has ended at its home", atHome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_puts_a_copy_that_was_restored_at_its_site_back_into_the_trash_there()
    {
        DatasetId id = await sites.MakeCopiedAsync("there-and-back");
        await sites.Zone.Admin.DeleteDatasetAsync(id, Ct);
        await UntilAsync(id, "trash");
        await sites.Archive.Admin.RestoreDatasetAsync(id, Ct);
        await Copied.UntilAsync(sites.Zone.Admin, id, "archive", static copy => copy.State == "restored");

        await sites.Archive.Admin.DeleteDatasetAsync(id, Ct);

        await Copied.UntilAsync(sites.Zone.Admin, id, "archive", static copy => copy.State == "trash");
        Assert.Equal("trash", (await sites.Zone.Admin.GetDatasetAsync(id, Ct)).State);
    }

    [Fact]
    public async Task The_zone_follows_deletion_and_restoration_at_the_home_site()
    {
        DatasetId id = await TwoSites.MakeAsync(sites.Archive.Admin, "far");
        await sites.Archive.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);
        Assert.Equal("one", await Copied.ReadTextAsync(sites.Zone.Admin, id, "a.txt"));

        await sites.Archive.Admin.DeleteDatasetAsync(id, Ct);
        HutchError read = await UntilRefusedAsync(sites.Zone.Admin, id);
        await sites.Archive.Admin.RestoreDatasetAsync(id, Ct);
        string back = await UntilReadAsync(sites.Zone.Admin, id);

        Assert.Equal(ErrorCode.InTrash, read.Code);
        Assert.StartsWith("Dataset 'admin/far' is in the trash until ", read.Message, StringComparison.Ordinal);
        Assert.Equal("one", back);
    }

    /// <summary>Waits until the archive shows a dataset in a state.</summary>
    private async Task<DatasetInfo> UntilAsync(DatasetId id, string state)
    {
        while (true)
        {
            DatasetInfo seen = await sites.Archive.Admin.GetDatasetAsync(id, Ct);
            if (seen.State == state)
            {
                return seen;
            }

            await Task.Delay(20, Ct);
        }
    }

    private static async Task<HutchError> UntilRefusedAsync(HutchClient at, DatasetId id)
    {
        while (true)
        {
            try
            {
                await Copied.ReadTextAsync(at, id, "a.txt");
                await Task.Delay(20, Ct);
            }
            catch (HutchException e)
            {
                return e.Error;
            }
        }
    }

    private static async Task<string> UntilReadAsync(HutchClient at, DatasetId id)
    {
        while (true)
        {
            try
            {
                return await Copied.ReadTextAsync(at, id, "a.txt");
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.InTrash)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private static async Task<HutchError> RefusedAsync(Func<Task> work) => (await Assert.ThrowsAsync<HutchException>(work)).Error;
}

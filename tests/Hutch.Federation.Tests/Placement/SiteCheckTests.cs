using Hutch.Client;
using Hutch.Contracts;
using Hutch.Datasets.Replication.Sites;
using Hutch.Disk;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Zone.Authorization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Federation.Tests.Placement;

/// <summary>A site is compared with what its zone believes of it.</summary>
public sealed class SiteCheckTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_check_lists_lost_datasets_and_datasets_unknown_to_the_zone_in_pages()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        DatasetId copied = await TwoSites.MakeAsync(zone.Admin, "copied");
        await zone.Admin.RequestCopyAsync(copied, new AskCopy { Site = "archive" }, Ct);
        while ((await zone.Admin.GetCopiesAsync(copied, Ct)).Items[0].State != "complete")
        {
            await Task.Delay(20, Ct);
        }

        await archive.StopAsync();
        string before = Copy(archive.Folder, archive.Folder + "-before");
        await archive.StartAgainAsync();
        DatasetId lost = await MakeAsSoonAsReachedAsync(archive.Admin, "lost");
        await archive.StopAsync();
        Copy(before, archive.Folder);
        DatasetId dark = await MakeUnknownAsync(archive.Folder);
        await archive.StartAgainAsync();
        await SiteServer.UntilKnownAsync(archive.Admin);

        List<SiteDifferenceInfo> atArchive = await CheckAsync(archive.Admin, "archive");
        List<SiteDifferenceInfo> atZone = await CheckAsync(zone.Admin, "facility");
        var elsewhere = await Assert.ThrowsAsync<HutchException>(() => zone.Admin.GetSiteDifferencesAsync("archive", ct: Ct));
        Directory.Delete(before, recursive: true);

        Assert.Empty(atZone);
        Assert.Equal(
            [$"dark anna/dark {dark}: It is here, and the zone does not know of it.",
                $"lost admin/lost {lost}: The zone takes this site for its home, and nothing of it is here."],
            atArchive.Select(static one => $"{one.Kind} {one.Name} {one.Dataset}: {one.Problem}").Order(StringComparer.Ordinal));
        Assert.Equal("What 'archive' has is compared at that site; this is facility.", elsewhere.Message);
    }

    /// <summary>A site that has just started gives no names before it has reached its zone.</summary>
    private static async Task<DatasetId> MakeAsSoonAsReachedAsync(HutchClient at, string name)
    {
        while (true)
        {
            try
            {
                return await TwoSites.MakeAsync(at, name);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    [Fact]
    public async Task Pages_with_nothing_in_common_are_asked_for_again_in_parts_that_the_zone_answers()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-check-").FullName;
        await MakeUnknownAsync(folder, new Guid(0, 0, 0, new byte[8]));
        await using (SiteServices site = await OpenAsync(folder))
        {
            var operating = new UserRecord(new PrincipalId(Guid.NewGuid()), "olga", null, DateTimeOffset.UnixEpoch, null);
            var check = new SiteCheck(site.Records, site.Blobs, new ForgetfulZone());

            SiteDifferences found = (await check.CompareAsync(
                Caller.ForWork(operating, [], RoleSet.From(Role.Operator), TokenScope.Full), "here", null, SiteCheck.MaxDatasets, Ct)).Value;

            Assert.Equal(SiteCheck.MaxDatasets + 1, found.Compared);
            Assert.Equal(SiteCheck.MaxDatasets, found.Items.Count(static one => one.Kind == SiteDifference.LostKind));
            Assert.Single(found.Items, static one => one.Kind == SiteDifference.DarkKind);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A dataset at a time, so that there are several pages.</summary>
    private static async Task<List<SiteDifferenceInfo>> CheckAsync(HutchClient at, string site)
    {
        List<SiteDifferenceInfo> all = [];
        string? after = null;
        do
        {
            SiteDifferenceList page = await at.GetSiteDifferencesAsync(site, after, 1, Ct);
            Assert.InRange(page.Compared, 0, 1);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private static Task<SiteServices> OpenAsync(string folder) => SiteServices.OpenAsync(
        LocalDisk.Instance, folder, new SiteOptions(), TimeProvider.System, NullLoggerFactory.Instance, Ct);

    private static async Task<DatasetId> MakeUnknownAsync(string folder, Guid? id = null)
    {
        await using SiteServices site = await OpenAsync(folder);
        return (await site.Lifecycle.CreateAsync(
            new NewDataset { Id = new DatasetId(id ?? Guid.NewGuid()), Owner = "anna", Slug = "dark", By = "anna", Parents = [] }, Ct)).Value.Id;
    }

    private static string Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }
}

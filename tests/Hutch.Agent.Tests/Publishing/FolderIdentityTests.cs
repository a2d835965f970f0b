using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Agent.Tests.Publishing;

public sealed class FolderIdentityTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_moved_folder_stays_the_same_dataset()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("a", "x", "1");
        facility.Drop("a");
        await facility.LookAsync("a");
        SiteDataset before = await facility.DatasetAsync("a");

        Directory.Move(facility.PathOf("a"), facility.PathOf("b"));
        await facility.LookAsync("b", "a");

        Assert.Equal(before.Id, (await facility.DatasetAsync("b")).Id);
        Assert.Contains("moved here from", Assert.Single(facility.Status("b").Notices), StringComparison.Ordinal);
        Assert.DoesNotContain(facility.Folders.Folders, folder => folder.Folder == facility.PathOf("a"));
    }

    [Fact]
    public async Task Folders_that_have_exchanged_their_names_keep_their_datasets()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a", "one");
        facility.Drop("b", "two");
        await facility.LookAsync("a", "b");
        (DatasetId one, DatasetId two) = ((await facility.DatasetAsync("a")).Id, (await facility.DatasetAsync("b")).Id);

        Directory.Move(facility.PathOf("a"), facility.PathOf("c"));
        Directory.Move(facility.PathOf("b"), facility.PathOf("a"));
        Directory.Move(facility.PathOf("c"), facility.PathOf("b"));
        await facility.LookAsync("a", "b", "a", "b");

        Assert.Equal((two, one), ((await facility.DatasetAsync("a")).Id, (await facility.DatasetAsync("b")).Id));
    }

    [Fact]
    public async Task A_copied_folder_is_not_published_and_both_folders_show_the_error()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");

        facility.Write("b", "SPA.yml", facility.Metadata("a"));
        await facility.LookAsync("b", "a");

        Assert.Equal(FacilityFolderState.Attention, facility.Status("b").State);
        Assert.Contains("two folders cannot be the same dataset", facility.InBlock("b", "Error"), StringComparison.Ordinal);
        Assert.Equal((null, null), (facility.InBlock("b", "Space"), facility.InBlock("b", "PublicURL")));
        Assert.False(File.Exists(facility.PathOf("b", ".hutch-agent")));
        Assert.Contains(facility.PathOf("b"), facility.InBlock("a", "Error"), StringComparison.Ordinal);
        Assert.Null(await facility.Site.FolderRecords.InFolderAsync(facility.PathOf("b"), Ct));
    }

    [Fact]
    public async Task A_corrected_identity_makes_a_separate_dataset_and_clears_the_errors_of_both_folders()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        facility.Write("b", "SPA.yml", facility.Metadata("a"));
        await facility.LookAsync("b", "a");

        facility.Write("b", "SPA.yml", facility.Metadata("b").Replace(Facility.Identity, "another", StringComparison.Ordinal));
        await facility.LookAsync("b", "a");

        Assert.NotEqual((await facility.DatasetAsync("a")).Id, (await facility.DatasetAsync("b")).Id);
        Assert.Equal((null, null), (facility.InBlock("a", "Error"), facility.InBlock("b", "Error")));
    }

    [Fact]
    public async Task An_identity_that_is_corrected_in_a_published_folder_stays_the_dataset()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        DatasetId before = (await facility.DatasetAsync("a")).Id;

        facility.Write("a", "SPA.yml", facility.Metadata("a").Replace(Facility.Identity, "corrected", StringComparison.Ordinal));
        await facility.LookAsync("a");

        SiteDataset after = await facility.DatasetAsync("a");
        Assert.Equal((before, "corrected"), (after.Id, after.FolderIdentity));
    }

    [Fact]
    public async Task A_missing_folder_keeps_its_entries_and_resumes_when_it_returns()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("a", "x", "1");
        facility.Drop("a");
        await facility.LookAsync("a");

        Directory.Move(facility.PathOf("a"), facility.Parent + "-elsewhere");
        await facility.LookAsync("a");
        FacilityFolderState missing = facility.Status("a").State;
        int kept = (await facility.EntriesAsync(await facility.DatasetAsync("a"))).Count;
        Directory.Move(facility.Parent + "-elsewhere", facility.PathOf("a"));
        await facility.LookAsync("a");

        Assert.Equal((FacilityFolderState.Missing, 2, FacilityFolderState.Acquiring), (missing, kept, facility.Status("a").State));
    }

    [Fact]
    public async Task A_folder_that_another_installation_publishes_is_not_touched()
    {
        await using Facility one = await Facility.OpenAsync();
        await using Facility other = await Facility.OpenAsync();
        one.Drop("a");
        await one.LookAsync("a");
        CopyFolder(one.PathOf("a"), other.PathOf("a"));
        string before = other.Metadata("a");

        await other.LookAsync("a");

        Assert.Contains("published by another Hutch server", other.Status("a").Problem, StringComparison.Ordinal);
        Assert.Equal(before, other.Metadata("a"));
    }

    [Fact]
    public async Task A_dataset_in_the_trash_is_not_made_again()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        _ = (await facility.Datasets.Lifecycle.TrashAsync(await facility.AdminAsync(), (await facility.DatasetAsync("a")).Id, Ct)).Value;

        await facility.LookAsync("a", "a");

        Assert.Contains("in the trash", facility.Status("a").Problem, StringComparison.Ordinal);
        Assert.Contains("in the trash", facility.InBlock("a", "Error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_taken_gets_another_ending()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("Demo 1", "one");
        facility.Drop("Demo-1", "two");

        await facility.LookAsync("Demo 1", "Demo-1");

        Assert.Equal("demo-1", (await facility.DatasetAsync("Demo 1")).Slug);
        Assert.Matches("^demo-1-[0-9a-f]{6}$", (await facility.DatasetAsync("Demo-1")).Slug);
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}

using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Model.Publications;
using Hutch.Model.Site;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Tests.Publishing;

/// <summary>mission 1.1: folders that fs2od published before.</summary>
public sealed class Fs2OdFolderTests
{
    private const string Link = "https://onezone.example.org/share/9f1c";
    private const string Foreign = $"  Space: 4ad1c5dfae80f53a0b1bd1f3cbea8cdbch6b0f\n  PublicURL: {Link}\n  InviteToken: MDAxY2xv\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Onedata", "RemovingTime: never", null)]
    [InlineData("Onedata2", "RemovingTime: never", null)]
    [InlineData("Elsewhere", "RemovingTime: never", null)]
    [InlineData("Onedata", "DeniedProviders: [primary]\n  RemovingTime: now", 0)]
    [InlineData("Onedata", "DeniedProviders: []\n  RemovingTime: transfers", 0)]
    [InlineData("Onedata", "RemovingTime: 90d", 90)]
    [InlineData("Onedata", "RemovingTime: soon", null)]
    [InlineData("Onedata", "DeniedProviders: []", 60)]
    public async Task What_operators_wrote_into_the_block_of_fs2od_counts(string name, string lines, int? days)
    {
        await using Facility facility = await OpenAsync();
        facility.Drop("a", lines: $"{name}:\n{Foreign}  {lines}\n");

        FacilityRetention retention = await EndAsync(facility);

        Assert.Equal(days, retention.Until is { } end ? (int)Math.Round((end - facility.Time.GetUtcNow()).TotalDays) : null);
    }

    [Fact]
    public async Task Of_two_blocks_the_later_end_counts()
    {
        await using Facility facility = await OpenAsync();
        facility.Drop("a", lines: $"Onedata:\n{Foreign}  RemovingTime: never\nHutch:\n  DeniedProviders: [primary]\n  RemovingTime: now\n");

        Assert.Null((await EndAsync(facility)).Until);
    }

    [Fact]
    public async Task The_link_of_fs2od_becomes_a_related_identifier_once()
    {
        await using Facility facility = await OpenAsync();
        facility.Drop("a", lines: $"Onedata:\n{Foreign}");
        await facility.LookAsync("a");
        SiteDataset dataset = await facility.DatasetAsync("a");

        PublicationRecord draft = (await facility.Zone.Publications.FindAsync(await facility.AdminAsync(), dataset.Id, Ct)).Value!;
        Assert.Equal([new RelatedWork { Identifier = Link, Relation = "IsIdenticalTo" }], draft.Description.Related);

        _ = (await facility.Zone.Publications.DescribeAsync(
            await facility.AdminAsync(), dataset.Id, new PublicationDescription { Title = "Mine" }, false, null, Ct)).Value;
        facility.Drop("a", lines: $"Remark: new\nOnedata:\n{Foreign}Hutch:\n  Space: {dataset.Id}\n");
        await facility.LookAsync("a");

        draft = (await facility.Zone.Publications.FindAsync(await facility.AdminAsync(), dataset.Id, Ct)).Value!;
        Assert.Empty(draft.Description.Related);
    }

    /// <summary>The time of change of its files counts (ctime): a copy changes now, and is acquiring for a day.</summary>
    [Fact]
    public async Task A_folder_that_has_not_changed_for_a_day_is_published_at_once()
    {
        await using Facility facility = await OpenAsync();
        facility.Write("a", "old.mrc", "frames");
        facility.Drop("a", lines: $"Onedata:\n{Foreign}");
        facility.Time.Ahead += TimeSpan.FromDays(2);

        await facility.LookAsync("a");
        await facility.HashAsync();
        await facility.LookAsync("a");

        Assert.Equal(FacilityFolderState.Published, facility.Status("a").State);
    }

    [Fact]
    public async Task A_block_that_lost_its_space_keeps_its_link()
    {
        await using Facility facility = await OpenAsync();
        facility.Drop("a", lines: $"Onedata:\n  Space:\n  PublicURL: {Link}\n");

        await facility.LookAsync("a");

        Assert.Equal(Link, facility.InBlock("a", "PublicURL", "Onedata"));
        Assert.NotNull(facility.InBlock("a", "Space"));
    }

    [Fact]
    public async Task The_metadata_file_stays_unchanged_when_the_block_has_its_own_file()
    {
        await using Facility facility = await OpenAsync(file: ".fs2od");
        facility.Drop("a");
        facility.Write("a", "x", "1");
        string before = facility.Metadata("a");

        await facility.LookAsync("a");

        SiteDataset dataset = await facility.DatasetAsync("a");
        Assert.Equal(before, facility.Metadata("a"));
        Assert.StartsWith($"Onedata:\n  Space: {dataset.Id}\n", Beside(facility), StringComparison.Ordinal);
        Assert.Equal(["SPA.yml", "x"], (await facility.EntriesAsync(dataset)).Keys);

        // Operators write there, and keep their lines.
        facility.Write("a", ".fs2od", Beside(facility) + "  RemovingTime: never # beam time 7\n");
        Assert.Null((await EndAsync(facility)).Until);
        Assert.Contains("  RemovingTime: never # beam time 7\n", Beside(facility), StringComparison.Ordinal);
        Assert.Equal(before, facility.Metadata("a"));
    }

    [Fact]
    public async Task Content_that_fs2od_wrote_to_the_block_file_is_preserved()
    {
        await using Facility facility = await OpenAsync(file: ".fs2od");
        facility.Drop("a");
        facility.Write("a", ".fs2od", $"Onedata:\n{Foreign}  RemovingTime: never\n");

        Assert.Null((await EndAsync(facility)).Until);

        Assert.StartsWith($"Onedata:\n{Foreign}  RemovingTime: never\nHutch:\n", Beside(facility), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_is_also_written_to_the_separate_block_file()
    {
        await using Facility facility = await OpenAsync(file: ".fs2od");
        facility.Write("a", "SPA.yml", "Remark: no identity\n");

        await facility.LookAsync("a");

        Assert.Equal("Remark: no identity\n", facility.Metadata("a"));
        Assert.Contains("the key 'DataId' is missing", Beside(facility), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_explanation_shows_how_publishing_would_treat_fs2od_blocks_and_links()
    {
        await using Facility facility = await OpenAsync();
        facility.Drop("a", lines: $"Onedata:\n{Foreign}  RemovingTime: never\n");

        IReadOnlyList<string> lines = Explain(facility, Options(facility.Parent, null));

        Assert.Contains("  operators:   'Onedata' says RemovingTime: never", lines);
        Assert.Contains("  block:       'Hutch' would be added to SPA.yml; 'Onedata', which another program wrote, stays as it is", lines);
        Assert.Contains($"  former link: {Link} becomes a related identifier of the dataset", lines);
        Assert.Contains("  block:       'Onedata' would be added to .fs2od; SPA.yml is not changed", Explain(facility, Options(facility.Parent, ".fs2od")));
    }

    [Theory]
    [InlineData("SPA.yml")]
    [InlineData(".running")]
    [InlineData(".hutch-block")]
    [InlineData("sub/block")]
    public void The_file_of_the_block_is_a_file_of_its_own(string file) =>
        Assert.False(FolderRule.From(Options("/data", file)).IsOk);

    private static IReadOnlyList<string> Explain(Facility facility, WatchedFolderOptions options) => FolderExplanation.Explain(
        new FolderSurvey([FolderRule.From(options).Value], new YamlLimits()).Inspect(facility.PathOf("a")).Value);

    private static Task<Facility> OpenAsync(string? file = null) => Facility.OpenAsync(parent => Options(parent, file));

    private static WatchedFolderOptions Options(string parent, string? file) => new()
    {
        Watch = parent,
        Keep = "60d",
        Block = new BlockOptions { Name = "Onedata", File = file },
    };

    private static string Beside(Facility facility) => File.ReadAllText(facility.PathOf("a", ".fs2od"));

    /// <summary>Lets the acquisition end, and returns how long the files are kept.</summary>
    private static async Task<FacilityRetention> EndAsync(Facility facility)
    {
        facility.Write("a", ".running", "");
        await facility.LookAsync("a");
        File.Delete(facility.PathOf("a", ".running"));
        await facility.LookAsync("a");
        return (await facility.Folders.FindRetentionAsync((await facility.DatasetAsync("a")).Id, Ct)).Value;
    }
}

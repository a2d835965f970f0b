using System.Diagnostics;
using System.Runtime.CompilerServices;
using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Tests.Publishing;

/// <summary>
/// Folders on file systems that are read-only or full: each test runs itself once more in namespaces in which it may mount what it likes
/// (namespaces(7)).
/// </summary>
public sealed class BadDiskTests
{
    private const string Inside = "HUTCH_TEST_MOUNTS";
    private const string ReadOnly = "mkdir ../../a; cp -a . ../../a; mount --bind ../../a .; mount -o remount,bind,ro .";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_read_only_folder_is_published_and_its_block_is_in_the_side_folder() => MountingAsync(async facility =>
    {
        await ShellAsync(facility, ReadOnly);

        await facility.LookAsync("a", "a");

        SiteDataset dataset = await facility.DatasetAsync("a");
        string block = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(facility.SideFolder!)), Ct);
        Assert.Equal(["SPA.yml", "x"], (await facility.EntriesAsync(dataset)).Keys);
        Assert.Contains($"  Space: {dataset.Id}\n", block, StringComparison.Ordinal);
        Assert.Contains("  PublicURL: https://", block, StringComparison.Ordinal);
        Assert.DoesNotContain("Invite", block, StringComparison.Ordinal);
        Assert.Null(facility.Status("a").Problem);
    });

    [Fact]
    public Task Without_a_side_folder_a_read_only_folder_is_reported_and_not_published() => MountingAsync(async facility =>
    {
        facility.SideFolder = null;
        await facility.RestartAsync();
        await ShellAsync(facility, ReadOnly);

        await facility.LookAsync("a", "a");

        string folder = facility.PathOf("a");
        var watched = new WatchedFolderOptions { Watch = Path.GetDirectoryName(folder)! };
        FolderFinding finding = new FolderSurvey([FolderRule.From(watched).Value], new YamlLimits(), mustWrite: true).Inspect(folder).Value;
        Assert.Contains("is read-only for this server", facility.Status("a").Problem, StringComparison.Ordinal);
        Assert.Contains("cannot write the block into SPA.yml", finding.Problem, StringComparison.Ordinal);
        Assert.Contains(folder, Assert.Single(FolderSurvey.FindReadOnly(new AgentOptions { Folders = [watched] })), StringComparison.Ordinal);
        Assert.Empty(await facility.Site.FolderRecords.ListAsync(Ct));
    });

    [Fact]
    public Task A_published_folder_that_becomes_read_only_stays_published_and_files_go_on_being_registered() => MountingAsync(async facility =>
    {
        facility.SideFolder = null;
        await facility.RestartAsync();
        await facility.LookAsync("a");
        await ShellAsync(facility, ReadOnly);
        await ShellAsync(facility, "echo 1 >../../a/y");

        await facility.LookAsync("a", "a");
        await facility.RestartAsync();
        await facility.LookAsync("a");

        Assert.Equal(["SPA.yml", "x", "y"], (await facility.EntriesAsync(await facility.DatasetAsync("a"))).Keys);
        Assert.Null(facility.Status("a").Problem);
    });

    [Fact]
    public Task On_a_full_disk_files_are_registered_and_the_block_is_written_when_there_is_room() => MountingAsync(async facility =>
    {
        await ShellAsync(facility, "mount -t tmpfs -o size=64k none .");
        facility.Drop("a");
        await facility.LookAsync("a");
        facility.Time.Ahead = TimeSpan.FromMinutes(1);
        await facility.LookAsync("a"); // what the block took the place of is gone
        DatasetId dataset = (await facility.DatasetAsync("a")).Id;
        await ShellAsync(facility, $"echo 'DataId: {Facility.Identity}' >SPA.yml; cat /dev/zero >fill 2>/dev/null || true");

        await facility.LookAsync("a", "a");
        await facility.RestartAsync();
        await facility.LookAsync("a", "a");
        string? problem = facility.Status("a").Problem;
        IEnumerable<string> registered = (await facility.EntriesAsync(await facility.DatasetAsync("a"))).Keys;
        string left = facility.Metadata("a");
        await ShellAsync(facility, "rm fill");
        await facility.LookAsync("a");

        Assert.Contains("No space left on device", problem, StringComparison.Ordinal);
        Assert.Equal(["SPA.yml", "fill"], registered);
        Assert.Equal($"DataId: {Facility.Identity}\n", left);
        Assert.Equal((dataset.ToString(), FacilityFolderState.Acquiring), (facility.InBlock("a", "Space"), facility.Status("a").State));
        Assert.Single((await facility.Zone.Sharing.ListLinksAsync(await facility.AdminAsync(), dataset, Ct)).Value);
    });

    private static async Task MountingAsync(Func<Facility, Task> body, [CallerMemberName] string test = "")
    {
        if (Environment.GetEnvironmentVariable(Inside) is null)
        {
            var start = new ProcessStartInfo("unshare", ["-rm", Environment.ProcessPath!, "-method", $"*.{test}", "-noColor"])
            {
                Environment = { [Inside] = "yes" },
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            string output = await process.StandardOutput.ReadToEndAsync(Ct);
            await process.WaitForExitAsync(Ct);
            Assert.True(process.ExitCode == 0, output);
            Assert.Contains("Total: 1,", output, StringComparison.Ordinal);
            return;
        }

        await using Facility facility = await Facility.OpenAsync();
        facility.SideFolder = Directory.CreateDirectory(facility.Parent + "-side").FullName;
        await facility.RestartAsync();
        facility.Drop("a");
        facility.Write("a", "x", "1");
        try
        {
            await body(facility);
        }
        finally
        {
            await ShellAsync(facility, "cd ..; umount a");
        }
    }

    private static async Task ShellAsync(Facility facility, string shell)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-ec", shell]) { WorkingDirectory = facility.PathOf("a") })!;
        await process.WaitForExitAsync(Ct);
        Assert.Equal(0, process.ExitCode);
    }
}

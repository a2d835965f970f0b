using Hutch.Agent.Tests.Publishing;
using Hutch.Datasets.Facility;
using Hutch.Disk;
using Hutch.Model.Site;
using Hutch.Peers;

namespace Hutch.Agent.Tests.Peers;

/// <summary>Folders on a mounted file system that can neither exchange names nor link files, and has one owner and one mode for all: rclone.</summary>
public sealed class NetworkPublishingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("077", true)]
    [InlineData("022", false)]
    public async Task The_block_is_written_through_the_mount_and_the_invite_only_if_other_users_cannot_read_it(string umask, bool hasInvite)
    {
        await using Facility facility = await Facility.OpenAsync();
        string served = Directory.CreateDirectory(facility.Parent + "-served").FullName;
        PeerProcess rclone = await MountAsync(served, facility.Parent, umask);
        try
        {
            facility.Drop("a");
            facility.Write("a", "Movies/1.mrc", "frames");
            string before = facility.Metadata("a");

            await facility.LookAsync("a", "a");
            facility.Time.Ahead = TimeSpan.FromMinutes(1);
            await facility.LookAsync("a"); // what the block took the place of is compared once more
            facility.Write("a", "SPA.yml", facility.Metadata("a") + "Remark: saved by somebody\n");
            await facility.LookAsync("a", "a");

            SiteDataset dataset = await facility.DatasetAsync("a");
            Assert.Equal((FacilityFolderState.Acquiring, null), (facility.Status("a").State, facility.Status("a").Problem));
            string text = await File.ReadAllTextAsync(Path.Combine(served, "a", "SPA.yml"), Ct);
            Assert.StartsWith(before.TrimEnd(), text, StringComparison.Ordinal);
            Assert.Contains($"Hutch:\n  Space: {dataset.Id}\n", text, StringComparison.Ordinal);
            Assert.EndsWith("Remark: saved by somebody\n", text, StringComparison.Ordinal);
            Assert.Equal(["Movies/1.mrc", "SPA.yml"], (await facility.EntriesAsync(dataset)).Keys);
            Assert.Equal(hasInvite, File.Exists(Path.Combine(served, "a", ".hutch-invite")));

            // rclone may still be closing a file that was removed at once, and then makes it again, empty.
            Assert.All(Directory.GetFiles(Path.Combine(served, "a"), ".hutch-new*"), left => Assert.Equal(0, new FileInfo(left).Length));
        }
        finally
        {
            await rclone.DisposeAsync();
        }
    }

    private static async Task<PeerProcess> MountAsync(string served, string mount, string umask)
    {
        PeerProcess rclone = await PeerProcess.StartAsync(
            "bash",
            [
                PeerProcess.WithParent, "rclone", "mount", $":local:{served}", mount, "--config", "/dev/null", "--dir-cache-time", "100ms",
                "--attr-timeout", "100ms", "--umask", umask,
            ],
            Ct);
        while (MountFacts.Read(mount)?.Point != mount)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Ct);
        }

        return rclone;
    }
}

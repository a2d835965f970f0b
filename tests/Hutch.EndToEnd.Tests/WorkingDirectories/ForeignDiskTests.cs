using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.WorkingDirectories;

/// <summary>
/// Working directories on disks of other systems, mounted with their real drivers. Linux's own vfat and case-insensitive ext4 need a kernel
/// that has them, and are not here.
/// </summary>
public sealed class ForeignDiskTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Clients' case workdir, exfat.</summary>
    [Theory]
    [InlineData("exfat")]
    [InlineData("ntfs")]
    [InlineData("ntfs-case")]
    [InlineData("decomposing")]
    public async Task A_disk_that_cannot_hold_all_names_gets_the_others_and_a_push_from_it_changes_nothing_else(string disk)
    {
        string script = Path.Combine(
            HutchExecutable.RepositoryRoot, "tests", "Hutch.EndToEnd.Tests", "WorkingDirectories", "Programs", "foreign-disk.sh");
        using Account ada = await shared.NewAccountAsync(Ct);

        (await ada.RunShellAsync($"bash -euo pipefail '{script}' {disk}", Ct)).AssertDone();
    }
}

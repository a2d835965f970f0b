using Hutch.Disk.Folders;
using Hutch.Testing.Clocks;

namespace Hutch.Disk.Tests;

public sealed class FolderChangesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-changes-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_change_in_a_folder_that_a_link_leads_to_ends_the_wait()
    {
        string real = Directory.CreateDirectory(Path.Combine(_folder, "real")).FullName;
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, real);
        using FolderChanges changes = FolderChanges.From([Path.Combine(_folder, "nothing"), link], new HeldTime());

        File.WriteAllText(Path.Combine(real, "file"), "1");

        await changes.WaitAsync(Ct);
    }

    [Fact]
    public async Task A_wait_ends_after_its_timeout_without_a_notification()
    {
        using FolderChanges changes = FolderChanges.From([_folder], new InstantTime());

        await changes.WaitAsync(Ct);
    }
}

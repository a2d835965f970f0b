using System.Diagnostics;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Logins;

namespace Hutch.Agent.Tests.Publishing;

/// <summary>Folders as nobody should leave them, by mistake or on purpose.</summary>
public sealed class BadFolderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("printf ' \\n' >.hutch-agent")]
    [InlineData(">.hutch-agent")]
    [InlineData("mkdir .hutch-agent")]
    [InlineData("mkfifo .hutch-agent")]
    [InlineData("ln -s /etc/passwd .hutch-agent")]
    [InlineData("truncate -s 5000 .hutch-agent")]
    public async Task An_unreadable_claim_is_reported_and_the_folder_is_not_published(string shell)
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await ShellAsync(facility, "a", shell);

        await facility.LookAsync("a");

        Assert.Equal(FacilityFolderState.Attention, facility.Status("a").State);
        Assert.Contains("'.hutch-agent'", facility.Status("a").Problem, StringComparison.Ordinal);
        Assert.Empty(await facility.Site.FolderRecords.ListAsync(Ct));
    }

    [Theory]
    [InlineData("ln -s /etc/passwd .hutch-invite")]
    [InlineData("mkfifo .hutch-invite .hutch-new-agent .hutch-new-SPA.yml .hutch-new.hutch-invite .hutch-SPA.yml")]
    [InlineData("ln -s /etc/passwd .hutch-new.hutch-invite; ln -s /etc/passwd .hutch-new-SPA.yml; ln -s /etc/passwd .hutch-new-agent")]
    [InlineData("for n in invite new-agent new-SPA.yml new.hutch-invite SPA.yml; do ln ../outside .hutch-$n; done")]
    public async Task Entries_with_the_names_of_agent_files_are_replaced_and_links_are_not_followed(string shell)
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await File.WriteAllTextAsync(Path.Combine(facility.Parent, "outside"), "untouched", Ct);
        string passwords = await File.ReadAllTextAsync("/etc/passwd", Ct);
        await ShellAsync(facility, "a", shell);

        await facility.LookAsync("a", "a");

        Assert.Equal((FacilityFolderState.Acquiring, null), (facility.Status("a").State, facility.Status("a").Problem));
        Assert.Equal("untouched", await File.ReadAllTextAsync(Path.Combine(facility.Parent, "outside"), Ct));
        Assert.Equal(passwords, await File.ReadAllTextAsync("/etc/passwd", Ct));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(facility.PathOf("a", ".hutch-invite")));
        Assert.Null(new FileInfo(facility.PathOf("a", ".hutch-invite")).LinkTarget);
    }

    [Theory]
    [InlineData(".hutch-invite")]
    [InlineData(".hutch-new.hutch-invite")]
    [InlineData(".hutch-new-SPA.yml")]
    [InlineData(".hutch-SPA.yml")]
    public async Task However_often_the_block_cannot_be_written_files_are_registered_and_there_is_one_link_and_one_invite(string inTheWay)
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        facility.Write("a", "x", "1");
        Directory.CreateDirectory(facility.PathOf("a", inTheWay));

        await facility.LookAsync("a", "a", "a");
        await facility.RestartAsync();
        await facility.LookAsync("a", "a");
        facility.Write("a", "y", "22");
        await facility.LookAsync("a");
        SiteDataset dataset = await facility.DatasetAsync("a");
        string? told = facility.Status("a").Problem;
        Directory.Delete(facility.PathOf("a", inTheWay));
        await facility.LookAsync("a");

        Assert.Contains(inTheWay, told, StringComparison.Ordinal);
        Assert.Equal(["SPA.yml", "x", "y"], (await facility.EntriesAsync(dataset)).Keys);
        Assert.Equal((1, 1), await CountSecretsAsync(facility, dataset.Id));
        Assert.Null(facility.Status("a").Problem);
        Assert.NotNull(facility.InBlock("a", "PublicURL"));
        string invite = await File.ReadAllTextAsync(facility.PathOf("a", ".hutch-invite"), Ct);
        Assert.True((await facility.Zone.InviteLogins.AcceptAsync(
            await facility.UserAsync("anna"), invite.Trim().Split("code=")[1], new LoginOrigin(null, null), Ct)).IsOk);
    }

    [Theory]
    [InlineData("rm SPA.yml; mkfifo SPA.yml")]
    [InlineData("rm SPA.yml; ln -s /etc/passwd SPA.yml")]
    [InlineData("rm SPA.yml; mkdir SPA.yml")]
    [InlineData("rm SPA.yml; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"SPA.yml\")'")]
    public async Task A_metadata_file_that_is_not_a_regular_file_is_reported_in_the_side_file(string shell)
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await ShellAsync(facility, "a", shell);

        await facility.LookAsync("a");

        Assert.Equal("'SPA.yml' is no regular file; links are not followed.", facility.Status("a").Problem);
        Assert.Contains("no regular file", await File.ReadAllTextAsync(facility.PathOf("a", ".hutch-SPA.yml"), Ct), StringComparison.Ordinal);
        Assert.Empty(await facility.Site.FolderRecords.ListAsync(Ct));
    }

    [Theory]
    [InlineData(": >SPA.yml", "the file is empty")]
    [InlineData("printf 'DataId: 1\nName: M\\374ller\n' >SPA.yml", "line 2, column 8: the byte 0xfc is not UTF-8")]
    [InlineData("printf '\\377\\376D\\000' >SPA.yml", "UTF-16; save it as UTF-8")]
    [InlineData("printf 'DataId: 1\nType: SPA\nDataId: 2\n' >SPA.yml", "the key 'DataId' is there twice: also on line 1. Remove one.")]
    [InlineData("truncate -s 100M SPA.yml", "the file is larger than 1048576 bytes, which is the limit.")]
    [InlineData(
        "python3 -c 'print(\"a0: &a0 [x]\"); [print(f\"a{i}: &a{i} [\" + \",\".join([f\"*a{i-1}\"] * 10) + \"]\") for i in range(1, 30)]' >SPA.yml",
        "with what its aliases repeat, the file has more than")]
    public async Task An_unusable_metadata_file_is_reported_in_the_side_file_and_left_unchanged(string shell, string told)
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await ShellAsync(facility, "a", shell + "; cp SPA.yml ../before");

        await facility.LookAsync("a", "a");

        Assert.Contains(told, facility.Status("a").Problem, StringComparison.Ordinal);
        Assert.Contains(
            told.Replace("'", "", StringComparison.Ordinal),
            (await File.ReadAllTextAsync(facility.PathOf("a", ".hutch-SPA.yml"), Ct)).Replace("'", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        await ShellAsync(facility, "a", "cmp SPA.yml ../before; rm ../before");
        Assert.Empty(await facility.Site.FolderRecords.ListAsync(Ct));
    }

    [Fact]
    public async Task Special_files_are_skipped_with_a_notice_and_links_are_recorded_without_being_followed()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        facility.Write("a", "x", "1");
        await ShellAsync(
            facility, "a",
            "ln -s /etc/passwd out; ln -s . loop; mkfifo pipe; printf 1 >$'n\\377'; "
            + "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'");

        await facility.LookAsync("a", "a");

        IReadOnlyDictionary<string, Entry> entries = await facility.EntriesAsync(await facility.DatasetAsync("a"));
        Assert.Equal(["SPA.yml", "loop", "out", "x"], entries.Keys);
        Assert.Equal((EntryKind.SymbolicLink, EntryKind.SymbolicLink), (entries["loop"].Kind, entries["out"].Kind));
        Assert.All(
            ["'pipe'", "'socket'", "UTF-8"],
            told => Assert.Contains(facility.Status("a").Notices, notice => notice.Contains(told, StringComparison.Ordinal)));
        await ShellAsync(facility, "a", "rm n*"); // .NET cannot remove a file by such a name
    }

    [Fact]
    public async Task While_the_zone_refuses_the_account_of_the_agent_files_go_on_being_registered_and_the_block_comes_later()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Account = "krios-agent";
        await facility.RestartAsync();
        facility.Drop("new");
        await facility.LookAsync("new");
        string? early = facility.Status("new").Problem;
        await facility.UserAsync("krios-agent");
        facility.Drop("old", "old");
        await facility.LookAsync("new", "old");

        await DisableAsync(facility, disabled: true);
        facility.Write("old", "x", "1");
        facility.Drop("old", "old", "Remark: 1\n");
        await facility.LookAsync("old", "old");
        (string? problem, string? block) = (facility.Status("old").Problem, facility.InBlock("old", "Space"));
        IEnumerable<string> registered = (await facility.EntriesAsync(await facility.DatasetAsync("old"))).Keys;
        await DisableAsync(facility, disabled: false);
        await facility.LookAsync("old");

        Assert.Contains("krios-agent", early, StringComparison.Ordinal);
        Assert.Equal("krios-agent/new", facility.Status("new").Name);
        Assert.Contains("krios-agent", problem, StringComparison.Ordinal);
        Assert.Null(block);
        Assert.Equal(["SPA.yml", "x"], registered);
        Assert.Equal(((await facility.DatasetAsync("old")).Id.ToString(), null), (facility.InBlock("old", "Space"), facility.Status("old").Problem));
    }

    [Fact]
    public async Task However_the_clock_is_set_back_files_are_registered_and_acquisition_ends()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        facility.Write("a", ".running", "");
        await facility.LookAsync("a");
        string? link = facility.InBlock("a", "PublicURL");

        facility.Time.Ahead = TimeSpan.FromDays(-400);
        facility.Write("a", "new", "1");
        File.Delete(facility.PathOf("a", ".running"));
        await facility.LookAsync("a", "a");
        await facility.Site.FolderHasher.HashAllAsync(Ct);
        await facility.LookAsync("a");

        Assert.Equal(["SPA.yml", "new"], (await facility.EntriesAsync(await facility.DatasetAsync("a"))).Keys);
        Assert.Equal((FacilityFolderState.Published, null), (facility.Status("a").State, facility.Status("a").Problem));
        Assert.Equal(2, (await facility.DatasetAsync("a")).Root.Files);
        Assert.Equal(link, facility.InBlock("a", "PublicURL"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("DataId: [unclosed\n")]
    public async Task A_dataset_is_not_given_to_another_folder_while_its_own_is_there(string text)
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        SiteDataset dataset = await facility.DatasetAsync("a");
        facility.Write("a", "SPA.yml", text);
        facility.Write("b", "SPA.yml", $"DataId: {Facility.Identity}\nHutch:\n  Space: {dataset.Id}\n");

        await facility.LookAsync("b", "a", "b");

        Assert.Contains("still there", facility.Status("b").Problem, StringComparison.Ordinal);
        Assert.Equal(facility.PathOf("a"), (await facility.DatasetAsync("a")).Folder);
        Assert.Null(facility.InBlock("b", "PublicURL"));
    }

    [Fact]
    public async Task A_folder_with_the_identity_of_a_missing_one_gets_its_dataset_only_if_the_block_names_it()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        SiteDataset dataset = await facility.DatasetAsync("a");
        Directory.Delete(facility.PathOf("a"), recursive: true);

        facility.Drop("b");
        await facility.LookAsync("a", "b");
        (string? told, string? url) = (facility.Status("b").Problem, facility.InBlock("b", "PublicURL"));
        facility.Drop("b", lines: $"Hutch: {{Space: {dataset.Id}}}\n");
        await facility.LookAsync("b");

        Assert.Contains("If this is the same folder, say so", told, StringComparison.Ordinal);
        Assert.Null(url);
        Assert.Equal(dataset.Id, (await facility.DatasetAsync("b")).Id);
    }

    [Fact]
    public async Task A_block_copied_from_another_dataset_gives_no_access_to_that_dataset()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a", "one");
        facility.Drop("b", "two");
        await facility.LookAsync("a");
        SiteDataset other = await facility.DatasetAsync("a");
        facility.Write("b", "SPA.yml", facility.Metadata("a").Replace("one", "two", StringComparison.Ordinal));

        await facility.LookAsync("b", "a");

        Assert.NotEqual(other.Id, (await facility.DatasetAsync("b")).Id);
        Assert.NotEqual(facility.InBlock("a", "PublicURL"), facility.InBlock("b", "PublicURL"));
        Assert.Equal(facility.PathOf("a"), (await facility.DatasetAsync("a")).Folder);
    }

    [Fact]
    public async Task A_folder_with_control_characters_in_its_name_is_published_under_a_name_without()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Write("a\u001b[31m\nb", "SPA.yml", "DataId: one\n");

        await facility.LookAsync("a\u001b[31m\nb");

        SiteDataset dataset = await facility.DatasetAsync("a\u001b[31m\nb");
        Assert.Equal(("a-31m-b", "a [31m b"), (dataset.Slug, dataset.Title));
    }

    [Fact]
    public async Task A_link_in_place_of_a_folder_is_not_written_into()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        string outside = facility.Parent + "-outside";
        Directory.Move(facility.PathOf("a"), outside);
        File.CreateSymbolicLink(facility.PathOf("a"), outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "SPA.yml"), "DataId: [unclosed\n", Ct);
        string[] before = Directory.GetFiles(outside);

        await facility.LookAsync("a", "a");

        Assert.Equal(before, Directory.GetFiles(outside));
        Assert.Equal(FacilityFolderState.Attention, facility.Status("a").State);
    }

    [Fact]
    public async Task A_fault_in_one_folder_stops_no_other()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a", "one");
        facility.Drop("b", "two");
        facility.Time.BeforeRead = static () => throw new InvalidOperationException("a fault");
        await facility.LookAsync("a");
        facility.Time.BeforeRead = null;

        await facility.LookAsync("b");

        Assert.Contains("looking at it failed", facility.Status("a").Problem, StringComparison.Ordinal);
        Assert.Equal(FacilityFolderState.Acquiring, facility.Status("b").State);
    }

    [Fact]
    public async Task A_file_that_could_not_be_looked_at_has_not_vanished()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        facility.Write("a", "gone", "1");
        for (int i = 0; i < 20; i++)
        {
            facility.Write("a", $"movies/{i}", "1");
        }

        await facility.LookAsync("a");
        facility.Watching = new WatchingOptions { MaxFilesPerFolder = 10 };
        File.Delete(facility.PathOf("a", "gone"));
        await facility.RestartAsync();
        await facility.LookAsync("a");

        IReadOnlyDictionary<string, Entry> entries = await facility.EntriesAsync(await facility.DatasetAsync("a"));
        Assert.Equal(20, entries.Keys.Count(path => path.StartsWith("movies/", StringComparison.Ordinal)));
        Assert.DoesNotContain("gone", entries.Keys);
    }

    private static async Task DisableAsync(Facility facility, bool disabled) => _ = (await facility.Zone.Accounts.ChangeUserAsync(
        await facility.AdminAsync(), "krios-agent", new AccountPatch { Disabled = disabled }, Ct)).Value;

    private static async Task<(int Links, int Invites)> CountSecretsAsync(Facility facility, DatasetId dataset)
    {
        Caller admin = await facility.AdminAsync();
        return (
            (await facility.Zone.Sharing.ListLinksAsync(admin, dataset, Ct)).Value.Count,
            (await facility.Zone.Invites.ListAsync(admin, dataset, Ct)).Value.Count(invite => invite.IsOpenAt(facility.Time.GetUtcNow())));
    }

    private static async Task ShellAsync(Facility facility, string folder, string shell)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", shell]) { WorkingDirectory = facility.PathOf(folder) })!;
        await process.WaitForExitAsync(Ct);
        Assert.Equal(0, process.ExitCode);
    }
}

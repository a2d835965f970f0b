using System.Text;
using System.Text.Json;
using Hutch.Datasets.Events;
using Hutch.Datasets.Facility;
using Hutch.Datasets.Registry;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Write.Blobs;
using Hutch.Zone.Authorization;
using Hutch.Zone.Logins;
using Hutch.Zone.Visits;

namespace Hutch.Agent.Tests.Publishing;

public sealed class PublishedAccessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_invite_is_in_a_file_that_only_its_owner_can_read()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");

        await facility.LookAsync("a");

        string path = facility.PathOf("a", ".hutch-invite");
        Assert.StartsWith("https://hutch.example.org/invite#code=hutchinvite_", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(".hutch-invite", facility.InBlock("a", "InviteFile"));
        Assert.DoesNotContain(".hutch-invite", (await facility.EntriesAsync(await facility.DatasetAsync("a"))).Keys);
    }

    [Fact]
    public async Task Where_the_rule_says_so_the_invite_stands_in_the_block_and_nowhere_else()
    {
        await using Facility facility = await Facility.OpenAsync(
            parent => new WatchedFolderOptions { Watch = parent, Block = new BlockOptions { Name = "Onedata", InviteInBlock = true } });
        facility.Drop("a");

        await facility.LookAsync("a", "a");
        string invite = facility.InBlock("a", "InviteToken", "Onedata")!;
        facility.Write("a", "SPA.yml", facility.Metadata("a") + "Remark: new\n");
        await facility.LookAsync("a");

        Assert.StartsWith("https://hutch.example.org/invite#code=hutchinvite_", invite, StringComparison.Ordinal);
        Assert.Equal((invite, null), (facility.InBlock("a", "InviteToken", "Onedata"), facility.InBlock("a", "InviteFile", "Onedata")));
        Assert.False(File.Exists(facility.PathOf("a", ".hutch-invite")));
        Entry copy = (await facility.EntriesAsync(await facility.DatasetAsync("a")))["SPA.yml"];
        string text = Encoding.UTF8.GetString(await ReadAsync((await facility.Site.Blobs.FindWholeAsync(copy.Hash, Ct))!));
        Assert.Contains("Remark: new", text, StringComparison.Ordinal);
        Assert.DoesNotContain("invite", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_copy_of_the_metadata_file_has_nothing_personal_and_no_secret()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a", lines: "Onedata:\n  InviteToken: secret-token\n  PublicURL: https://onedata.example.org/share/secret\n");
        await facility.LookAsync("a");
        await facility.LookAsync("a");

        Entry copy = (await facility.EntriesAsync(await facility.DatasetAsync("a")))["SPA.yml"];

        string text = Encoding.UTF8.GetString(await ReadAsync((await facility.Site.Blobs.FindWholeAsync(copy.Hash, Ct))!));
        Assert.Contains("Instrument: TitanKrios", text, StringComparison.Ordinal);
        Assert.All(
            ["user@example.org", "Undisclosed", "CEITEC, Masaryk", "secret", "hutchlink", "hutchinvite", "made-up person"],
            hidden => Assert.DoesNotContain(hidden, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("User: Ada Lovelace, ada@example.org\n")]
    [InlineData("user: [Ada Lovelace, ada@example.org]\n")]
    [InlineData("User:\n  - Name: Ada Lovelace\n  - ada@example.org\n")]
    [InlineData("User.Name: Ada Lovelace\nUSER.Email: ada@example.org\n")]
    [InlineData("? User\n: {Name: Ada Lovelace, Sub: {Email: ada@example.org}}\n")]
    [InlineData("User: # ada@example.org\n  Name: Ada Lovelace # ada@example.org\n")]
    public async Task However_people_are_named_only_members_see_it(string lines)
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Visibility = "public" });
        facility.Write("a", "SPA.yml", "DataId: one\nInstrument: TitanKrios\n" + lines);
        await facility.LookAsync("a");
        SiteDataset dataset = await facility.DatasetAsync("a");

        string document = (await facility.Reader.Metadata.GetAsync(Caller.Anonymous, dataset.Id, Ct)).Value!.Document;
        Entry copy = (await facility.EntriesAsync(dataset))["SPA.yml"];
        string text = Encoding.UTF8.GetString(await ReadAsync((await facility.Site.Blobs.FindWholeAsync(copy.Hash, Ct))!));
        JsonElement personal = (await facility.Datasets.Personal.GetAsync(await facility.AdminAsync(), dataset.Id, Ct)).Value;

        Assert.All([document, text], seen => Assert.Contains("TitanKrios", seen, StringComparison.Ordinal));
        Assert.All([document, text], seen => Assert.DoesNotContain("Lovelace", seen, StringComparison.Ordinal));
        Assert.All([document, text], seen => Assert.DoesNotContain("ada@", seen, StringComparison.Ordinal));
        Assert.Contains("Lovelace", personal.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_or_an_invite_that_a_user_copied_to_another_key_is_not_published()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        string link = facility.InBlock("a", "PublicURL")!;
        string invite = (await File.ReadAllTextAsync(facility.PathOf("a", ".hutch-invite"), Ct)).Trim();

        facility.Drop("a", lines: $"Old:\n  Space: x\n  PublicURL: {link}\nRemark: [see {link}, or {invite}]\n");
        await facility.LookAsync("a");

        SiteDataset dataset = await facility.DatasetAsync("a");
        string document = (await facility.Reader.Metadata.GetAsync(await facility.AdminAsync(), dataset.Id, Ct)).Value!.Document;
        Entry copy = (await facility.EntriesAsync(dataset))["SPA.yml"];
        string text = Encoding.UTF8.GetString(await ReadAsync((await facility.Site.Blobs.FindWholeAsync(copy.Hash, Ct))!));
        Assert.All([document, text], seen => Assert.Contains("(a secret)", seen, StringComparison.Ordinal));
        Assert.All([document, text], seen => Assert.DoesNotContain("hutchlink", seen, StringComparison.Ordinal));
        Assert.All([document, text], seen => Assert.DoesNotContain("hutchinvite", seen, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_everybody_sees_has_personal_data()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Visibility = "public" });
        facility.Drop("a");
        await facility.LookAsync("a");
        SiteDataset dataset = await facility.DatasetAsync("a");

        string document = (await facility.Reader.Metadata.GetAsync(Caller.Anonymous, dataset.Id, Ct)).Value!.Document;
        Result<JsonElement> personal = await facility.Datasets.Personal.GetAsync(Caller.Anonymous, dataset.Id, Ct);

        Assert.Contains("TitanKrios", document, StringComparison.Ordinal);
        Assert.DoesNotContain("user@example.org", document, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Forbidden, personal.Error!.Code);
    }

    [Fact]
    public async Task Events_of_a_public_dataset_name_neither_people_nor_the_place_of_the_folder()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Visibility = "public" });
        facility.Write("a", "x", "1");
        facility.Drop("a");
        await facility.LookAsync("a");
        Directory.Move(facility.PathOf("a"), facility.PathOf("b"));
        await facility.LookAsync("b");
        DatasetId dataset = (await facility.DatasetAsync("b")).Id;

        _ = (await facility.Datasets.Edits.EditAsync(await facility.AdminAsync(), dataset, new DatasetEdit { Title = "the end" }, Ct)).Value;

        var told = new StringBuilder();
        await foreach (VisibleEvent happened in facility.Events.ReadAsync(Caller.Anonymous, dataset, 0, Ct))
        {
            told.AppendJoin(' ', happened.Facts).AppendLine();
            if (happened.Facts.Any(fact => fact.Value.ToString() == "the end"))
            {
                break;
            }
        }

        Assert.Contains("TitanKrios", told.ToString(), StringComparison.Ordinal);
        Assert.All(
            [facility.Parent, Facility.Identity, "user@example.org", "hutchlink", "hutchinvite"],
            hidden => Assert.DoesNotContain(hidden, told.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Members_see_personal_data_and_the_public_does_not_even_with_a_right_of_everybody()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Visibility = "public" });
        facility.Drop("a");
        await facility.LookAsync("a");
        DatasetId dataset = (await facility.DatasetAsync("a")).Id;
        Caller anna = await facility.UserAsync("anna");

        Result<JsonElement> before = await facility.Datasets.Personal.GetAsync(anna, dataset, Ct);
        _ = (await facility.Zone.Sharing.GrantAsync(
            await facility.AdminAsync(), dataset, PrincipalKind.User, "anna", Rights.Read, null, Ct)).Value;
        Result<JsonElement> after = await facility.Datasets.Personal.GetAsync(anna, dataset, Ct);

        Assert.Equal(ErrorCode.Forbidden, before.Error!.Code);
        Assert.Equal("user@example.org", after.Value.GetProperty("contacts")[0].GetProperty("email").GetString());
    }

    [Theory]
    [InlineData("public", "https://hutch.example.org/datasets/")]
    [InlineData("embargo 2y", "https://hutch.example.org/datasets/")]
    [InlineData("private", "https://hutch.example.org/s#hutchlink_")]
    public async Task The_address_contains_a_secret_only_when_the_dataset_stays_private(string visibility, string begins)
    {
        await using Facility facility = await Facility.OpenAsync(
            parent => new WatchedFolderOptions { Watch = parent, Visibility = visibility });
        facility.Drop("a");

        await facility.LookAsync("a");

        Assert.StartsWith(begins, facility.InBlock("a", "PublicURL"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cryoem/spa", true)]
    [InlineData("cryoem", true)]
    [InlineData("mx", false)]
    public async Task A_type_may_have_a_visibility_of_its_own(string type, bool isPublic)
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions
        {
            Watch = parent,
            Types = [new TypeRuleOptions { Type = type, Visibility = "public" }],
        });
        facility.Drop("a");

        await facility.LookAsync("a");

        DatasetId dataset = (await facility.DatasetAsync("a")).Id;
        Assert.Equal(isPublic, (await facility.Datasets.Datasets.GetAsync(await facility.AdminAsync(), dataset, Ct)).Value.IsPublic);
    }

    [Fact]
    public async Task An_embargo_that_the_file_names_ends_when_it_says()
    {
        await using Facility facility = await Facility.OpenAsync(
            parent => new WatchedFolderOptions { Watch = parent, Visibility = "embargo Release" });
        facility.Drop("a", lines: "Release: 2091-02-03\n");

        await facility.LookAsync("a");

        DatasetDescription seen = (await facility.Datasets.Datasets.GetAsync(
            await facility.AdminAsync(), (await facility.DatasetAsync("a")).Id, Ct)).Value;
        Assert.Equal(new DateTimeOffset(2091, 2, 3, 0, 0, 0, TimeSpan.Zero), seen.Name.Visibility.From);
    }

    [Fact]
    public async Task What_the_owner_changed_of_the_visibility_stays()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Visibility = "public" });
        facility.Drop("a");
        await facility.LookAsync("a");
        DatasetId dataset = (await facility.DatasetAsync("a")).Id;
        Caller admin = await facility.AdminAsync();
        _ = (await facility.Zone.Sharing.SetVisibilityAsync(admin, dataset, Visibility.Private, Ct)).Value;

        facility.Drop("a", lines: "Remark: new\n");
        await facility.RestartAsync();
        await facility.LookAsync("a");

        Assert.False((await facility.Datasets.Datasets.GetAsync(admin, dataset, Ct)).Value.IsPublic);
        Assert.StartsWith("https://hutch.example.org/s#", facility.InBlock("a", "PublicURL"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_ends_when_the_rule_says_and_gives_way_to_the_page()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, LinkLife = "10d" });
        facility.Drop("a");
        await facility.LookAsync("a");

        facility.Time.Ahead = TimeSpan.FromDays(11);
        await facility.LookAsync("a");

        Assert.Equal($"https://hutch.example.org/datasets/{(await facility.DatasetAsync("a")).Id}", facility.InBlock("a", "PublicURL"));
    }

    [Fact]
    public async Task A_block_that_was_removed_comes_back_with_a_new_link_and_the_old_one_is_revoked()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        string? before = facility.InBlock("a", "PublicURL");

        facility.Drop("a");
        await facility.LookAsync("a");

        DatasetId dataset = (await facility.DatasetAsync("a")).Id;
        Assert.NotEqual(before, facility.InBlock("a", "PublicURL"));
        Assert.Single((await facility.Zone.Sharing.ListLinksAsync(await facility.AdminAsync(), dataset, Ct)).Value);
    }

    [Fact]
    public async Task The_invite_ends_and_is_used_up_as_the_rule_says()
    {
        await using Facility facility = await Facility.OpenAsync(
            parent => new WatchedFolderOptions { Watch = parent, Invite = new InviteOptions { Right = "view", Life = "10d", Uses = 1 } });
        facility.Drop("a");
        await facility.LookAsync("a");
        DatasetId dataset = (await facility.DatasetAsync("a")).Id;
        string code = File.ReadAllText(facility.PathOf("a", ".hutch-invite")).Trim().Split("code=")[1];
        Caller anna = await facility.UserAsync("anna");
        Caller bob = await facility.UserAsync("bob");

        InviteRecord made = (await facility.Zone.Invites.ListAsync(await facility.AdminAsync(), dataset, Ct)).Value.Single();
        Result<InviteRecord> first = await facility.Zone.InviteLogins.AcceptAsync(anna, code, new LoginOrigin(null, null), Ct);
        Result<InviteRecord> second = await facility.Zone.InviteLogins.AcceptAsync(bob, code, new LoginOrigin(null, null), Ct);

        Assert.Equal(10, (made.ExpiresAt - facility.Time.GetUtcNow()).TotalDays, 0.1);
        Assert.Equal((true, false), (first.IsOk, second.IsOk));
        Assert.Equal(Rights.View, (await facility.Datasets.Datasets.GetAsync(anna, dataset, Ct)).Value.Rights.Highest());
    }

    [Fact]
    public async Task A_revoked_invite_is_not_made_again()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        DatasetId dataset = (await facility.DatasetAsync("a")).Id;
        Caller admin = await facility.AdminAsync();
        _ = (await facility.Zone.Invites.RevokeAsync(
            admin, (await facility.Zone.Invites.ListAsync(admin, dataset, Ct)).Value.Single().Id, Ct)).Value;

        await facility.RestartAsync();
        await facility.LookAsync("a");

        Assert.Single((await facility.Zone.Invites.ListAsync(await facility.AdminAsync(), dataset, Ct)).Value);
    }

    [Fact]
    public async Task Accepting_the_invite_gives_a_user_the_right_to_read_the_dataset()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("a");
        await facility.LookAsync("a");
        string code = File.ReadAllText(facility.PathOf("a", ".hutch-invite")).Trim().Split("code=")[1];
        Caller anna = await facility.UserAsync("anna");

        _ = (await facility.Zone.InviteLogins.AcceptAsync(anna, code, new LoginOrigin(null, null), Ct)).Value;

        DatasetId dataset = (await facility.DatasetAsync("a")).Id;
        Assert.Equal(Rights.Read, (await facility.Datasets.Datasets.GetAsync(anna, dataset, Ct)).Value.Rights.Highest());
    }

    [Fact]
    public async Task An_unknown_owner_is_reported()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Owner = "nobody" });
        facility.Drop("a");

        await facility.LookAsync("a");

        Assert.Equal(FacilityFolderState.Attention, facility.Status("a").State);
        Assert.Contains("nobody", facility.InBlock("a", "Error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_owns_the_datasets_that_the_rule_gives_it()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, Owner = "cryoem" });
        _ = (await facility.Zone.Groups.CreateAsync(await facility.AdminAsync(), "cryoem", null, Ct)).Value;
        facility.Drop("session");

        await facility.LookAsync("session");

        Assert.Equal("cryoem/session", facility.Status("session").Name);
    }

    [Fact]
    public async Task A_folder_belongs_to_the_visit_that_its_metadata_name_until_it_ends()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, VisitKey = "Visit" });
        Caller admin = await facility.AdminAsync();
        var visit = new VisitDraft
        {
            Name = "cm1-1",
            Proposal = "cm1",
            Begin = facility.Time.GetUtcNow(),
            End = facility.Time.GetUtcNow().AddDays(1),
            People = [new VisitPerson("admin", VisitRole.PrincipalInvestigator)],
        };
        _ = (await facility.Zone.Visits.PutAsync(admin, visit, Ct)).Value;
        facility.Drop("during", lines: "Visit: CM1-1\n");
        facility.Drop("alone", Guid.NewGuid().ToString());
        facility.Drop("unknown", Guid.NewGuid().ToString(), "Visit: cm1-2\n");
        facility.Drop("unclear", Guid.NewGuid().ToString(), "Visit: [cm1-1]\n");

        await facility.LookAsync("during", "alone", "unknown", "unclear");
        _ = (await facility.Zone.Visits.EndAsync(await facility.AdminAsync(), "cm1-1", Ct)).Value;
        facility.Drop("late", Guid.NewGuid().ToString(), "Visit: cm1-1\n");
        await facility.LookAsync("late");

        Assert.Equal("cm1-1/during", facility.Status("during").Name);
        Assert.Equal("admin/alone", facility.Status("alone").Name);
        Assert.All((string[])["unknown", "unclear", "late"], name => Assert.Equal(FacilityFolderState.Attention, facility.Status(name).State));
        Assert.Contains("The visit cm1-1 ended", facility.InBlock("late", "Error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_only_creates_datasets_of_a_visit_publishes_its_folders_without_links_and_invites()
    {
        await using Facility facility = await Facility.OpenAsync(
            parent => new WatchedFolderOptions { Watch = parent, VisitKey = "Visit", Close = true, Visibility = "public" });
        await PutVisitAsync(facility);
        facility.Account = "krios";
        await facility.RestartAsync();
        facility.Write("a", ".running", "");
        facility.Drop("a", lines: "Visit: cm1-1\n");
        await facility.LookAsync("a");
        facility.Write("a", "movie.mrc", "1");
        File.Delete(facility.PathOf("a", ".running"));

        await facility.LookAsync("a", "a");
        await facility.HashAsync();
        await facility.LookAsync("a");

        SiteDataset dataset = await facility.DatasetAsync("a");
        Assert.Equal(("cm1-1", FacilityFolderState.Published), (dataset.Owner, facility.Status("a").State));
        Assert.Equal((1, null), (dataset.Snapshot, dataset.Closed));
        Assert.Equal("https://hutch.example.org/datasets/" + dataset.Id, facility.InBlock("a", "PublicURL"));
        Assert.Null(facility.InBlock("a", "InviteFile"));
        Assert.False((await facility.Reader.Metadata.GetAsync(Caller.Anonymous, dataset.Id, Ct)).IsOk);
        Assert.Contains(facility.Status("a").Notices, notice => notice.Contains("no invite was made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_dataset_of_a_visit_keeps_what_was_in_its_folder_at_the_end()
    {
        await using Facility facility = await Facility.OpenAsync(parent => new WatchedFolderOptions { Watch = parent, VisitKey = "Visit" });
        await PutVisitAsync(facility);
        facility.Drop("a", lines: "Visit: cm1-1\n");
        facility.Write("a", "early", "1");
        await facility.LookAsync("a");
        facility.Write("a", "last", "2");

        // The times of changes are those of the file system, whose clock ticks each few milliseconds.
        await Task.Delay(20, Ct);
        _ = (await facility.Zone.Visits.EndAsync(await facility.AdminAsync(), "cm1-1", Ct)).Value;
        await Task.Delay(20, Ct);

        facility.Write("a", "late", "3");
        File.Delete(facility.PathOf("a", "early"));
        facility.Write("a", "SPA.yml", facility.Metadata("a") + "Remark: late\n");
        await facility.LookAsync("a");

        SiteDataset dataset = await facility.DatasetAsync("a");
        Assert.Equal(["SPA.yml", "early", "last"], (await facility.EntriesAsync(dataset)).Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            "late", (await facility.Reader.Metadata.GetAsync(await facility.AdminAsync(), dataset.Id, Ct)).Value!.Document,
            StringComparison.Ordinal);
        Assert.Contains(facility.Status("a").Notices, notice => notice.Contains("after the visit cm1-1 ended", StringComparison.Ordinal));
        await facility.RestartAsync();
        await facility.LookAsync("a");
        Assert.Equal(["SPA.yml", "early", "last"], (await facility.EntriesAsync(dataset)).Keys.Order(StringComparer.Ordinal));
    }

    private static async Task PutVisitAsync(Facility facility)
    {
        Caller admin = await facility.AdminAsync();
        _ = (await facility.Zone.Accounts.CreateUserAsync(admin, "krios", null, [], Ct)).Value;
        var visit = new VisitDraft
        {
            Name = "cm1-1",
            Proposal = "cm1",
            Begin = facility.Time.GetUtcNow(),
            End = facility.Time.GetUtcNow().AddDays(1),
            People = [new VisitPerson("admin", VisitRole.PrincipalInvestigator)],
            Creators = ["krios"],
        };
        _ = (await facility.Zone.Visits.PutAsync(admin, visit, Ct)).Value;
    }

    [Fact]
    public async Task A_letter_says_what_the_mail_says_with_a_new_invite()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("session");
        await facility.LookAsync("session");

        string letter = (await facility.Folders.DraftInviteMailAsync(facility.PathOf("session"), Ct)).Value;

        Assert.StartsWith("Your data at hutch.example.org: admin/session\n\nThe facility publishes your data", letter, StringComparison.Ordinal);
        Assert.Contains($"https://hutch.example.org/datasets/{(await facility.DatasetAsync("session")).Id}", letter, StringComparison.Ordinal);
        Assert.Contains("https://hutch.example.org/invite#code=hutchinvite_", letter, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadAsync(BlobContent content)
    {
        var bytes = new MemoryStream();
        await foreach (ReadOnlyMemory<byte> part in content.ReadAsync(0, content.Size, Ct))
        {
            bytes.Write(part.Span);
        }

        return bytes.ToArray();
    }
}

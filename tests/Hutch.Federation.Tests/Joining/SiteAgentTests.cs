using Hutch.Agent;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Datasets.Facility;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Delivery;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;

namespace Hutch.Federation.Tests.Joining;

/// <summary>The agent of a site of a zone makes datasets at home there, with and without the zone.</summary>
public sealed class SiteAgentTests : IAsyncLifetime
{
    private readonly string _watched = Directory.CreateTempSubdirectory("hutch-agent-").FullName;
    private readonly Post _post = new();
    private SiteServer _zone = null!;
    private SiteServer _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        WatchedFolderOptions shown = new() { Watch = Directory.CreateDirectory(Path.Combine(_watched, "shown")).FullName, Visibility = "public" };
        WatchedFolderOptions kept = new() { Watch = Directory.CreateDirectory(Path.Combine(_watched, "kept")).FullName };
        _zone = await SiteServer.StartAsync(publicUrl: new Uri("https://zone.example.org"), mail: _post);
        _site = await SiteServer.StartAsync("new", agent: new AgentOptions { Folders = [shown, kept] });
        await _site.JoinAsync(_zone, "beamline");
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _zone.DisposeAsync();
        Directory.Delete(_watched, recursive: true);
    }

    [Fact]
    public async Task A_folder_becomes_a_dataset_at_home_at_the_site_with_a_link_an_invite_and_a_mail_of_the_zone()
    {
        DatasetId id = await PublishAsync("kept/first", "https://zone.example.org/");

        Assert.Equal("beamline", (await _zone.Admin.GetCopiesAsync(id, Ct)).Home);
        Assert.Equal("private", (await _zone.Admin.GetDatasetAsync(id, Ct)).Visibility);
        string block = await File.ReadAllTextAsync(Path.Combine(_watched, "kept", "first", "SPA.yml"), Ct);
        using HutchClient stranger = _zone.With(block.Split("https://zone.example.org/")[1].Split('#', '\n', '"', '\'')[1]);
        Assert.Equal("read", (await stranger.GetDatasetAsync(id, Ct)).YourRight);

        string invite = await File.ReadAllTextAsync(Path.Combine(_watched, "kept", "first", ".hutch-invite"), Ct);
        OutgoingMail mail = await _post.Taken;
        Assert.Equal("user@example.org", mail.To);
        await AcceptAsync(id, "anna", invite);
        await AcceptAsync(id, "ben", mail.Body);
    }

    [Fact]
    public async Task The_zone_makes_a_dataset_public_as_the_rule_of_the_folder_says()
    {
        DatasetId id = await PublishAsync("shown/first", "https://hutch.example.org/datasets/");

        Assert.Equal("public", (await _zone.Admin.GetDatasetAsync(id, Ct)).Visibility);
    }

    /// <summary>Mission 1.1: the link of fs2od is in the description for publication, which the zone has.</summary>
    [Fact]
    public async Task The_zone_takes_the_former_address_of_a_folder_as_a_related_identifier()
    {
        DatasetId id = await PublishAsync("kept/fourth", "https://zone.example.org/");
        Caller agent = (await _site.Zone.Authenticator.ForSiteAsync("admin", TokenScope.Full, Ct)).Value;
        async Task<Result<FolderAnswer>> RelateAsync(string address) => await _site.Modules.Folders.DoAsync(
            agent, new FolderRequest(id, FolderAct.Relate) { Detail = address }, Ct);

        Result<FolderAnswer> wrong = await RelateAsync("javascript:alert(1)");
        Assert.True((await RelateAsync("https://old.example.org/share")).IsOk);

        Assert.Equal(ErrorCode.BadRequest, wrong.Error?.Code);
        PublicationInfo draft = await _zone.Admin.GetPublicationAsync(id, Ct);
        Assert.Equal([("https://old.example.org/share", "IsIdenticalTo")], draft.Description.Related.Select(static one => (one.Identifier, one.Relation)));
    }

    [Theory]
    [InlineData(FolderAct.Invite)]
    [InlineData(FolderAct.Link)]
    [InlineData(FolderAct.Show)]
    [InlineData(FolderAct.Relate)]
    [InlineData(FolderAct.MailPublished)]
    public async Task A_site_gets_no_invite_and_no_mail_for_a_dataset_whose_home_is_elsewhere(FolderAct act)
    {
        DatasetId elsewhere = (await _zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "elsewhere" }, Ct)).Id;
        while (!await IsKnownAsync(_site, elsewhere))
        {
            await Task.Delay(20, Ct);
        }

        Caller agent = (await _site.Zone.Authenticator.ForSiteAsync("admin", TokenScope.Full, Ct)).Value;

        Result<FolderAnswer> answer = await _site.Modules.Folders.DoAsync(
            agent, new FolderRequest(elsewhere, act) { Visibility = Visibility.Public, Detail = "https://old.example.org/share", Addresses = ["eve@example.org"] }, Ct);

        Assert.Equal(ErrorCode.NotFound, answer.Error?.Code);
        Assert.Contains("not at home", answer.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_makes_no_invite_with_the_token_of_a_login_there()
    {
        DatasetId id = await PublishAsync("kept/third", "https://zone.example.org/");
        await _zone.Admin.SetSitePortalAsync("beamline", new SetSitePortal { Address = "https://beamline.example.org" }, Ct);
        await _zone.AllowAsync("admin", "beamline");
        ExchangedTokenInfo login = await _zone.Admin.ExchangeTokenAsync("beamline", Ct);
        using HutchClient there = _site.With(login.Token);
        await SiteServer.UntilKnownAsync(there);

        Caller caller = (await _site.Zone.Authenticator.AuthenticateAsync(login.Token, null, Ct)).Value;
        Result<FolderAnswer> answer = await _site.Modules.Folders.DoAsync(caller, new FolderRequest(id, FolderAct.Invite), Ct);

        Assert.Equal(ErrorCode.Forbidden, answer.Error?.Code);
    }

    [Fact]
    public async Task A_folder_becomes_a_dataset_while_the_zone_is_away_which_learns_of_it_afterwards()
    {
        await _zone.StopAsync();
        DatasetId id = await PublishAsync("kept/second", "https://hutch.example.org/datasets/");
        await _zone.StartAgainAsync();

        while (!await IsKnownAsync(_zone, id))
        {
            await Task.Delay(20, Ct);
        }

        Assert.Equal("beamline", (await _zone.Admin.GetCopiesAsync(id, Ct)).Home);
    }

    /// <summary>Accepts an invite of the zone as a new person, who may read then.</summary>
    private async Task AcceptAsync(DatasetId dataset, string name, string text)
    {
        string code = text.Split("https://zone.example.org/invite#code=")[1].Split('\n')[0].Trim();
        using HutchClient person = _zone.With((await _zone.Admin.CreateUserAsync(new CreateUser { Name = name }, Ct)).Token!);
        Caller caller = (await _zone.Zone.Authenticator.ForWorkAsync(name, TokenScope.Full, Ct)).Value;
        Assert.True((await _zone.Zone.InviteLogins.AcceptAsync(caller, code, new LoginOrigin(null, null), Ct)).IsOk);
        Assert.Equal("read", (await person.GetDatasetAsync(dataset, Ct)).YourRight);
    }

    /// <summary>Writes a metadata file, and waits for its dataset.</summary>
    private async Task<DatasetId> PublishAsync(string name, string address)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_watched, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "frame.bin"), name, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "SPA.yml"), $"DataId: {name}\nType: SPA\nUser:\n  Email: user@example.org\n", Ct);
        while (true)
        {
            // Its block is written last.
            if (await _site.Site.FolderRecords.InFolderAsync(folder, Ct) is { } made
                && (await File.ReadAllTextAsync(Path.Combine(folder, "SPA.yml"), Ct)).Contains(address, StringComparison.Ordinal))
            {
                return made.Id;
            }

            await Task.Delay(50, Ct);
        }
    }

    private static async Task<bool> IsKnownAsync(SiteServer at, DatasetId id)
    {
        try
        {
            await at.Admin.GetDatasetAsync(id, Ct);
            return true;
        }
        catch (HutchException)
        {
            return false;
        }
    }

    /// <summary>A mail server that keeps the first mail.</summary>
    private sealed class Post : IMailTransport
    {
        private readonly TaskCompletionSource<OutgoingMail> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<OutgoingMail> Taken => _taken.Task.WaitAsync(Ct);

        public Task SendAsync(OutgoingMail mail, CancellationToken ct)
        {
            _taken.TrySetResult(mail);
            return Task.CompletedTask;
        }
    }
}

using Hutch.Zone.Authorization;
using Hutch.Zone.Delivery;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;

namespace Hutch.Agent.Tests.Publishing;

public sealed class FolderMailTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_user_whom_the_file_names_is_mailed_the_page_and_an_invite_once()
    {
        var post = new Post();
        await using Facility facility = await Facility.OpenAsync(mail: post);
        facility.Drop("session");
        await facility.LookAsync("session", "session");
        facility.Drop("session", lines: "Remark: again\n");
        await facility.LookAsync("session");
        await facility.RestartAsync();
        await facility.LookAsync("session");

        await facility.Zone.MailSender.SendDueAsync(Ct);

        OutgoingMail mail = Assert.Single(post.Taken);
        Assert.Equal("user@example.org", mail.To);
        Assert.Contains($"https://hutch.example.org/datasets/{(await facility.DatasetAsync("session")).Id}", mail.Body, StringComparison.Ordinal);
        string code = mail.Body.Split("#code=")[1].Split('\n')[0].Trim();
        Caller anna = await facility.UserAsync("anna");
        Assert.True((await facility.Zone.InviteLogins.AcceptAsync(anna, code, new LoginOrigin(null, null), Ct)).IsOk);
    }

    [Theory]
    [InlineData("NotifyCompletion: true", 1)]
    [InlineData("NotifyCompletion: false", 0)]
    public async Task The_end_of_acquisition_is_mailed_where_the_file_asks_for_it(string line, int mails)
    {
        var post = new Post();
        await using Facility facility = await Facility.OpenAsync(mail: post);
        facility.Write("session", ".running", "");
        facility.Drop("session");
        facility.Write(
            "session", "SPA.yml", facility.Metadata("session").Replace("NotifyCompletion: true", line, StringComparison.Ordinal));
        await facility.LookAsync("session");
        await facility.Zone.MailSender.SendDueAsync(Ct);
        post.Taken.Clear();

        File.Delete(facility.PathOf("session", ".running"));
        await facility.LookAsync("session", "session");
        await facility.RestartAsync();
        await facility.LookAsync("session");
        await facility.Zone.MailSender.SendDueAsync(Ct);

        Assert.Equal(mails, post.Taken.Count);
        Assert.All(post.Taken, mail => Assert.Contains("ended", mail.Subject, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_mail_server_no_additional_invites_are_created_for_mails()
    {
        await using Facility facility = await Facility.OpenAsync();
        facility.Drop("session");

        await facility.LookAsync("session", "session");

        Assert.Single((await facility.Zone.Invites.ListAsync(
            await facility.AdminAsync(), (await facility.DatasetAsync("session")).Id, Ct)).Value);
    }

    /// <summary>A mail server that keeps what it gets.</summary>
    private sealed class Post : IMailTransport
    {
        public List<OutgoingMail> Taken { get; } = [];

        public Task SendAsync(OutgoingMail mail, CancellationToken ct)
        {
            Taken.Add(mail);
            return Task.CompletedTask;
        }
    }
}

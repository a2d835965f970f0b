using Hutch.Agent.Rules;
using Hutch.Zone.Mail;

namespace Hutch.Agent.Publishing;

/// <summary>Drafts of mails that invite people to published datasets, for a facility that sends them itself.</summary>
internal sealed class InviteDrafts(
    IReadOnlyList<FolderRule> rules, FolderRecords records, AgentAccount account, PublishedAccess access, Mailbox mailbox)
{
    /// <summary>Drafts the mail for a published folder, with a new invite.</summary>
    public async Task<Result<string>> DraftAsync(string folder, CancellationToken ct)
    {
        if (await records.InFolderAsync(folder, ct) is not { } dataset || FolderRule.Find(rules, folder) is not { } rule)
        {
            return (ErrorCode.NotFound with { Advice = "`hutch agent explain FOLDER` says what becomes of a folder." })
                .With($"{Display.Quote(folder)} is not published.");
        }

        if (!(await account.CallerAsync(ct)).TryGet(out Caller? caller, out HutchError? refusal))
        {
            return refusal;
        }

        Result<FolderAnswer> issued = await access.InviteAsync(caller, rule, dataset.Id, ct);
        return issued.Then<string>(invite =>
        {
            string name = $"{dataset.Owner}/{dataset.Slug}";
            MailText mail = mailbox.WritePublished(dataset.Id, name, invite.Address!, invite.Expires!.Value);
            return $"{mail.Subject}\n\n{mail.Body}";
        });
    }
}

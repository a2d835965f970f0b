using Hutch.Agent.Survey;
using Hutch.Agent.Watching;
using Hutch.Types.Mapping;
using Hutch.Zone.Grants;
using Hutch.Zone.Mail;

namespace Hutch.Agent.Publishing;

/// <summary>Mails to the people in a metadata file. Without mail, and at a site of another zone, nothing is sent or made for it.</summary>
internal sealed class FolderMail(PublishedAccess access, DatasetNotices notices, Mailbox mailbox)
{
    /// <summary>The addresses of those people, each once.</summary>
    public static string[] AddressesIn(MappedMetadata mapped) =>
        [.. mapped.Contacts.Select(contact => contact.Email).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Mails the address of the dataset with an invite, once; each person gets an invite of their own.</summary>
    public async Task<Result<PublicationState>> NotifyPublishedAsync(
        Caller caller, FolderPlan plan, IReadOnlyList<string> addresses, DatasetId dataset, PublicationState state, CancellationToken ct)
    {
        if (!mailbox.IsOn || state.IsMailed || addresses.Count == 0 || !await access.MayShareAsync(caller, dataset, ct))
        {
            return state;
        }

        foreach (string address in addresses)
        {
            Result<IssuedInvite> invite = await access.IssueInviteAsync(caller, plan.Rule, dataset, uses: 1, ct);
            if (!invite.IsOk)
            {
                return invite.Error;
            }

            Result<int> told = await notices.NotifyAsync(dataset, DatasetNotice.Published(invite.Value.Invite), [address], ct);
            if (!told.IsOk)
            {
                return told.Error;
            }
        }

        return state with { IsMailed = true };
    }

    /// <summary>Mails that acquisition has ended, if the metadata file asks for that. Each end is mailed once.</summary>
    public async Task<Result<Done>> NotifyEndedAsync(
        FolderPlan plan, IReadOnlyList<string> addresses, DatasetId dataset, DateTimeOffset ended, FolderScanResult result,
        CancellationToken ct)
    {
        bool isWanted = plan.Metadata.Find(plan.Rule.Options.NotifyKey) is YamlScalar { Text: var text }
            && bool.TryParse(text, out bool wanted) && wanted;
        return !mailbox.IsOn || !access.MayNotify || !isWanted || addresses.Count == 0
            ? Done.Value
            : (await notices.NotifyAsync(dataset, DatasetNotice.AcquisitionEnded(ended, result.Files, result.Bytes), addresses, ct))
                .Then<Done>(_ => Done.Value);
    }
}

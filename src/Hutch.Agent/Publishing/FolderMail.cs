using Hutch.Agent.Survey;
using Hutch.Agent.Watching;
using Hutch.Types.Mapping;

namespace Hutch.Agent.Publishing;

/// <summary>Mails to the people in a metadata file, which the zone sends at a site of one. Without mail, nothing is sent or made.</summary>
internal sealed class FolderMail(PublishedAccess access, FolderSharing sharing)
{
    /// <summary>The addresses of those people, each once.</summary>
    public static string[] AddressesIn(MappedMetadata mapped) =>
        [.. mapped.Contacts.Select(contact => contact.Email).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Mails the address of the dataset with an invite, once; each person gets an invite of their own.</summary>
    public async Task<Result<PublicationState>> NotifyPublishedAsync(
        Caller caller, FolderPlan plan, IReadOnlyList<string> addresses, DatasetId dataset, PublicationState state, CancellationToken ct)
    {
        if (!sharing.MayMail || state.IsMailed || addresses.Count == 0 || !await access.MayShareAsync(caller, dataset, ct))
        {
            return state;
        }

        Result<FolderAnswer> mailed = await sharing.DoAsync(
            caller, access.InviteRequest(plan.Rule, dataset, FolderAct.MailPublished) with { Addresses = addresses }, ct);
        return mailed.IsOk ? state with { IsMailed = mailed.Value.IsMailOn }
            : access.MayWait ? state
            : mailed.Error;
    }

    /// <summary>Mails that acquisition has ended, if the metadata file asks for that. Each end is mailed once.</summary>
    public async Task<Result<Done>> NotifyEndedAsync(
        Caller caller, FolderPlan plan, IReadOnlyList<string> addresses, DatasetId dataset, DateTimeOffset ended, FolderScanResult result,
        CancellationToken ct)
    {
        bool isWanted = plan.Metadata.Find(plan.Rule.Options.NotifyKey) is YamlScalar { Text: var text }
            && bool.TryParse(text, out bool wanted) && wanted;
        if (!sharing.MayMail || !isWanted || addresses.Count == 0)
        {
            return Done.Value;
        }

        var request = new FolderRequest(dataset, FolderAct.MailEnded)
        {
            Addresses = addresses,
            Time = ended,
            Files = result.Files,
            Bytes = result.Bytes,
        };
        Result<FolderAnswer> mailed = await sharing.DoAsync(caller, request, ct);
        return mailed.IsOk || access.MayWait ? Done.Value : mailed.Error;
    }
}

using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Model.Zone;
using Hutch.Zone.Names;

namespace Hutch.Agent.Publishing;

internal sealed class PublishedAccess(
    DatasetNames names, Authorizer authorizer, FolderSharing sharing, Uri portal, TimeProvider time)
{
    private static readonly string[] AtZone =
    [
        "no invite was made, and the dataset is private: the agent's account needs a token for this site with the scope manage "
        + "(`hutch token create --site`, at the zone).",
    ];

    private static readonly string[] ByVisit =
        ["no invite was made: the agent's account only creates datasets of their owner. The owner decides about readers and the embargo."];

    /// <summary>
    /// True if the agent changes the rights of a dataset, at a site of another zone by a request to that zone. An account that only creates
    /// datasets of a visit changes none.
    /// </summary>
    public async ValueTask<bool> MayShareAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        (await authorizer.AuthorizeAsync(caller, dataset, Operation.InviteCreate, ct)).IsOk;

    /// <summary>
    /// True for a refusal that must not stop the publication: at a site of another zone, which may be away, or know the dataset later.
    /// </summary>
    public bool MayWait => names.AreOfAnotherZone;

    /// <summary>The agent's portal, which may have another address than the zone's. At a site of another zone, the zone's counts.</summary>
    private Uri? Portal => names.AreOfAnotherZone ? null : portal;

    public async ValueTask<IReadOnlyList<string>> NoticesAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await MayShareAsync(caller, dataset, ct) ? [] : names.AreOfAnotherZone ? AtZone : ByVisit;

    /// <summary>Returns the visit that owns a dataset, if it has ended; otherwise null.</summary>
    public async ValueTask<VisitRecord?> FindEndedVisitAsync(SiteDataset dataset, CancellationToken ct) =>
        await names.FindVisitAsync(dataset.Owner, ct) is { } visit && visit.HasEnded(time.GetUtcNow()) ? visit : null;

    /// <summary>Sets the visibility that the rule asks for, when that is another than the rule last asked for.</summary>
    public async Task<Result<PublicationState>> SetVisibilityAsync(
        Caller caller, FolderPlan plan, IReadOnlyList<string> lineage, SiteDataset dataset, PublicationState state, CancellationToken ct)
    {
        if (!FindVisibility(plan, plan.Rule.VisibilityOf(lineage), dataset).TryGet(out Visibility? wanted, out HutchError? refusal))
        {
            return refusal;
        }

        string words = wanted == Visibility.Private ? "private" : $"public {wanted.From?.UtcDateTime:O}";
        if (state.Visibility == words || (state.Visibility is null && wanted == Visibility.Private))
        {
            return state with { Visibility = words };
        }

        if (!await MayShareAsync(caller, dataset.Id, ct))
        {
            return state;
        }

        Result<FolderAnswer> set = await sharing.DoAsync(
            caller, new FolderRequest(dataset.Id, FolderAct.Show) { Visibility = wanted }, ct);
        return set.IsOk ? state with { Visibility = words } : MayWait ? state : set.Error;
    }

    /// <summary>Makes each address that the data had with fs2od a related identifier, once: people may remove it.</summary>
    public async Task<Result<PublicationState>> RelateAsync(
        Caller caller, FolderPlan plan, DatasetId dataset, PublicationState state, CancellationToken ct)
    {
        string[] links = [.. plan.FormerLinks.Except(state.Related ?? [])];
        if (links.Length == 0 || !await MayShareAsync(caller, dataset, ct))
        {
            return state;
        }

        foreach (string link in links)
        {
            Result<FolderAnswer> added = await sharing.DoAsync(
                caller, new FolderRequest(dataset, FolderAct.Relate) { Detail = link }, ct);
            if (!added.IsOk)
            {
                return MayWait ? state : added.Error;
            }

            state = state with { Related = [.. state.Related ?? [], link] };
        }

        return state;
    }

    /// <summary>
    /// The address for the block: the dataset's page if the dataset is or becomes public. Else it is a share link until that ends, and then
    /// the page, visible only to members. At a site of another zone the link is the zone's; while the zone makes none, it is the page.
    /// </summary>
    public async Task<Result<(string Url, PublicationState State)>> AddressAsync(
        Caller caller, FolderPlan plan, DatasetId dataset, string? present, PublicationState state, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        string page = PortalUrl.OfDataset(portal, dataset);
        if (access.Value.Dataset.Visibility.Right != Rights.None)
        {
            return await WithoutLinkAsync(caller, dataset, page, state, ct);
        }

        DateTimeOffset now = time.GetUtcNow();
        bool mayShare = MayWait || await MayShareAsync(caller, dataset, ct);
        if (state.LinkEnds <= now || !mayShare)
        {
            return (page, state);
        }

        if (state.Link is { } link && present?.Contains(link, StringComparison.Ordinal) == true)
        {
            return (present, state);
        }

        // Only the block has the secret: a removed secret cannot be restored.
        if (state.Link is { } lost)
        {
            await UnlinkAsync(caller, dataset, lost, ct);
        }

        var request = new FolderRequest(dataset, FolderAct.Link) { Life = plan.Rule.LinkLife.After(now) - now, Portal = Portal };
        Result<FolderAnswer> made = await sharing.DoAsync(caller, request, ct);
        return made.IsOk
            ? (made.Value.Address ?? page, state with { Link = made.Value.Id, LinkEnds = made.Value.Expires })
            : MayWait ? (page, state with { Link = null })
            : made.Error;
    }

    /// <summary>Makes an invite with the right and the life that the rule says; its address is the one at which it is accepted.</summary>
    public Task<Result<FolderAnswer>> InviteAsync(Caller caller, FolderRule rule, DatasetId dataset, CancellationToken ct) =>
        sharing.DoAsync(caller, InviteRequest(rule, dataset, FolderAct.Invite), ct);

    /// <summary>A request that makes invites as the rule says.</summary>
    public FolderRequest InviteRequest(FolderRule rule, DatasetId dataset, FolderAct act)
    {
        DateTimeOffset now = time.GetUtcNow();
        return new FolderRequest(dataset, act)
        {
            Right = rule.InviteRight,
            Life = rule.InviteLife.After(now) - now,
            Uses = rule.Options.Invite.Uses,
            Portal = Portal,
        };
    }

    /// <summary>Revokes an invite; one that is not there any more is revoked already.</summary>
    public async Task RevokeInviteAsync(Caller caller, DatasetId dataset, string invite, CancellationToken ct) =>
        await sharing.DoAsync(caller, new FolderRequest(dataset, FolderAct.Withdraw) { Withdrawn = invite }, ct);

    private async Task UnlinkAsync(Caller caller, DatasetId dataset, string link, CancellationToken ct) =>
        await sharing.DoAsync(caller, new FolderRequest(dataset, FolderAct.Unlink) { Withdrawn = link }, ct);

    private async Task<Result<(string Url, PublicationState State)>> WithoutLinkAsync(
        Caller caller, DatasetId dataset, string page, PublicationState state, CancellationToken ct)
    {
        if (state.Link is { } link)
        {
            // Not there any more is as good.
            await UnlinkAsync(caller, dataset, link, ct);
        }

        return (page, state with { Link = null, LinkEnds = null });
    }

    private static Result<Visibility> FindVisibility(FolderPlan plan, VisibilityRule rule, SiteDataset dataset)
    {
        DateTimeOffset created = DateTimeOffset.FromUnixTimeMilliseconds(dataset.Created);
        return rule switch
        {
            { IsPublic: false } => Visibility.Private,
            { From: { } from } => Visibility.PublicAfter(from),
            { After: { } span } => Visibility.PublicAfter(span.After(created)),
            { Key: { } key } => ParseVisibility(plan.Metadata.Find(key), key, created),
            _ => Visibility.Public,
        };
    }

    private static Result<Visibility> ParseVisibility(YamlValue? value, string key, DateTimeOffset created) =>
        value is not YamlScalar { Text: var text }
            ? VisibilityRule.NotSaid(key)
            : VisibilityRule.TryReadDate(text, out DateTimeOffset date)
                ? Visibility.PublicAfter(date)
                : CalendarSpan.Parse(text).Then<Visibility>(span => Visibility.PublicAfter(span.After(created)));
}

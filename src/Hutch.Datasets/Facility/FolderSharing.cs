using Hutch.Model.Publications;
using Hutch.Publishing.Identifiers;
using Hutch.Zone.Grants;
using Hutch.Zone.Mail;
using Hutch.Zone.Publishing;

namespace Hutch.Datasets.Facility;

/// <summary>
/// The invites, share links, visibility and mails of facility folders, after a check of the rights of the agent's account. At a site of a
/// zone, the zone makes and sends them.
/// </summary>
public sealed class FolderSharing
{
    /// <summary>The most addresses of one request.</summary>
    public const int MaxAddresses = 100;

    public const int MaxDetailCharacters = 200;

    /// <summary>The refusal of an invite or a share link at a zone without a public address.</summary>
    public static readonly HutchError NoPortal = (ErrorCode.Unprocessable with
    {
        Advice = "Ask the administrator of the zone to set 'server.publicUrl' there.",
    }).With("Invites and share links stand under the public address of the zone, and it has none.");

    private readonly Authorizer _authorizer;
    private readonly Invites _invites;
    private readonly Sharing _sharing;
    private readonly DatasetNotices _notices;
    private readonly Publications _publications;
    private readonly Mailbox _mailbox;
    private readonly SiteRegistry _sites;
    private readonly IZoneFolders? _zone;
    private readonly Uri? _portal;

    /// <param name="zone">The zone that this site has joined or may join; null where there are no other sites.</param>
    /// <param name="portal">The public address of this server; null where it is not configured.</param>
    public FolderSharing(
        Authorizer authorizer, Invites invites, Sharing sharing, Publications publications, DatasetNotices notices, Mailbox mailbox,
        SiteRegistry sites, IZoneFolders? zone, Uri? portal)
    {
        (_authorizer, _invites, _sharing, _publications) = (authorizer, invites, sharing, publications);
        (_notices, _mailbox, _sites, _zone, _portal) = (notices, mailbox, sites, zone, portal);
    }

    /// <summary>True at a site of another zone, which asks that zone.</summary>
    public bool IsAtZone => _sites.Zone is not null;

    /// <summary>False if no mail can be sent from here. At a site of another zone, the zone knows.</summary>
    public bool MayMail => IsAtZone || _mailbox.IsOn;

    public async Task<Result<FolderAnswer>> DoAsync(Caller caller, FolderRequest request, CancellationToken ct)
    {
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, request.Dataset, Operation.InviteCreate, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        if (!IsAtZone)
        {
            return await AnswerAsync(caller, request, ct);
        }

        if (caller.Token is null || _zone is null)
        {
            return ErrorCode.Forbidden.With("At a site of a zone, the agent needs a token of its account for that site.");
        }

        return await _zone.DoAsync(caller.Token.Id, request, ct);
    }

    private async Task<Result<FolderAnswer>> AnswerAsync(Caller caller, FolderRequest request, CancellationToken ct)
    {
        if (request.Addresses.Count > MaxAddresses || request.Detail?.Length > MaxDetailCharacters)
        {
            return ErrorCode.TooLarge.With(
                $"A mail goes to at most {MaxAddresses} addresses, with at most {MaxDetailCharacters} characters of detail.");
        }

        DateTimeOffset time = request.Time ?? default;
        Uri? portal = request.Portal ?? _portal;
        return request.Act switch
        {
            FolderAct.Invite or FolderAct.Link when portal is null => NoPortal,
            FolderAct.Invite =>
                (await InviteAsync(caller, request, request.Uses, ct)).Then<FolderAnswer>(made => new FolderAnswer(
                    made.Invite.Id, PortalUrl.OfInvite(portal!, made.Code.Reveal()), made.Invite.ExpiresAt)),
            FolderAct.Withdraw => (await _invites.RevokeAsync(caller, request.Withdrawn ?? "", ct)).Then<FolderAnswer>(
                static _ => new FolderAnswer()),
            FolderAct.Link => (await _sharing.CreateLinkAsync(caller, request.Dataset, request.Right, request.Life, ct)).Then<FolderAnswer>(
                made => new FolderAnswer(made.Link.Id, PortalUrl.OfLink(portal!, made.Secret.Reveal()), made.Link.ExpiresAt)),
            FolderAct.Unlink => (await _sharing.RevokeLinkAsync(caller, request.Dataset, request.Withdrawn ?? "", ct)).Then<FolderAnswer>(
                static _ => new FolderAnswer()),
            FolderAct.Show => (await _sharing.SetVisibilityAsync(
                caller, request.Dataset, request.Visibility ?? Visibility.Private, ct)).Then<FolderAnswer>(static _ => new FolderAnswer()),
            FolderAct.Relate => await RelateAsync(caller, request, ct),
            FolderAct.MailPublished or FolderAct.MailEnded when !_mailbox.IsOn => new FolderAnswer { IsMailOn = false },
            FolderAct.MailPublished => await MailPublishedAsync(caller, request, ct),
            FolderAct.MailEnded => Told(await _notices.NotifyAsync(
                request.Dataset, DatasetNotice.AcquisitionEnded(time, request.Files, request.Bytes), request.Addresses, caller.Actor, ct)),
            FolderAct.MailReminder => Told(await _notices.NotifyOwnerAsync(
                request.Dataset, DatasetNotice.RetentionReminder(time, request.Detail ?? ""), request.Addresses, caller.Actor, ct)),
            _ => Told(await _notices.NotifyOwnerAsync(
                request.Dataset, DatasetNotice.RetentionEnded(time, request.Detail ?? ""), request.Addresses, caller.Actor, ct)),
        };
    }

    private async Task<Result<FolderAnswer>> RelateAsync(Caller caller, FolderRequest request, CancellationToken ct)
    {
        if (WebAddress.Parse(request.Detail) is not { } address)
        {
            return ErrorCode.BadRequest.With("A related identifier of a folder is an address that begins with https:// or http://.");
        }

        var work = new RelatedWork { Identifier = address, Relation = "IsIdenticalTo" };
        return (await _publications.RelateAsync(caller, request.Dataset, work, ct)).Then<FolderAnswer>(static _ => new FolderAnswer());
    }

    /// <summary>Mails an invite to each person, of their own. Repeating it notifies again those who were not notified yet.</summary>
    private async Task<Result<FolderAnswer>> MailPublishedAsync(Caller caller, FolderRequest request, CancellationToken ct)
    {
        int sent = 0;
        foreach (string address in request.Addresses)
        {
            if (!(await InviteAsync(caller, request, 1, ct)).TryGet(out IssuedInvite? invite, out HutchError? refusal)
                || !(await _notices.NotifyAsync(
                    request.Dataset, DatasetNotice.Published(invite.Invite), [address], caller.Actor, ct)).TryGet(out int one, out refusal))
            {
                return refusal;
            }

            sent += one;
        }

        return new FolderAnswer(Told: sent);
    }

    private ValueTask<Result<IssuedInvite>> InviteAsync(Caller caller, FolderRequest request, int uses, CancellationToken ct) =>
        _invites.CreateAsync(
            caller, request.Dataset, new InviteRequest { Right = request.Right, Life = request.Life, MaxUses = uses }, ct);

    private static Result<FolderAnswer> Told(Result<int> sent) => sent.Then<FolderAnswer>(static count => new FolderAnswer(Told: count));
}

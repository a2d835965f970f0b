using Hutch.Datasets.Replication.Sites;
using Hutch.Zone.Grants;

namespace Hutch.Datasets.Registry;

/// <summary>Share links, after a check of the caller's rights, at any site. The zone makes them, and they open at its address.</summary>
public sealed class LinkService
{
    private readonly Authorizer _authorizer;
    private readonly Sharing _sharing;
    private readonly SiteRegistry _sites;
    private readonly IPeerRequests? _others;
    private readonly Uri? _portal;

    internal LinkService(Authorizer authorizer, Sharing sharing, SiteRegistry sites, IPeerRequests? others, Uri? portal) =>
        (_authorizer, _sharing, _sites, _others, _portal) = (authorizer, sharing, sites, others, portal);

    public bool HasAddress => _portal is not null;

    /// <summary>The share links of a dataset that were not withdrawn and have not ended, oldest first.</summary>
    public async Task<Result<IReadOnlyList<LinkRecord>>> ListAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        _sites.Zone is null
            ? await _sharing.ListLinksAsync(caller, dataset, ct)
            : (await RequestAsync(caller, Operation.LinkRead, new LinkQuery(dataset), ct))
                .Then(static answer => Result<IReadOnlyList<LinkRecord>>.Ok(answer.Links));

    /// <summary>Makes a share link that gives view or read to its holder, for 7 days by default.</summary>
    public async Task<Result<NewLink>> CreateAsync(
        Caller caller, DatasetId dataset, Rights right, TimeSpan? life, CancellationToken ct)
    {
        if (_sites.Zone is not null)
        {
            var question = new LinkQuery(dataset) { Right = right, Life = life };
            return (await RequestAsync(caller, Operation.LinkCreate, question, ct)).Then<NewLink>(
                static answer => answer.Made ?? (Result<NewLink>)ErrorCode.Unavailable.With("The zone made no share link."));
        }

        return (await _sharing.CreateLinkAsync(caller, dataset, right, life, ct)).Then<NewLink>(issued =>
        {
            string secret = issued.Secret.Reveal();
            return new NewLink(issued.Link.Id, issued.Link.ExpiresAt, secret, _portal is null ? null : PortalUrl.OfLink(_portal, secret));
        });
    }

    /// <summary>Withdraws a share link. The next request with it is refused.</summary>
    public async Task<Result<Done>> RevokeAsync(Caller caller, DatasetId dataset, string id, CancellationToken ct) =>
        _sites.Zone is null
            ? await _sharing.RevokeLinkAsync(caller, dataset, id, ct)
            : (await RequestAsync(caller, Operation.LinkRevoke, new LinkQuery(dataset) { Withdrawn = id }, ct))
                .Then<Done>(static _ => Done.Value);

    private async Task<Result<LinkAnswer>> RequestAsync(Caller caller, Operation operation, LinkQuery question, CancellationToken ct)
    {
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, question.Dataset, operation, ct);
        return !access.IsOk ? access.Error
            : caller.Token is null || _others is null ? ErrorCode.Forbidden.With(
                "At a site of a zone, share links are made with a token for that site: the zone makes them for the owner of the token.")
            : await _others.RequestLinksAsync(caller.Token.Id, question, ct);
    }
}

using Hutch.Datasets.Registry;
using Hutch.Federation.Wire;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Doors;

/// <summary>
/// The share links that people make, see and withdraw at sites, which the zone does for them. The site is believed which token was used
/// there, and nothing else.
/// </summary>
internal sealed class LinkRequests(SiteRegistry registry, SiteReaders readers, LinkService links)
{
    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.Links, AnswerAsync);

    public async Task<Result<LinksAnswer>> AnswerAsync(BlobHash key, LinksRequest request, CancellationToken ct)
    {
        // Admitted is a dataset that may be at that site at all.
        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal)
            || !SiteRequests.ReadLife(request.Seconds).TryGet(out TimeSpan? life, out refusal)
            || !(await readers.AdmitAsync(site.Id, request.Token, request.Dataset, Operation.LinkRead, ct)).TryGet(
                out _, out refusal)
            || !(await readers.FindAsync(site.Id, request.Token, ct)).TryGet(out Caller? caller, out refusal))
        {
            return refusal;
        }

        return request.Withdrawn is { } withdrawn
                ? (await links.RevokeAsync(caller, request.Dataset, withdrawn, ct)).Then<LinksAnswer>(
                    static _ => new LinksAnswer { Links = [] })
            : request.Right is { } right ? await MakeAsync(caller, request.Dataset, right, life, ct)
            : (await links.ListAsync(caller, request.Dataset, ct)).Then<LinksAnswer>(
                static found => new LinksAnswer { Links = [.. found.Select(ToLine)] });
    }

    private async Task<Result<LinksAnswer>> MakeAsync(
        Caller caller, DatasetId dataset, string text, TimeSpan? life, CancellationToken ct) =>
        !links.HasAddress ? (ErrorCode.Unprocessable with
        {
            Advice = "Ask the administrator of the zone to set 'server.publicUrl' there.",
        }).With("Share links stand under the public address of the zone, and it has none.")
            : !RightsExtensions.ParseRight(text).TryGet(out Rights right, out HutchError? refusal) ? refusal
            : (await links.CreateAsync(caller, dataset, right, life, ct)).Then<LinksAnswer>(static made => new LinksAnswer
            {
                Links = [],
                Made = new NewLinkLine { Id = made.Id, Expires = made.ExpiresAt, Secret = made.Secret, Address = made.Address },
            });

    private static LinkLine ToLine(LinkRecord link) => new()
    {
        Id = link.Id,
        Right = link.Right.ToName(),
        By = link.CreatedBy,
        Created = link.CreatedAt,
        Expires = link.ExpiresAt,
    };
}

using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Facility;
using Hutch.Zone.Grants;

namespace Hutch.Api.Endpoints;

internal sealed class SharingEndpoints(Sharing sharing) : IEndpoints
{
    private const string Tag = "Sharing";
    private const string Everybody = "public";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Sharing.ListGrants, "List the rights on a dataset")
            .Gives(ListGrantsAsync);
        table.Add(Tag, RestCalls.Sharing.PutGrant, "Grant a right to `user:NAME`, `group:NAME` or `public`")
            .AwaitingSites().Gives(PutGrantAsync);
        table.Add(Tag, RestCalls.Sharing.RemoveGrant, "Remove a right; effective once answered")
            .AwaitingSites().GivesNothing(DeleteGrantAsync);
        table.Add(Tag, RestCalls.Sharing.ListLinks, "List share links, without their secrets")
            .Gives(async request =>
                (await sharing.ListLinksAsync(request.Caller, request.Dataset, request.Aborted))
                    .Then<Page<LinkInfo>>(links => new Page<LinkInfo> { Items = [.. links.Select(ToInfo)] }));
        table.Add(Tag, RestCalls.Sharing.CreateLink, "Create a share link; its secret is shown only once and works as a bearer token")
            .Gives(CreateLinkAsync, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Sharing.RevokeLink, "Revoke a share link")
            .GivesNothing(async request =>
                await sharing.RevokeLinkAsync(
                    request.Caller, request.Dataset, request.Route("link"), request.Aborted));
    }

    private async Task<Result<Page<GrantInfo>>> ListGrantsAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        Result<IReadOnlyList<GrantRecord>> grants = await sharing.ListGrantsAsync(
            request.Caller, id, request.Aborted);
        if (!grants.IsOk)
        {
            return grants.Error;
        }

        Result<Access> access = await request.Api.Authorizer.AuthorizeAsync(
            request.Caller, id, Operation.GrantRead, request.Aborted);
        if (!access.IsOk)
        {
            return access.Error;
        }

        IEnumerable<GrantInfo> all = grants.Value.Select(OwnershipDocuments.From);
        if (access.Value.Dataset.Visibility is not { Right: not Rights.None } visibility)
        {
            return new Page<GrantInfo> { Items = [.. all] };
        }

        return (await sharing.FindVisibilityChangeAsync(request.Caller, id, request.Aborted)).Then<Page<GrantInfo>>(
            line => new Page<GrantInfo> { Items = [ToInfo(visibility) with { By = line?.Actor.Name, Time = line?.At }, .. all] });
    }

    private async Task<Result<GrantInfo>> PutGrantAsync(ApiRequest request, PutGrant put)
    {
        DatasetId id = request.Dataset;
        if (!RightsExtensions.ParseRight(put.Right).TryGet(out Rights right, out HutchError? refusal))
        {
            return refusal;
        }

        string principal = request.Route("principal");
        if (principal == Everybody)
        {
            Result<NameRecord> set = await sharing.SetVisibilityAsync(
                request.Caller, id, new Visibility(right, put.After), request.Aborted);
            return set.Then<GrantInfo>(name => ToInfo(name.Visibility));
        }

        (PrincipalKind kind, string name) = ParsePrincipal(principal);
        return (await sharing.GrantAsync(request.Caller, id, kind, name, right, put.After, request.Aborted))
            .Then<GrantInfo>(grant => OwnershipDocuments.From(grant));
    }

    private async Task<Result<Done>> DeleteGrantAsync(ApiRequest request)
    {
        string principal = request.Route("principal");
        if (principal == Everybody)
        {
            return (await sharing.SetVisibilityAsync(request.Caller, request.Dataset, Visibility.Private, request.Aborted))
                .Then<Done>(_ => Done.Value);
        }

        (PrincipalKind kind, string name) = ParsePrincipal(principal);
        return await sharing.WithdrawAsync(request.Caller, request.Dataset, kind, name, request.Aborted);
    }

    private async Task<Result<CreatedLink>> CreateLinkAsync(ApiRequest request, CreateLink create)
    {
        DatasetId id = request.Dataset;
        if (!RightsExtensions.ParseRight(create.Right).TryGet(out Rights right, out HutchError? refusal))
        {
            return refusal;
        }

        // The address of a forwarded request is not one of the zone.
        if (request.Caller.PassedOnBy is not null && request.Api.Options.PublicUrl is null)
        {
            return FolderSharing.NoPortal;
        }

        TimeSpan? life = AccountEndpoints.Life(create.ExpiresIn);
        return (await sharing.CreateLinkAsync(request.Caller, id, right, life, request.Aborted)).Then<CreatedLink>(made =>
        {
            string secret = made.Secret.Reveal();
            return new CreatedLink
            {
                Id = made.Link.Id,
                Token = secret,
                Expires = made.Link.ExpiresAt,
                Url = PortalAddress.For(request, PortalUrl.LinkPage + secret),
            };
        });
    }

    private static (PrincipalKind Kind, string Name) ParsePrincipal(string text) => text.Split(':', 2) switch
    {
        ["user", { Length: > 0 } name] => (PrincipalKind.User, name),
        ["group", { Length: > 0 } name] => (PrincipalKind.Group, name),
        _ => throw ErrorCode.InvalidName.With(
            $"Cannot share with {Display.Quote(text)}: use user:NAME, group:NAME or public.").ToException(),
    };

    private static GrantInfo ToInfo(Visibility visibility) =>
        new() { Principal = Everybody, Right = visibility.Right.ToName(), After = visibility.From };

    private static LinkInfo ToInfo(LinkRecord link) => new()
    {
        Id = link.Id,
        Right = link.Right.ToName(),
        Created = link.CreatedAt,
        Expires = link.ExpiresAt,
        By = link.CreatedBy,
    };
}

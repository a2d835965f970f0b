using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Zone.Grants;

namespace Hutch.Api.Endpoints;

internal sealed class SharingEndpoints(LinkService links, Sharing sharing) : IEndpoints
{
    private const string Tag = "Sharing";
    private const string Everybody = "public";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/datasets/{id}/grants", "List the rights on a dataset", "manage")
            .Gives(HutchJson.Default.PageGrantInfo, ListGrantsAsync);
        table.Add(Tag, "PUT", "/datasets/{id}/grants/{principal}", "Grant a right to `user:NAME`, `group:NAME` or `public`", "manage")
            .Takes(HutchJson.Default.PutGrant)
            .Gives(HutchJson.Default.GrantInfo, SiteConfirmation.Wrap(PutGrantAsync));
        table.Add(Tag, "DELETE", "/datasets/{id}/grants/{principal}", "Remove a right; effective once answered", "manage")
            .GivesNothing(SiteConfirmation.Wrap(DeleteGrantAsync));
        table.Add(Tag, "GET", "/datasets/{id}/links", "List share links, without their secrets", "manage")
            .Gives(HutchJson.Default.PageLinkInfo, async request =>
                (await links.ListAsync(request.Caller, request.Dataset, request.Aborted))
                    .Then<Page<LinkInfo>>(links => new Page<LinkInfo> { Items = [.. links.Select(ToInfo)] }));
        table.Add(
            Tag, "POST", "/datasets/{id}/links", "Create a share link; its secret is shown only once and works as a bearer token", "manage")
            .Takes(HutchJson.Default.CreateLink)
            .Gives(HutchJson.Default.CreatedLink, CreateLinkAsync, StatusCodes.Status201Created);
        table.Add(Tag, "DELETE", "/datasets/{id}/links/{link}", "Revoke a share link", "manage")
            .GivesNothing(async request =>
                await links.RevokeAsync(
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

    private async Task<Result<GrantInfo>> PutGrantAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        PutGrant put = await request.ReadAsync(HutchJson.Default.PutGrant, request.Aborted);
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

    private async Task<Result<CreatedLink>> CreateLinkAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        CreateLink create = await request.ReadAsync(HutchJson.Default.CreateLink, request.Aborted);
        if (!RightsExtensions.ParseRight(create.Right).TryGet(out Rights right, out HutchError? refusal))
        {
            return refusal;
        }

        TimeSpan? life = AccountEndpoints.Life(create.ExpiresIn);
        Result<NewLink> made = await links.CreateAsync(request.Caller, id, right, life, request.Aborted);
        return made.Then<CreatedLink>(link => new CreatedLink
        {
            Id = link.Id,
            Token = link.Secret,
            Expires = link.ExpiresAt,
            Url = link.Address ?? PortalAddress.For(request, PortalUrl.LinkPage + link.Secret),
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

using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Grants;
using Hutch.Zone.Logins;

namespace Hutch.Api.Endpoints;

internal sealed class InviteEndpoints(InviteLogins logins, Invites invites) : IEndpoints
{
    private const string Tag = "Invites";

    public void Add(EndpointTable table)
    {
        AddManaging(table);
        table.Add(Tag, RestCalls.Invites.LookUp, "The access that an invite gives")
            .Gives(async request =>
            {
                PlainHttp.RejectSecrets(request);
                InviteCode code = await request.ReadAsync(HutchJson.Default.InviteCode, request.Aborted);
                return (await logins.FindAsync(code.Code, request.Origin, request.Aborted)).Then<InviteInfo>(
                    invite => ToInfo(request, invite));
            });
        table.Add(Tag, RestCalls.Invites.Accept, "Accept an invite, with your account or, where the server allows it, with a new one")
            .Gives(AcceptAsync);
    }

    private void AddManaging(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Invites.ListOfDataset, "Open invites to a dataset, without their codes")
            .Gives(async request =>
                ToPage(request, await invites.ListAsync(request.Caller, request.Dataset, request.Aborted)));
        table.Add(Tag, RestCalls.Invites.CreateForDataset, "Create an invite to a dataset; its code is shown once")
            .Gives(
                async (request, create) =>
                    RightsExtensions.ParseRight(create.Right ?? "read").TryGet(out Rights right, out HutchError? refusal)
                        ? Created(
                            request,
                            await invites.CreateAsync(
                                request.Caller, request.Dataset, ToRequest(create) with { Right = right }, request.Aborted))
                        : refusal,
                StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Groups.ListInvites, "Open invites to a group, without their codes")
            .Gives(async request =>
                ToPage(request, await invites.ListAsync(request.Caller, request.Route("group"), request.Aborted)));
        table.Add(Tag, RestCalls.Groups.CreateInvite, "Create an invite to a group; its code is shown once")
            .Gives(
                async (request, create) => create.Right is null or "member" or "manager"
                    ? Created(
                        request,
                        await invites.CreateAsync(
                            request.Caller,
                            request.Route("group"),
                            ToRequest(create) with { Manager = create.Right == "manager" },
                            request.Aborted))
                    : ErrorCode.BadRequest.With(
                        $"{Display.Quote(create.Right)} is not a role in a group: use 'member' or 'manager'."),
                StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Invites.Revoke, "Withdraw an invite; rights that it already gave remain")
            .GivesNothing(async request => await invites.RevokeAsync(request.Caller, request.Route("invite"), request.Aborted));
    }

    private async Task<Result<InviteInfo>> AcceptAsync(ApiRequest request)
    {
        SameSite.RejectForeign(request);
        PlainHttp.RejectSecrets(request);
        AcceptInvite accept = await request.ReadAsync(HutchJson.Default.AcceptInvite, request.Aborted);
        if (accept.User is null)
        {
            return request.LostSession is { } lost
                ? lost
                : (await logins.AcceptAsync(request.Caller, accept.Code, request.Origin, request.Aborted)).Then<InviteInfo>(
                    invite => ToInfo(request, invite));
        }

        return request.Caller.Kind != CallerKind.Anonymous
            ? ErrorCode.BadRequest.With(
                $"You are logged in as {request.Caller.Name}: accept the invite with this account, or log out to create another.")
            : (await logins.AcceptAsync(accept.Code, accept.User, accept.Password ?? "", request.Origin, request.Aborted))
                .Then<InviteInfo>(made =>
                {
                    SessionCookie.Set(request, made.Session);
                    return ToInfo(request, made.Invite);
                });
    }

    private static InviteRequest ToRequest(CreateInvite create) => new()
    {
        Life = AccountEndpoints.Life(create.ExpiresIn),
        MaxUses = create.Uses ?? 1,
        Note = create.Note,
        Email = create.Email,
    };

    private static Result<CreatedInvite> Created(ApiRequest request, Result<IssuedInvite> issued) =>
        issued.Then<CreatedInvite>(invite => new CreatedInvite
        {
            Id = invite.Invite.Id,
            Code = invite.Code.Reveal(),
            Url = PortalAddress.For(request, "invite#code=" + invite.Code.Reveal()),
            Expires = invite.Invite.ExpiresAt,
        });

    private static Result<Page<InviteInfo>> ToPage(ApiRequest request, Result<IReadOnlyList<InviteRecord>> invites) =>
        invites.Then<Page<InviteInfo>>(some => new Page<InviteInfo> { Items = [.. some.Select(invite => ToInfo(request, invite))] });

    private static InviteInfo ToInfo(ApiRequest request, InviteRecord invite) => new()
    {
        Id = invite.Id,
        Target = invite.Target.Dataset is DatasetId dataset ? "dataset:" + dataset : "group:" + invite.Target.Name,
        Name = invite.Target.Name,
        Right = invite.Target.Gives,
        Note = invite.Note,
        Email = invite.Email,
        Created = invite.CreatedAt,
        By = invite.CreatedBy.Name,
        Expires = invite.ExpiresAt,
        Uses = invite.MaxUses,
        Used = invite.Uses,
        Revoked = invite.RevokedAt,
        Open = invite.IsOpenAt(request.Api.Options.Time.GetUtcNow()),
    };
}

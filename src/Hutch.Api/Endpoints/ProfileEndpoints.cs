using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Zone.Accounts;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;

namespace Hutch.Api.Endpoints;

/// <summary>The caller's own account: identity, profile, password, sessions.</summary>
internal sealed class ProfileEndpoints(
    LoginService logins, LoginLinks links, AccountService accounts, Mailbox mailbox, ExpiringData expiring, CopyService copies) : IEndpoints
{
    private const int MaxFailedCopies = 50;

    private const string Tag = "Profile";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Profile.Find, "The account of the token or session")
            .Gives(request => Task.FromResult(Describe(request.Caller)));
        table.Add(Tag, RestCalls.Profile.Change, "Change your display name and, with the password, your mail address; absent fields stay")
            .Gives(PatchAsync);
        table.Add(Tag, RestCalls.Profile.SetPassword, "Set your password; ends all other sessions of the account")
            .GivesNothing(async request =>
            {
                PlainHttp.RejectSecrets(request);
                SetPassword set = await request.ReadAsync(HutchJson.Default.SetPassword, request.Aborted);
                return await logins.SetPasswordAsync(
                    request.Caller, set.Current, set.New, request.Origin, request.Aborted);
            });
        table.Add(
            Tag, RestCalls.Profile.CreateLoginLink,
            "Create a one-time link with which the holder of an unrestricted token logs in in a browser; valid for five minutes. Without "
            + "`server.publicUrl` its URL is relative to the address of the server")
            .Gives(
                async request => (await links.CreateOwnLinkAsync(request.Caller, request.Aborted))
                    .Then<CreatedLoginLink>(link => LoginEndpoints.DescribeOwn(request, link)),
                StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Profile.ListSessions, "Your current sessions, oldest first")
            .Gives(async request =>
                (await logins.ListSessionsAsync(request.Caller, request.Aborted))
                .Then<Page<LoginSessionInfo>>(sessions =>
                    new Page<LoginSessionInfo>
                    {
                        Items = [.. sessions.Select(session => ToInfo(session, request.Caller.Session?.Id) with
                        {
                            LastUsed = request.Api.Authenticator.UseNotWritten(session.Id) ?? session.LastUsedAt,
                        })],
                    }));
        table.Add(Tag, RestCalls.Profile.EndSession, "End one of your sessions; the next request with it is refused")
            .GivesNothing(
                async request =>
                    await logins.EndSessionAsync(request.Caller, request.Route("session"), request.Aborted));
        table.Add(Tag, RestCalls.Profile.ListMails, "Mails to you, and mails sent in your name to people without an account; newest first")
            .Query("bell", "Only mails to you of the kinds that your bell shows", "boolean")
            .Paged()
            .Gives(MailsAsync);
        table.Add(Tag, RestCalls.Profile.ListToDo, "Your data that end soon, and copies of your data that failed")
            .Gives(ListToDoAsync);
        table.Add(Tag, RestCalls.Profile.ListNotices, "Where you are notified, for each kind of event")
            .Gives(async request =>
                (await mailbox.ListChoicesAsync(request.Caller, request.Aborted)).Then<Page<NoticeInfo>>(choices =>
                    new Page<NoticeInfo> { Items = [.. choices.Select(ToInfo)] }));
        table.Add(Tag, RestCalls.Profile.SetNotice, "Choose where you are notified of one kind of event; `/me/mails` lists all in any case")
            .GivesNothing(ChooseAsync);
    }

    private async Task<Result<ToDoInfo>> ListToDoAsync(ApiRequest request) =>
        !(await expiring.ListAsync(request.Caller, request.Aborted))
            .TryGet(out IReadOnlyList<NamedExpiringDatasets>? ending, out HutchError? error)
        || !(await copies.ListFailedAsync(request.Caller, MaxFailedCopies, request.Aborted))
            .TryGet(out IReadOnlyList<MovingCopy>? failed, out error)
            ? error
            : new ToDoInfo
            {
                Expiring =
                [
                    .. ending.Select(static one => new ExpiringInfo
                    {
                        Owner = one.Datasets.Owner,
                        Dataset = one.Datasets.One,
                        Name = one.Name,
                        First = one.Datasets.First,
                        Count = one.Datasets.Count,
                    }),
                ],
                FailedCopies = [.. failed.Select(SiteDocuments.From)],
            };

    private static Result<CallerInfo> Describe(Caller caller)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return ErrorCode.Unauthenticated.With("You are not logged in.");
        }

        return new CallerInfo
        {
            User = caller.Name,
            DisplayName = caller.User?.DisplayName,
            Roles = [.. caller.Roles.ToList().Select(role => role.ToName())],
            Groups = [.. caller.Groups.Select(group => group.GroupName)],
            Email = caller.User?.Email,
            Token = caller.Token is { } token ? AccountEndpoints.ToInfo(token) : null,
            Session = caller.Session is { } session
                ? new SessionInfo
                {
                    Id = session.Id,
                    User = caller.User?.Name,
                    Dataset = caller.Link?.Dataset,
                    Instrument = caller.Scope.Instrument,
                    Expires = session.ExpiresAt,
                    MustSetPassword = session.MaySetPassword,
                }
                : null,
        };
    }

    private async Task<Result<CallerInfo>> PatchAsync(ApiRequest request, PatchMe patch)
    {
        if (patch.Email is not null && patch.Email != (request.Caller.User?.Email ?? ""))
        {
            PlainHttp.RejectSecrets(request);
            Result<Done> owner = await logins.ConfirmOwnerAsync(
                request.Caller, patch.Current, request.Origin, request.Aborted);
            if (!owner.IsOk)
            {
                return owner.Error;
            }
        }

        var change = new AccountPatch { DisplayName = patch.DisplayName, Email = patch.Email, OwnerConfirmed = true };
        Result<AccountDetails> changed = await accounts.ChangeUserAsync(
            request.Caller, request.Caller.Name, change, request.Aborted);
        return changed.IsOk
            ? (await request.Api.Authenticator.RefreshAsync(request.Caller, request.Aborted)).Then(Describe)
            : changed.Error;
    }

    private async Task<Result<Page<MailInfo>>> MailsAsync(ApiRequest request)
    {
        long before = request.Number("cursor", long.MaxValue, 1);
        Result<IReadOnlyList<MailRecord>> mails = await (request.Flag("bell")
            ? mailbox.ListInBellAsync(request.Caller, before, request.Limit, request.Aborted)
            : mailbox.ListAsync(request.Caller, before, request.Limit, request.Aborted));
        return mails.Then<Page<MailInfo>>(some => new Page<MailInfo>
        {
            Items = [.. some.Select(mail => ToInfo(mail, mailbox.Read(mail)))],
            Next = some.Count == request.Limit ? some[^1].Id.ToString(CultureInfo.InvariantCulture) : null,
        });
    }

    private async Task<Result<Done>> ChooseAsync(ApiRequest request, SetNotice set)
    {
        Result<NoticeKind> kind = NoticeKindNames.ParseMutable(request.Route("kind"));
        return kind.IsOk
            ? await mailbox.ChooseAsync(request.Caller, new NoticeChoice(kind.Value, set.Bell, set.Mail), request.Aborted)
            : kind.Error;
    }

    private static NoticeInfo ToInfo(NoticeChoice choice) => new()
    {
        Kind = choice.Kind.ToName(),
        Bell = choice.InBell,
        Mail = choice.ByMail,
    };

    private static MailInfo ToInfo(MailRecord mail, MailText text) => new()
    {
        Id = mail.Id,
        Time = mail.CreatedAt,
        Kind = mail.Kind.ToName(),
        To = mail.Address,
        Subject = text.Subject,
        Body = text.Body,
        State = mail.State switch { MailState.Sent => "sent", MailState.Queued => "queued", MailState.Failed => "failed", _ => "kept" },
        Failure = mail.Failure,
    };

    private static LoginSessionInfo ToInfo(SessionRecord session, string? current) => new()
    {
        Id = session.Id,
        Created = session.CreatedAt,
        LastUsed = session.LastUsedAt,
        Expires = session.ExpiresAt,
        Way = session.Way switch
        {
            LoginWay.LoginLink => "login-link",
            LoginWay.OpenId => "openid",
            LoginWay.Share => "share",
            LoginWay.Invite => "invite",
            LoginWay.Zone => "zone",
            _ => "password",
        },
        Address = session.Address,
        Agent = session.Agent,
        Current = session.Id == current,
    };
}

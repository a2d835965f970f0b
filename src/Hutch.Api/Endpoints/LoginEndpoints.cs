using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;
using Hutch.Zone.OpenId;

namespace Hutch.Api.Endpoints;

internal sealed class LoginEndpoints(
    LoginService logins, LoginLinks links, ScreenLogins screens, Mailbox mailbox, OidcLogins openId, ZoneLoginService zone) : IEndpoints
{
    private const string Tag = "Login";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Login.Methods, "The ways to log in")
            .Gives(request => Task.FromResult(Methods(request)));
        table.Add(Tag, RestCalls.Login.LogIn, "Log in with name and password; sets the cookie `hutch_session`")
            .Gives(async request =>
            {
                PasswordLogin login = await ReadAsync(request, HutchJson.Default.PasswordLogin);
                return Begin(request, await logins.LogInAsync(login.User, login.Password, request.Origin, request.Aborted));
            });
        table.Add(Tag, RestCalls.Login.ByLink, "Log in with a one-time link, which then stops working; sets the cookie")
            .Gives(async request =>
            {
                CodeLogin login = await ReadAsync(request, HutchJson.Default.CodeLogin);
                return Begin(request, await links.RedeemAsync(login.Code, request.Origin, request.Aborted));
            });
        table.Add(
            Tag, RestCalls.Login.ByShare,
            "Open a share link or a screen; sets a session that sees only its dataset, or the running visit of its instrument")
            .Gives(async request =>
            {
                ShareLogin login = await ReadAsync(request, HutchJson.Default.ShareLogin);
                return Begin(
                    request,
                    ScreenLogins.IsToken(login.Token)
                        ? await screens.OpenAsync(login.Token, request.Origin, request.Aborted)
                        : await logins.OpenShareAsync(login.Token, request.Origin, request.Aborted));
            });
        table.Add(Tag, RestCalls.Login.Reset, "Ask for a one-time link by mail; the answer does not reveal whether the account exists")
            .Answering(StatusCodes.Status202Accepted, null, "Sent, if the account exists and has an address")
            .Does(ResetAsync);
        table.Add(Tag, RestCalls.Login.LogOut, "End the session of the cookie; tokens stay valid")
            .GivesNothing(LogOutAsync);
        table.Add(Tag, RestCalls.Users.CreateLoginLink, "Create a one-time login link for a user; shown only once")
            .Gives(
                async request => (await links.CreateLinkAsync(request.Caller, request.Route("name"), request.Aborted))
                    .Then<CreatedLoginLink>(link => Describe(request, link)),
                StatusCodes.Status201Created);
    }

    public static CreatedLoginLink Describe(ApiRequest request, IssuedLoginLink link) => new()
    {
        Url = PortalAddress.For(request, "login#code=" + link.Code.Reveal()),
        Expires = link.Link.ExpiresAt,
    };

    /// <summary>
    /// Describes a link of the caller. Where no public address is configured it is relative to that which the client knows: the header Host
    /// of a request may name another server, which would get the code.
    /// </summary>
    public static CreatedLoginLink DescribeOwn(ApiRequest request, IssuedLoginLink link) =>
        request.Api.Options.PublicUrl is not null ? Describe(request, link) : new CreatedLoginLink
        {
            Url = "login#code=" + link.Code.Reveal(),
            Expires = link.Link.ExpiresAt,
        };

    public static Result<SessionInfo> Begin(ApiRequest request, Result<StartedSession> started) => started.Then<SessionInfo>(session =>
    {
        SessionCookie.Set(request, session);
        return new SessionInfo
        {
            Id = session.Session.Id,
            User = session.User,
            Dataset = session.Dataset,
            Instrument = session.Instrument,
            Expires = session.Session.ExpiresAt,
            MustSetPassword = session.MustSetPassword,
        };
    });

    private Result<LoginMethods> Methods(ApiRequest request) => new LoginMethods
    {
        Password = request.Api.Options.Passwords && zone.Portal is null,
        Mail = mailbox.IsOn,
        Oidc = [.. openId.Providers.Select(provider =>
            new OpenIdMethod { Id = provider.Id, Label = provider.Label })],
    };

    private async Task ResetAsync(ApiRequest request)
    {
        ResetLogin reset = await ReadAsync(request, HutchJson.Default.ResetLogin);
        Result<Done> asked = await links.RequestLinkAsync(reset.User, request.Origin, request.Aborted);
        if (asked.IsOk)
        {
            request.Http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        else
        {
            await Problems.WriteAsync(request.Http, asked.Error, request.Aborted);
        }
    }

    private async Task<Result<Done>> LogOutAsync(ApiRequest request)
    {
        Result<Done> done = await logins.LogOutAsync(request.Caller, request.Aborted);
        if (done.IsOk && request.Caller.Session is not null)
        {
            SessionCookie.Clear(request.Http, request.Api);
        }

        return done;
    }

    private static Task<T> ReadAsync<T>(ApiRequest request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        SameSite.RejectForeign(request);
        PlainHttp.RejectSecrets(request);
        return request.ReadAsync(type, request.Aborted);
    }
}

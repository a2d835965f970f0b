using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Accounts;
using Hutch.Zone.Logins;

namespace Hutch.Api.Endpoints;

/// <summary>Logins of the command line: it waits while a person approves in a browser (RFC 8628).</summary>
internal sealed class DeviceLoginEndpoints(DeviceLogins logins) : IEndpoints
{
    private const string Tag = "Login";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Login.StartDevice, "Start a login of the command line")
            .Gives(BeginAsync);
        table.Add(Tag, RestCalls.Login.PollDevice, "State of a login of the command line; returns the token once")
            .Answering(StatusCodes.Status202Accepted, null, "Not approved yet: poll again after the interval")
            .Answering(StatusCodes.Status200OK, "Done")
            .Does(PollAsync);
        table.Add(Tag, RestCalls.Login.AnswerDevice, "Show the machine that asks with a code, and approve or refuse its login")
            .Gives(AnswerAsync);
    }

    private async Task<Result<DeviceLoginInfo>> BeginAsync(ApiRequest request) =>
        (await logins.BeginAsync(request.Origin, request.Aborted)).Then<DeviceLoginInfo>(begun => new DeviceLoginInfo
        {
            Handle = begun.Handle.Reveal(),
            UserCode = begun.UserCode,
            VerificationUri = PortalAddress.For(request, "device"),
            Interval = DeviceLogins.IntervalSeconds,
            Expires = begun.EndsAt,
        });

    private async Task PollAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        PollDeviceLogin poll = await request.ReadAsync(HutchJson.Default.PollDeviceLogin, request.Aborted);
        Result<CreatedAccount?> polled = await logins.PollAsync(poll.Handle, request.Aborted);
        if (polled is { IsOk: true, Value: null })
        {
            request.Http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        Result<DeviceLoginResult> result = polled.Then<DeviceLoginResult>(made => new DeviceLoginResult
        {
            User = made!.User.Name,
            Token = made.Token.Secret.Reveal(),
            Expires = made.Token.Token.ExpiresAt,
        });
        await JsonAnswer.SendAsync(request, result, HutchJson.Default.DeviceLoginResult, StatusCodes.Status200OK);
    }

    private async Task<Result<DeviceLoginOriginInfo>> AnswerAsync(ApiRequest request, AnswerDeviceLogin answer)
    {
        Result<DeviceLoginOrigin> found = await logins.FindAsync(request.Caller, answer.Code, request.Origin, request.Aborted);
        if (found.IsOk && answer.Approve is { } isApproved)
        {
            Result<Done> done = await logins.AnswerAsync(request.Caller, answer.Code, isApproved, request.Origin, request.Aborted);
            if (!done.IsOk)
            {
                return done.Error;
            }
        }

        return found.Then<DeviceLoginOriginInfo>(static origin => new DeviceLoginOriginInfo
        {
            Address = origin.Address,
            Agent = origin.Agent,
            Begun = origin.At,
        });
    }
}

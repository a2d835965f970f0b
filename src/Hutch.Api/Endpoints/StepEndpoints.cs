using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Accounts;

namespace Hutch.Api.Endpoints;

/// <summary>Tokens for steps of programs: narrow, short-lived, renewed by the token that made them.</summary>
internal sealed class StepEndpoints(StepService steps) : IEndpoints
{
    private const string Tag = "Tokens";

    public void Add(EndpointTable table)
    {
        table.Add(
            Tag, RestCalls.Tokens.CreateForStep,
            "Create a token for a step of a program: it reads the inputs, writes the output, and ends with this token")
            .Gives(
                async (request, create) => await RequestAsync(request, new JobTokenQuery
                {
                    Wanted = new StepRequest(create.Inputs, create.Output, Life(create.ExpiresIn)),
                }),
                StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Tokens.RenewForStep, "Extend the life of a token for a step")
            .Gives(
                async (request, renew) =>
                    await RequestAsync(request, new JobTokenQuery { Id = request.Route("token"), Life = Life(renew.ExpiresIn) }));
        table.Add(Tag, RestCalls.Tokens.RevokeForStep, "Revoke a token for a step, at once")
            .GivesNothing(async request =>
                (await RequestAsync(request, new JobTokenQuery { Id = request.Route("token") })).Then<Done>(_ => Done.Value));
    }

    private async Task<Result<CreatedToken>> RequestAsync(ApiRequest request, JobTokenQuery question) =>
        (await steps.RequestAsync(request.Caller, question, request.Aborted)).Then<CreatedToken>(
            static made => new CreatedToken { Id = made.Id, Token = made.Secret, Expires = made.ExpiresAt });

    private static TimeSpan Life(long seconds) => AccountEndpoints.Life(seconds)!.Value;
}

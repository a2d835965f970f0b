using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Zone.Accounts;

namespace Hutch.Api.Endpoints;

/// <summary>Tokens for steps of programs: narrow, short-lived, renewed by the token that made them.</summary>
internal sealed class StepEndpoints(JobTokens tokens, WriteRouter writeRouter) : IEndpoints
{
    private const string Tag = "Tokens";

    public void Add(EndpointTable table)
    {
        table.Add(
            Tag, RestCalls.Tokens.CreateForStep,
            "Create a token for a step of a program: it reads the inputs, writes the output, and ends with this token")
            .Gives(CreateAsync, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Tokens.RenewForStep, "Extend the life of a token for a step")
            .Gives(async (request, renew) =>
                (await tokens.RenewAsync(request.Caller, request.Route("token"), Life(renew.ExpiresIn), request.Aborted))
                    .Then<CreatedToken>(static token => new CreatedToken { Id = token.Id, Expires = token.ExpiresAt }));
        table.Add(Tag, RestCalls.Tokens.RevokeForStep, "Revoke a token for a step, at once")
            .GivesNothing(async request => await tokens.EndAsync(request.Caller, request.Route("token"), request.Aborted));
    }

    private async Task<Result<CreatedToken>> CreateAsync(ApiRequest request, CreateStepToken create)
    {
        var wanted = new StepRequest(create.Inputs, create.Output, Life(create.ExpiresIn));
        DatasetId[] datasets = [wanted.Output, .. wanted.Inputs.Take(TokenScope.MaxDatasets)];
        return await writeRouter.CheckServedAsync(request.Caller, datasets, request.Aborted) is { } hidden
            ? hidden
            : (await tokens.CreateAsync(request.Caller, wanted, request.Aborted)).Then<CreatedToken>(static made => new CreatedToken
            {
                Id = made.Token.Id,
                Token = made.Secret.Reveal(),
                Expires = made.Token.ExpiresAt,
            });
    }

    private static TimeSpan Life(long seconds) => AccountEndpoints.Life(seconds)!.Value;
}

namespace Hutch.Datasets.Analyses;

/// <summary>
/// Asks for the account that started a run, with the scope to read alone. The token that started it may have ended since; the account
/// must be there, and have the right.
/// </summary>
public sealed class RunPermission(Authenticator authenticator, Authorizer authorizer) : IRunPermission
{
    private static readonly TokenScope ReadOnly = new(TokenScopes.Read);

    public async ValueTask<Result<Done>> CheckAsync(ActiveRun run, CancellationToken ct)
    {
        Result<Caller> caller = await authenticator.ForWorkAsync(run.Description.User, ReadOnly, ct);
        if (!caller.IsOk)
        {
            return caller.Error;
        }

        Result<Access> access = await authorizer.AuthorizeAsync(caller.Value, run.Input.Dataset, Operation.EntryRead, ct);
        return access.IsOk ? Done.Value : access.Error;
    }
}

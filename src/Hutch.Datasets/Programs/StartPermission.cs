namespace Hutch.Datasets.Programs;

/// <summary>
/// Asks for the account on whose behalf a run starts. A run can wait for days: the account must still be there, and still have its rights.
/// </summary>
public sealed class StartPermission(Authenticator authenticator, Authorizer authorizer)
{
    private static readonly TokenScope Scope = new(TokenScopes.Read | TokenScopes.Write);

    /// <summary>Returns the reason why a run must not start; null if it may.</summary>
    public async ValueTask<HutchError?> FindLossAsync(SiteRun run, CancellationToken ct)
    {
        if (!(await authenticator.ForWorkAsync(run.Description.User, Scope, ct)).TryGet(out Caller? caller, out HutchError? refusal))
        {
            return refusal;
        }

        foreach (VersionReference input in run.Inputs)
        {
            if (await RightToDerive.FindLackingAsync(authorizer, caller, input.Dataset, ct) is { } lacking)
            {
                return lacking;
            }
        }

        foreach (DatasetId output in run.Outputs)
        {
            Result<Access> access = await authorizer.AuthorizeAsync(caller, output, Operation.EntryWrite, ct);
            if (!access.IsOk)
            {
                return access.Error;
            }
        }

        return null;
    }
}

using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>
/// Re-authorizes callers when a body has arrived and while one is sent. A transfer can take hours, and a caller who lost the right, the
/// token or the account during this time must not write or read on. The path was checked at the beginning, and the folder of a key stays.
/// </summary>
public sealed class Reauthorizer(Authenticator authenticator, Authorizer authorizer)
{
    /// <summary>Returns the reason why a caller has lost the right to write; null when it has not.</summary>
    public async ValueTask<HutchError?> CheckAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<Caller> still = caller.CredentialId is null ? caller : await authenticator.RefreshAsync(caller, ct);
        Result<Access> access = still.IsOk
            ? await authorizer.AuthorizeInFolderAsync(still.Value, dataset, Operation.EntryWrite, ct)
            : still.Error;
        return access.Error;
    }

    /// <summary>
    /// Returns the reason when a caller loses the right to read a dataset. It checks at changes of the zone and at the end of a token.
    /// </summary>
    public Task<HutchError> WaitForLossAsync(Caller caller, DatasetId dataset, CancellationToken ct) => authenticator.WaitForLossAsync(
        caller, async still => (await authorizer.AuthorizeInFolderAsync(still, dataset, Operation.EntryRead, ct)).Error, ct);
}

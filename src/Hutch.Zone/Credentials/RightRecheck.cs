using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>
/// Checks rights again when a body has come: it may have taken hours, and a caller who lost the right, the token or the account meanwhile
/// must not write.
/// </summary>
public sealed class RightRecheck(Authenticator authenticator, Authorizer authorizer)
{
    /// <summary>Why a caller who was allowed to write no longer is; null when it still is.</summary>
    public async ValueTask<HutchError?> FindLossAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<Caller> still = caller.CredentialId is null ? caller : await authenticator.RefreshAsync(caller, ct);
        Result<Access> access = still.IsOk ? await authorizer.AuthorizeAsync(still.Value, dataset, Operation.EntryWrite, ct) : still.Error;
        return access.Error;
    }
}

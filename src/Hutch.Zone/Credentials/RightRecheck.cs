using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>
/// Asks once more when a body has come: it may have come for hours, and whoever lost the right, the token or the account meanwhile puts
/// nothing any more.
/// </summary>
public sealed class RightRecheck(Authenticator authenticator, Authorizer authorizer)
{
    /// <summary>Why a caller who was allowed to write is not any more; null when it still is.</summary>
    public async ValueTask<HutchError?> FindLossAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<Caller> still = caller.CredentialId is null ? caller : await authenticator.RefreshAsync(caller, ct);
        Result<Access> access = still.IsOk ? await authorizer.AuthorizeAsync(still.Value, dataset, Operation.EntryWrite, ct) : still.Error;
        return access.Error;
    }
}

using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>
/// Checks rights again when a body has come, and while one goes out: it may take hours, and a caller who lost the right, the token or the
/// account meanwhile must not write, nor read on.
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

    /// <summary>Waits until a caller may no longer read a dataset; says why. It asks when the zone changes and when a token ends.</summary>
    public Task<HutchError> WaitForLossAsync(Caller caller, DatasetId dataset, CancellationToken ct) => authenticator.WaitForLossAsync(
        caller, async still => (await authorizer.AuthorizeAsync(still, dataset, Operation.EntryRead, ct)).Error, ct);
}

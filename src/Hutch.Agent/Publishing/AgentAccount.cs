using Hutch.Model;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Agent.Publishing;

/// <summary>The account on behalf of which the agent acts, as it is now: what an administrator takes from it counts at once.</summary>
internal sealed class AgentAccount(Authenticator authenticator, AgentOptions options)
{
    /// <summary>Its name.</summary>
    public string Name => options.Account;

    /// <summary>
    /// The caller, or why there is none: the account does not exist, is disabled, or has no token for this site of a zone.
    /// </summary>
    public ValueTask<Result<Caller>> CallerAsync(CancellationToken ct) => authenticator.ForSiteAsync(options.Account, ct);
}

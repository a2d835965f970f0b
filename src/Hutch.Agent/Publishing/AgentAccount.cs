using Hutch.Zone.Credentials;

namespace Hutch.Agent.Publishing;

/// <summary>The current account that the agent acts for: a right that an administrator withdraws is lost at once.</summary>
internal sealed class AgentAccount(Authenticator authenticator, AgentOptions options)
{
    public string Name => options.Account;

    /// <summary>
    /// The caller, or why there is none: the account does not exist, is disabled, or has no token for this site of a zone.
    /// </summary>
    public ValueTask<Result<Caller>> CallerAsync(CancellationToken ct) => authenticator.ForSiteAsync(options.Account, TokenScope.Full, ct);
}

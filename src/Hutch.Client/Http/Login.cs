namespace Hutch.Client.Http;

/// <summary>Returns the token to use now; null for none.</summary>
/// <param name="refused">A token that the server refused, which is to be renewed; null for none.</param>
public delegate Task<LoginToken?> Login(string? refused, CancellationToken ct);

/// <param name="Trust">Certificates to trust there; null for the authorities that this machine knows.</param>
/// <param name="RenewAt">The time from which it is to be renewed, before it expires.</param>
public sealed record LoginToken(string Text, ServerTrust? Trust, DateTimeOffset RenewAt)
{
    /// <summary>Returns a constant, never the token.</summary>
    public override string ToString() => nameof(LoginToken);
}

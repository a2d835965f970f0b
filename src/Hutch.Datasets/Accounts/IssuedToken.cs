using Hutch.Model.Zone;

namespace Hutch.Datasets.Accounts;

/// <summary>A new token with its secret, which is shown once.</summary>
/// <param name="Token">The record.</param>
/// <param name="Secret">The secret.</param>
public sealed record IssuedToken(TokenRecord Token, IssuedSecret Secret);

using Hutch.Model.Zone;

namespace Hutch.Zone.Credentials;

/// <summary>A new token with its secret, which is shown once.</summary>
/// <param name="Token">The record.</param>
/// <param name="Secret">The secret: the whole text of a token, or the secret key of an S3 key.</param>
/// <param name="AccessKey">For a key of the S3 door: its access key; else null.</param>
public sealed record IssuedToken(TokenRecord Token, IssuedSecret Secret, string? AccessKey = null);

namespace Hutch.Zone.OpenId;

/// <summary>What a browser brings back from a provider.</summary>
/// <param name="State">Which login it answers.</param>
/// <param name="Code">What the provider gives; null when it refuses.</param>
/// <param name="Issuer">Who answers; null when it does not say.</param>
/// <param name="Error">Why it refuses; null when it does not.</param>
/// <param name="Binding">The secret of the browser's cookie; null when it has none.</param>
public sealed record ReturnedLogin(string? State, string? Code, string? Issuer, string? Error, string? Binding)
{
    /// <summary>Neither code nor secret.</summary>
    public override string ToString() => nameof(ReturnedLogin);
}

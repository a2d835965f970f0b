namespace Hutch.Zone.Credentials;

/// <summary>What a request to the S3 door proves itself with.</summary>
/// <param name="AccessKey">The access key.</param>
/// <param name="Date">The day of the signature's scope, as <c>20130524</c>.</param>
/// <param name="Region">The region of the scope.</param>
/// <param name="StringToSign">What was signed, as the server sees it.</param>
/// <param name="Signature">The signature in hex.</param>
/// <param name="OtherStringToSign">
/// What a client that leaves the port of the host out has signed; asked for only when the first does not fit. Null when there is no port.
/// </param>
public sealed record S3Proof(
    string AccessKey, string Date, string Region, string StringToSign, string Signature, Func<string>? OtherStringToSign = null);

namespace Hutch.Objects.S3;

/// <summary>An access key and its secret. As a text it says neither: nothing that prints or logs it can tell them.</summary>
/// <param name="AccessKey">Names the key.</param>
/// <param name="SecretKey">Signs.</param>
public sealed record S3Credentials(string AccessKey, string SecretKey)
{
    /// <inheritdoc/>
    public override string ToString() => "(an S3 key)";
}

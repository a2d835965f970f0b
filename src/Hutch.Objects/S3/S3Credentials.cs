namespace Hutch.Objects.S3;

/// <summary>An access key and its secret. Its text contains neither, so no print or log reveals them.</summary>
/// <param name="AccessKey">The name of the key.</param>
/// <param name="SecretKey">The secret that signs.</param>
public sealed record S3Credentials(string AccessKey, string SecretKey)
{
    public override string ToString() => "(an S3 key)";
}

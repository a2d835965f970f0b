namespace Hutch.Objects.S3;

/// <summary>An access key and its secret. Its text contains neither, so no print or log reveals them.</summary>
public sealed record S3Credentials(string AccessKey, string SecretKey)
{
    public override string ToString() => "(an S3 key)";
}

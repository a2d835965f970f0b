using Hutch.Objects.Http;
using Hutch.Objects.S3;

namespace Hutch.Commands.Hosting;

/// <summary>Finds the key for an S3 store and opens a bucket there.</summary>
internal static class BucketConnection
{
    private const string AccessVariable = "AWS_ACCESS_KEY_ID";
    private const string SecretVariable = "AWS_SECRET_ACCESS_KEY";
    private const string AuthoritiesVariable = "AWS_CA_BUNDLE";

    /// <summary>Opens a bucket; says the better way when the key stood on the command line.</summary>
    internal static S3Client Open(CliContext context, S3Location location, string? instead)
    {
        CliHost host = context.Host;
        if (host.S3Key is { SecretKey.Length: > 0 })
        {
            context.WriteNote(
                "hutch: a key on the command line is visible to other users and stays in the shell history. "
                + $"Set {AccessVariable} and {SecretVariable} instead"
                + $"{(instead is null ? "" : $"; on a Hutch server, `hutch login` and {instead} need no key")}.");
        }

        string? region = host.Environment("AWS_REGION") ?? host.Environment("AWS_DEFAULT_REGION");
        return new S3Client(location, FindKey(host), new S3ClientOptions
        {
            Region = string.IsNullOrEmpty(region) ? S3ClientOptions.DefaultRegion : region,
            Trust = host.Environment(AuthoritiesVariable) is { Length: > 0 } file ? new ServerTrust(CaFile: file) : null,
            Handler = host.Handler,
            Retry = HttpRetry.Default with { Time = host.Time },
        });
    }

    private static S3Credentials FindKey(CliHost host)
    {
        S3Credentials key = host.S3Key
            ?? new S3Credentials(host.Environment(AccessVariable) ?? "", host.Environment(SecretVariable) ?? "");
        return key.AccessKey.Length > 0 && key.SecretKey.Length > 0
            ? key
            : throw S3Client.KeyRefused.With(
                $"No key for the store: set {AccessVariable} and {SecretVariable}.").ToException();
    }
}

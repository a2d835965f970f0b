using Hutch.Disk;
using Hutch.Model.Sites;
using Hutch.Objects.Http;

namespace Hutch.Objects.S3;

/// <summary>Connects to a bucket of the configuration, with its key and its trust.</summary>
/// <param name="Section">The section of the configuration, for messages.</param>
/// <param name="KeyFileOption">The option that names the file with the key, for messages.</param>
public sealed record BucketAccess(S3Location Location, string Section, string KeyFileOption, Func<string, string?> Environment)
{
    private const string AccessVariable = "AWS_ACCESS_KEY_ID";
    private const string SecretVariable = "AWS_SECRET_ACCESS_KEY";
    private const int Attempts = 3;
    private const UnixFileMode NotForOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    // Between a store that thinks and one that is gone; a request that waits so long is sent again.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <summary>The disk with the file of the key.</summary>
    public required IDisk Disk { get; init; }

    public string? KeyFile { get; init; }

    public string Region { get; init; } = S3ClientOptions.DefaultRegion;

    public string? CaFile { get; init; }

    public string? Fingerprint { get; init; }

    public string Where => $"{Location.Endpoint.GetLeftPart(UriPartial.Authority)}/{Location.Bucket}";

    public S3ObjectStore Connect(S3Credentials key) => new(Location, key, new S3ClientOptions
    {
        Region = Region,
        AnswerTimeout = AnswerLimit,
        Retry = HttpRetry.Default with { MaxAttempts = Attempts },
        NewKey = FindNewKey,
        Trust = CaFile is null && Fingerprint is null
            ? null
            : new ServerTrust(CaFile, Fingerprint is { } fingerprint ? CertificateFingerprint.Parse(fingerprint).Value : null),
    });

    /// <exception cref="HutchException">There is no usable key of the bucket; the message does not reveal it.</exception>
    public S3Credentials FindKey()
    {
        if (KeyFile is { } file)
        {
            return RealPath.Resolve(file) is { } real && FileFacts.Read(real) is { } facts && (facts.Mode & NotForOthers) != 0
                ? throw ErrorCode.BadConfiguration.With(
                    $"The key in {Display.Quote(file)} was not used: others on this machine may read or change that file. Run `chmod 600` "
                    + "on it, and change the key.").ToException()
                : S3KeyFile.Read(Disk, file).Value;
        }

        return Environment(AccessVariable) is { Length: > 0 } access && Environment(SecretVariable) is { Length: > 0 } secret
            ? new S3Credentials(access, secret)
            : throw ErrorCode.BadConfiguration.With(
                $"There is no key for the bucket: set '{Section}.{KeyFileOption}' to a file with it, or the variables {AccessVariable} and "
                + $"{SecretVariable}.").ToException();
    }

    /// <summary>Parses an address of a bucket; the refusal names the options.</summary>
    public static Result<S3Location> Parse(string? address, string option, string keyFileOption) =>
        !S3Location.Parse(address ?? "").TryGet(out S3Location? location, out _)
            ? ErrorCode.BadConfiguration.With(
                $"'{option}' is no address of a bucket: use {S3Location.Form}. A key does not belong there: put it into '{keyFileOption}'")
            : location.Bucket is null
                ? ErrorCode.BadConfiguration.With($"'{option}' names no bucket: use {S3Location.Form}")
                : location;

    /// <summary>Reads the current key; null while there is no usable one.</summary>
    private S3Credentials? FindNewKey()
    {
        try
        {
            return FindKey();
        }
        catch (HutchException)
        {
            // The store's own refusal says more: it is what the request is answered with.
            return null;
        }
    }
}

using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations;

/// <summary>
/// Server-side encryption with keys of the server (<c>AES256</c>): accepted and reported where the operator states that the disk is
/// encrypted. Nothing else is encrypted here.
/// </summary>
internal static class Encryption
{
    public const string Header = "x-amz-server-side-encryption";

    private const string Root = "ServerSideEncryptionConfiguration";
    private const string Default = "ApplyServerSideEncryptionByDefault";
    private const string AlgorithmName = "SSEAlgorithm";
    private const string Aes256 = "AES256";

    /// <summary>Refuses what does not hold.</summary>
    public static void Check(S3Request request) => Check(request, request.Header(Header));

    /// <summary>Says that it is so, in the answer about an object.</summary>
    public static void Announce(S3Request request)
    {
        if (request.S3.Options.DiskIsEncrypted)
        {
            request.Http.Response.Headers[Header] = Aes256;
        }
    }

    public static async Task GetBucketAsync(S3Request request)
    {
        _ = await RequestedBucket.FindLiveAsync(request);
        if (!request.S3.Options.DiskIsEncrypted)
        {
            throw S3ErrorCode.ServerSideEncryptionNotFound.With("The server side encryption configuration was not found.");
        }

        await XmlAnswer.SendAsync(request, Root, xml => xml.Element("Rule", () =>
        {
            xml.Element(Default, () => xml.Element(AlgorithmName, Aes256));
            xml.Element("BucketKeyEnabled", false);
        }));
    }

    /// <summary>Accepts a setting that already holds.</summary>
    public static async Task PutBucketAsync(S3Request request)
    {
        XElement document = await XmlBody.ReadAsync(request, Root);
        await RequestedBucket.RequireEditableAsync(request);
        foreach (XElement rule in document.Children("Rule"))
        {
            string? algorithm = rule.Child(Default)?.Text(AlgorithmName);
            Check(request, algorithm ?? throw S3ErrorCode.MalformedXml.With($"A rule has no {AlgorithmName}."));
        }
    }

    private static void Check(S3Request request, string? algorithm)
    {
        if (algorithm is not null && (algorithm != Aes256 || !request.S3.Options.DiskIsEncrypted))
        {
            throw S3ErrorCode.NotImplemented.With(algorithm == Aes256
                ? $"{Aes256} is not implemented: the operator has not stated that the server's disk is encrypted (s3.diskIsEncrypted). "
                + "Encrypt the data before you send them, or ask the operator."
                : $"The encryption {Display.Quote(algorithm)} is not implemented: at most {Aes256} is. "
                + "Encrypt the data before you send them.");
        }
    }
}

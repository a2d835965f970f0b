using Hutch.Datasets.Registry;
using Hutch.Model.Zone;
using Hutch.S3.Errors;
using Hutch.S3.Operations.Objects;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations;

/// <summary>
/// The access control lists of buckets and objects: full control for the owner, and reading for everybody where the dataset is public.
/// Others get their rights through shares.
/// </summary>
internal static class Acl
{
    private const string Header = "x-amz-acl";
    private const string Root = "AccessControlPolicy";
    private const string Everybody = "http://acs.amazonaws.com/groups/global/AllUsers";
    private const string FullControl = "FULL_CONTROL";
    private const string Read = "READ";

    /// <summary>The names of lists that grant no more than the dataset does.</summary>
    private static readonly HashSet<string> Harmless = ["private", "bucket-owner-full-control", "bucket-owner-read"];

    public static async Task GetBucketAsync(S3Request request) => await SendAsync(request);

    /// <summary>An object has the list of its bucket.</summary>
    public static async Task GetObjectAsync(S3Request request)
    {
        _ = await GetOperations.OpenAsync(request, request.Key);
        await SendAsync(request);
    }

    /// <summary>Shares the dataset with everybody, or with them no more.</summary>
    public static async Task PutBucketAsync(S3Request request)
    {
        XElement? document = await XmlBody.ReadOptionalAsync(request, Root);
        Unsupported.CheckHeaders(request);
        Visibility wanted = OfBucket(request)
            ?? (document is null ? throw Missing() : IsForEverybody(document, await RequestedBucket.FindHeadAsync(request))
                ? Visibility.Public
                : Visibility.Private);
        await SetAsync(request, wanted);
    }

    /// <summary>An object has no list of its own: only what changes nothing is accepted.</summary>
    public static async Task PutObjectAsync(S3Request request)
    {
        XElement? document = await XmlBody.ReadOptionalAsync(request, Root);
        Unsupported.CheckHeaders(request);
        CheckObject(request);
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        await RequestedBucket.RequireEditableAsync(request);
        _ = await GetOperations.OpenAsync(request, bucket, request.Key, null);
        if (request.Header(Header) is null && IsForEverybody(document ?? throw Missing(), bucket))
        {
            throw NotOfObject(Read);
        }
    }

    /// <summary>Whom the header of a request lets read a bucket; null when it does not say.</summary>
    public static Visibility? OfBucket(S3Request request) => request.Header(Header) switch
    {
        null => null,
        "public-read" => Visibility.Public,
        { } harmless when Harmless.Contains(harmless) => Visibility.Private,
        { } other => throw S3ErrorCode.NotImplemented.With(
            $"The ACL {Display.Quote(other)} is not implemented: a bucket can be private or public-read. "
            + "Use `hutch share` to give other rights."),
    };

    /// <summary>Refuses what an object cannot have.</summary>
    public static void CheckObject(S3Request request)
    {
        if (request.Header(Header) is { } acl && !Harmless.Contains(acl))
        {
            throw NotOfObject(acl);
        }
    }

    public static async Task SetAsync(S3Request request, Visibility wanted)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        Result<DatasetDescription> edited = await request.S3.Datasets.Edits.EditAsync(
            request.Caller, bucket.Dataset, new DatasetEdit { Visibility = wanted }, request.Aborted);
        if (!edited.IsOk)
        {
            throw S3Errors.OfBucket(edited.Error);
        }
    }

    /// <summary>Reads a list that was sent whole, as s3cmd does: the owner's full control, and perhaps reading for everybody.</summary>
    private static bool IsForEverybody(XElement document, BucketVersion bucket)
    {
        bool isForEverybody = false;
        foreach (XElement grant in document.Child("AccessControlList")?.Children("Grant") ?? [])
        {
            string? permission = grant.Text("Permission");
            XElement? grantee = grant.Child("Grantee");
            if (grantee?.Text("URI") == Everybody && permission == Read)
            {
                isForEverybody = true;
            }
            else if (grantee?.Text("ID") != bucket.Owner || permission != FullControl)
            {
                throw S3ErrorCode.NotImplemented.With(
                    "A list can give the owner full control and everybody READ, nothing else. Use `hutch share` to give other rights.");
            }
        }

        return isForEverybody;
    }

    private static async Task SendAsync(S3Request request)
    {
        (BucketVersion bucket, DatasetDescription dataset) = await RequestedBucket.FindLiveAsync(request);
        bool isPublic = dataset.Name.Visibility.At(request.S3.Time.GetUtcNow()).HasFlag(Rights.Read);
        await XmlAnswer.SendAsync(request, Root, xml =>
        {
            xml.Owner("Owner", bucket.Owner);
            xml.Element("AccessControlList", () =>
            {
                WriteGrant(xml, "CanonicalUser", FullControl, ("ID", bucket.Owner), ("DisplayName", bucket.Owner));
                if (isPublic)
                {
                    WriteGrant(xml, "Group", Read, ("URI", Everybody));
                }
            });
        });
    }

    private static void WriteGrant(XmlOutput xml, string type, string permission, params (string Name, string Value)[] grantee)
    {
        const string Instance = "http://www.w3.org/2001/XMLSchema-instance";
        xml.Start("Grant");
        xml.Start("Grantee", ("xmlns:xsi", Instance), ("xsi:type", type));
        foreach ((string name, string value) in grantee)
        {
            xml.Element(name, value);
        }

        xml.End();
        xml.Element("Permission", permission);
        xml.End();
    }

    private static S3Exception Missing() =>
        S3ErrorCode.InvalidRequest.With($"The request needs the header {Header} or an {Root} document.");

    private static S3Exception NotOfObject(string acl) => S3ErrorCode.NotImplemented.With(
        $"The ACL {Display.Quote(acl)} is not implemented for an object: it has the rights of its bucket. "
        + "Make the bucket public-read, or use `hutch share`.");
}

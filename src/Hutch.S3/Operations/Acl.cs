using System.Xml;
using Hutch.S3.Operations.Objects;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations;

/// <summary>The access control lists of buckets and objects: full control for the owner. Others get their rights through shares.</summary>
internal static class Acl
{
    public static async Task GetBucketAsync(S3Request request)
    {
        (BucketVersion bucket, _) = await RequestedBucket.FindLiveAsync(request);
        await SendAsync(request, bucket.Owner);
    }

    /// <summary>An object has the list of its bucket.</summary>
    public static async Task GetObjectAsync(S3Request request)
    {
        _ = await GetOperations.OpenAsync(request, request.Key);
        await SendAsync(request, (await RequestedBucket.FindAsync(request)).Owner);
    }

    private static Task SendAsync(S3Request request, string owner) => XmlAnswer.SendAsync(request, "AccessControlPolicy", xml =>
    {
        xml.Owner("Owner", owner);
        xml.Element("AccessControlList", () => xml.Element("Grant", () => WriteGrant(xml, owner)));
    });

    private static void WriteGrant(XmlWriter xml, string owner)
    {
        const string Instance = "http://www.w3.org/2001/XMLSchema-instance";
        xml.WriteStartElement("Grantee");
        xml.WriteAttributeString("xsi", "type", Instance, "CanonicalUser");
        xml.Element("ID", owner);
        xml.Element("DisplayName", owner);
        xml.WriteEndElement();
        xml.Element("Permission", "FULL_CONTROL");
    }
}

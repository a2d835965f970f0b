using Hutch.S3.Errors;
using Hutch.S3.Forms;
using Hutch.S3.Requests;
using Hutch.S3.Xml;
using Microsoft.AspNetCore.WebUtilities;

namespace Hutch.S3.Operations.Objects;

/// <summary>An upload by an HTML form: a PUT whose headers are the fields, and whose signature is that of the policy.</summary>
internal static class PostOperations
{
    public static async Task PostAsync(S3Request request)
    {
        FormUpload form = request.Form!;
        if (form.Tagging is { } document)
        {
            request.Http.Request.Headers[Tags.Header] = Tags.WriteHeader(
                TaggingOperations.ReadOfObject(XmlBody.Parse(Encoding.UTF8.GetBytes(document), "Tagging")));
        }

        Entry stored;
        try
        {
            stored = await PutOperations.StoreAsync(request);
        }
        catch (S3Exception e) when (e.Error.Code == S3ErrorCode.EntityTooLarge)
        {
            throw S3ErrorCode.EntityTooLarge.With(
                $"Your proposed upload exceeds the maximum allowed size of {form.MaxBytes(request.S3.Options.MaxPutBytes)} bytes.");
        }

        HttpResponse response = request.Http.Response;
        string etag = ETags.For(stored);
        if (form.SuccessPage is { } page)
        {
            response.StatusCode = StatusCodes.Status303SeeOther;
            response.Headers.Location = QueryHelpers.AddQueryString(page.AbsoluteUri, new Dictionary<string, string?>
            {
                ["bucket"] = request.Bucket,
                ["key"] = request.Key,
                ["etag"] = etag,
            });
            return;
        }

        string location = Location(request);
        response.Headers.Location = location;
        response.Headers.ETag = etag;
        PutOperations.WriteChecksum(request, ObjectAttributes.Checksum(stored));
        response.StatusCode = form.SuccessStatus ?? StatusCodes.Status204NoContent;
        if (response.StatusCode == StatusCodes.Status201Created)
        {
            await XmlAnswer.SendAsync(request, "PostResponse", xml =>
            {
                xml.Element("Location", location);
                xml.Element("Bucket", request.Bucket);
                xml.Element("Key", request.Key);
                xml.Element("ETag", etag);
            });
        }
    }

    private static string Location(S3Request request)
    {
        // In the style of the request: with the bucket in the path, or in the name of the host.
        string bucket = request.Target.Path.Trim('/').Length == 0 ? "" : $"/{UriText.Escape(request.Bucket, keepSlash: false)}";
        return $"{request.Http.Request.Scheme}://{request.Http.Request.Host}{bucket}/{UriText.Escape(request.Key, keepSlash: true)}";
    }
}

using Hutch.S3.Errors;
using Hutch.S3.Http;

namespace Hutch.S3.Xml;

internal static class ErrorAnswer
{
    public const string RegionHeader = "x-amz-bucket-region";

    public static async Task SendAsync(HttpContext http, S3Error error, S3Target? target)
    {
        HttpResponse response = http.Response;
        response.Headers.ContentLength = null;
        response.StatusCode = error.Code.Status;
        if (error.Code.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = "1";
        }

        if (error.Region is { } region)
        {
            // An answer to HEAD has no other place for it.
            response.Headers[RegionHeader] = region;
        }

        if (HttpMethods.IsHead(http.Request.Method) || error.Code.Status == StatusCodes.Status304NotModified)
        {
            return;
        }

        response.ContentType = XmlAnswer.ContentType;
        XmlAnswer.Write(response.BodyWriter, "Error", null, xml => WriteContent(xml, error, target, http.TraceIdentifier));
        await response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public static void WriteContent(XmlOutput xml, S3Error error, S3Target? target, string requestId)
    {
        xml.Element("Code", error.Code.Name);
        xml.Element("Message", error.Message);
        xml.Optional("Region", error.Region);
        xml.Optional("BucketName", target?.Bucket);
        xml.Optional("Key", target?.Key);
        xml.Optional("Resource", target?.Path);
        xml.Element("RequestId", requestId);
        xml.Element("HostId", "hutch");
    }
}
